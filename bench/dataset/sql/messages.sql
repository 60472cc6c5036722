INSERT INTO inbox_message (id, conversation_id, channel_id, direction, kind, author_kind,
    author_id, author_name, text, payload, quoted_provider_id, provider_id, client_uuid, status,
    rank, error_detail, pricing, is_forwarded, at, created_at, sent_at, delivered_at, read_at,
    failed_at, seq)
SELECT id, conversation_id, channel_id, way, kind, author_kind,
    CASE WHEN author_kind = 'agent' THEN agent_id END,
    CASE WHEN author_kind = 'agent' THEN 'Agent ' || agent_id ELSE '' END,
    text, '{}', '',
    CASE WHEN way <> 'note' THEN 'wamid.HBgM' || upper(md5(id::text)) || 'FQIAERgS' || id END,
    CASE WHEN author_kind = 'agent' THEN md5('uuid' || id)::uuid END,
    status, array_position(%(ranks)s::text[], status) - 1, '',
    CASE WHEN way = 'out' THEN '{"billable": true, "category": "service", "pricing_model": "PMP"}'
         ELSE '{}' END::jsonb,
    false, at, at + interval '1 second',
    CASE WHEN way = 'out' AND status <> 'failed' THEN at + interval '1 second' END,
    CASE WHEN status IN ('delivered', 'read') THEN at + interval '2 seconds' END,
    CASE WHEN status = 'read' THEN at + interval '1 minute' END,
    CASE WHEN status = 'failed' THEN at + interval '2 seconds' END,
    pg_current_xact_id()::text::bigint
FROM (
    SELECT plan.*, c.channel_id, c.agent_id,
        CASE WHEN way = 'in' THEN 'customer' WHEN c.agent_id IS NULL THEN 'bot'
             ELSE 'agent' END AS author_kind,
        CASE WHEN way = 'note' OR bench.u(plan.id, 40) < 0.94 THEN 'text'
             WHEN bench.u(plan.id, 40) < 0.97 THEN 'image'
             WHEN bench.u(plan.id, 40) < 0.985 THEN 'document' ELSE 'audio' END AS kind,
        CASE WHEN way = 'in' THEN 'received' WHEN way = 'note' THEN 'sent'
             WHEN bench.u(plan.id, 41) < 0.70 THEN 'read'
             WHEN bench.u(plan.id, 41) < 0.90 THEN 'delivered'
             WHEN bench.u(plan.id, 41) < 0.98 THEN 'sent' ELSE 'failed' END AS status,
        concat_ws(' ', one.text, two.text, three.text,
            CASE WHEN bench.u(plan.id, 42) < 0.03 THEN 'so' || lpad(plan.id::text, 9, '0') END)
            AS text
    FROM bench.plan
    JOIN bench.conversation c ON c.id = plan.conversation_id
    JOIN bench.phrase one ON one.id = 1 + floor(bench.u(plan.id, 43) * %(phrases)s)::int
    LEFT JOIN bench.phrase two ON two.id = 1 + floor(bench.u(plan.id, 44) * %(phrases)s / 0.8)::int
    LEFT JOIN bench.phrase three ON three.id = 1 + floor(bench.u(plan.id, 45) * %(phrases)s / 0.6)::int
    WHERE plan.id > %(above)s AND plan.id <= %(upto)s
) rows
ORDER BY id;

-- As the trigger would have.
INSERT INTO inbox_messagewords (at, message_id, conversation_id, words)
SELECT at, id, conversation_id, inbox_words(text) FROM inbox_message
WHERE id > %(above)s AND id <= %(upto)s AND text <> '';
