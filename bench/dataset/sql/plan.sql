-- Which conversations there are, and when each of their messages came.
CREATE UNLOGGED TABLE bench.conversation AS
WITH chance AS (
    SELECT c AS id, 1 + (c - 1) %% %(contacts)s AS contact_id,
        -- Only the newest are open, so that nobody has two open ones on a channel.
        CASE WHEN c > 0.9 * %(conversations)s AND bench.u(c, 10) < 0.5 THEN 'open'
             WHEN bench.u(c, 10) < 0.15 THEN 'archived' ELSE 'closed' END AS status,
        %(end)s::timestamptz - interval '730 days' * (1 - (c - bench.u(c, 11))
            / %(conversations)s) AS started_at,
        1 + least(1500, floor(exp(1.531 + 1.2 * sqrt(-2 * ln(1 - bench.u(c, 12)))
            * cos(2 * pi() * bench.u(c, 13)))))::int AS size
    FROM generate_series(1, %(conversations)s) c
), placed AS (
    SELECT chance.*, own.channel_id,
        CASE WHEN bench.u(id, 14) < 0.01 THEN NULL
             WHEN bench.u(id, 14) < 0.10 THEN other.team_id ELSE own.team_id END AS team_id
    FROM chance
    JOIN bench.team own ON own.rank = bench.zipf(bench.u(contact_id, 15), 20)
    JOIN bench.team other ON other.rank = bench.zipf(bench.u(id, 16), 20)
)
SELECT placed.*, member.user_id AS agent_id,
    CASE WHEN status = 'open' THEN (%(end)s - started_at) * sqrt(bench.u(id, 17))
         ELSE least(interval '1 hour' * exp(bench.u(id, 17) * ln(1440)), %(end)s - started_at)
    END AS span
FROM placed
LEFT JOIN bench.member ON member.team_id = placed.team_id
    AND member.number = floor(bench.u(id, 18) * member.size)::int;
ALTER TABLE bench.conversation ADD PRIMARY KEY (id);
ANALYZE bench.conversation;

CREATE UNLOGGED TABLE bench.plan AS
SELECT row_number() OVER (ORDER BY at, conversation_id, k) AS id, conversation_id, at, way
FROM (
    SELECT c.id AS conversation_id, k,
        c.started_at + c.span * ((k - 1 + bench.u(c.id * 2048 + k, 20)) / c.size) AS at,
        CASE WHEN k = 1 OR bench.u(c.id * 2048 + k, 21) < 0.50 THEN 'in'
             WHEN bench.u(c.id * 2048 + k, 21) < 0.98 THEN 'out' ELSE 'note' END AS way
    FROM bench.conversation c CROSS JOIN LATERAL generate_series(1, c.size) k
) moments;
ALTER TABLE bench.plan ADD PRIMARY KEY (id);
ANALYZE bench.plan;
