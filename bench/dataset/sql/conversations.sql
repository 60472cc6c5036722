INSERT INTO inbox_conversation (id, contact_id, channel_id, status, team_id, assignee_id, priority,
    floor, snoozed_until, window_closes_at, window_closed_announced, waiting_since,
    last_message_at, last_inbound_at, preview, preview_author, preview_failed, inbound_count,
    message_count, opened_at, closed_at, closed_by_id, close_reason, seq)
SELECT c.id, c.contact_id, c.channel_id, c.status, c.team_id,
    CASE WHEN c.status <> 'open' OR bench.u(c.id, 50) < 0.7 THEN c.agent_id END,
    (bench.u(c.id, 51) < 0.04)::int + (bench.u(c.id, 51) < 0.01)::int, 'human',
    CASE WHEN c.status = 'open' AND bench.u(c.id, 52) < 0.03
         THEN %(end)s + interval '10 days' * bench.u(c.id, 53) END,
    stats.last_inbound_at + interval '24 hours',
    stats.last_inbound_at + interval '24 hours' < %(end)s,
    CASE WHEN c.status = 'open' AND stats.last_inbound_at > coalesce(stats.last_outbound_at,
         '-infinity') THEN stats.last_inbound_at END,
    last.at, stats.last_inbound_at, left(last.text, 160),
    CASE WHEN last.direction = 'in' THEN '' ELSE left(last.author_name, 80) END,
    last.status = 'failed', stats.inbound_count, stats.message_count, c.started_at,
    CASE WHEN c.status <> 'open' THEN last.at + interval '1 hour' END,
    CASE WHEN c.status <> 'open' THEN c.agent_id END, '', pg_current_xact_id()::text::bigint
FROM bench.conversation c
JOIN (
    SELECT conversation_id, max(id) AS last_id, count(*) AS message_count,
        count(*) FILTER (WHERE way = 'in') AS inbound_count,
        max(at) FILTER (WHERE way = 'in') AS last_inbound_at,
        max(at) FILTER (WHERE way = 'out') AS last_outbound_at
    FROM bench.plan GROUP BY conversation_id
) stats ON stats.conversation_id = c.id
JOIN inbox_message last ON last.id = stats.last_id
ORDER BY c.id;
