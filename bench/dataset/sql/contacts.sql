INSERT INTO inbox_contact (id, name, profile_name, email, company, language, time_zone, notes,
    attributes, is_blocked, created_at)
SELECT c, CASE WHEN bench.u(c, 30) < 0.3 THEN full_name ELSE '' END, full_name,
    CASE WHEN bench.u(c, 31) < 0.1 THEN 'customer' || c || '@example.com' ELSE '' END,
    CASE WHEN bench.u(c, 32) < 0.1 THEN initcap(company.word) || ' ' || c %% 97 ELSE '' END,
    (ARRAY['en', 'es', 'pt_BR', 'ar'])[1 + c %% 4], '', '', '{}', bench.u(c, 33) < 0.001,
    %(end)s::timestamptz - interval '730 days'
FROM (
    SELECT c, (%(first_names)s::text[])[1 + floor(bench.u(c, 34) * cardinality(%(first_names)s::text[]))::int]
        || ' ' || (%(last_names)s::text[])[1 + floor(bench.u(c, 35) * cardinality(%(last_names)s::text[]))::int]
        || CASE WHEN bench.u(c, 36) < 0.5 THEN '' ELSE ' '
        || (%(last_names)s::text[])[1 + floor(bench.u(c, 37) * cardinality(%(last_names)s::text[]))::int] END
        AS full_name
    FROM generate_series(1, %(contacts)s) c
) named
JOIN bench.word company ON company.rank = 1 + floor(bench.u(c, 38) * %(words)s)::int;

INSERT INTO inbox_identity (contact_id, kind, key, value, created_at)
SELECT c, kind, number, number, %(end)s::timestamptz - interval '730 days'
FROM (
    SELECT c, (ARRAY['55119', '346', '35191', '447', '52155'])[1 + c %% 5]
        || lpad(((c * 7919::bigint) %% 100000000)::text, 8, '0') AS number
    FROM generate_series(1, %(contacts)s) c
) numbered CROSS JOIN (VALUES ('wa_id'), ('phone')) kinds (kind)
UNION ALL
SELECT c, 'username', 'user' || c, 'user' || c, %(end)s::timestamptz - interval '30 days'
FROM generate_series(1, %(contacts)s) c WHERE bench.u(c, 39) < 0.05;
