-- What must hold after every fault, as one script. Each line of the answer is one rule: its
-- invariant, its words, how many rows break it, and some of them. The schema `faults` holds what
-- the harness knows from outside: see faults/ledger.py.

WITH
-- Messages as lists count them.
shown AS (
    SELECT * FROM inbox_message WHERE direction <> 'note' AND kind <> 'reaction'
),
ranks (status, rank) AS (
    VALUES ('sent', 4), ('failed', 5), ('delivered', 6), ('read', 7), ('played', 8)
),
stored AS (
    SELECT r.number, r.wamid, count(m.id) AS copies
    FROM (SELECT DISTINCT number, wamid FROM faults.received) r
    LEFT JOIN accounts_phonenumber n ON n.phone_number_id = r.number
    LEFT JOIN accounts_channel c ON c.number_id = n.id
    LEFT JOIN inbox_message m ON m.channel_id = c.id AND m.provider_id = r.wamid
    GROUP BY r.number, r.wamid
),
recount AS (
    SELECT c.id, c.message_count, c.inbound_count, c.last_message_at, c.last_inbound_at,
           c.preview_failed, c.status, c.window_closes_at, c.contact_id, c.channel_id,
           count(s.id) AS messages,
           count(s.id) FILTER (WHERE s.direction = 'in') AS inbound,
           max(s.at) AS last_at,
           max(s.at) FILTER (WHERE s.direction = 'in') AS last_in,
           (array_agg(s.status ORDER BY s.at DESC, s.id DESC))[1] = 'failed' AS failed
    FROM inbox_conversation c LEFT JOIN shown s ON s.conversation_id = c.id
    GROUP BY c.id
),
told AS (
    SELECT t.wamid, max(r.rank) AS rank,
           bool_or(t.status = 'sent') AS sent,
           bool_or(t.status IN ('delivered', 'read', 'played')) AS delivered,
           bool_or(t.status IN ('read', 'played')) AS read,
           bool_or(t.status = 'failed') AS failed
    FROM faults.statuses t JOIN ranks r USING (status)
    GROUP BY t.wamid
),
ours AS (
    SELECT m.*, e.state AS entry, e.asked_at
    FROM inbox_message m LEFT JOIN inbox_outboxentry e ON e.message_id = m.id
    WHERE m.direction = 'out' AND m.author_kind IN ('agent', 'bot', 'system')
),
calls AS (
    SELECT message_id, count(*) AS calls, min(wamid) AS wamid FROM faults.calls GROUP BY message_id
),
broken (invariant, rule, which) AS (
    SELECT 'I1', 'every acknowledged message is stored', wamid FROM stored WHERE copies = 0
    UNION ALL
    SELECT 'I1', 'no acknowledged message is stored twice', wamid FROM stored WHERE copies > 1
    UNION ALL
    SELECT 'I1', 'every acknowledged reply and broadcast row is stored',
           coalesce(q.message_id::text, q.client_uuid::text)
    FROM faults.queued q
    WHERE NOT EXISTS (SELECT FROM inbox_message m
                      WHERE m.id = q.message_id OR m.client_uuid = q.client_uuid)
    UNION ALL
    SELECT 'I2', 'no message is doubled', provider_id FROM inbox_message
    WHERE provider_id IS NOT NULL GROUP BY provider_id HAVING count(*) > 1
    UNION ALL
    SELECT 'I2', 'no reply is doubled', client_uuid::text FROM inbox_message
    WHERE client_uuid IS NOT NULL GROUP BY client_uuid HAVING count(*) > 1
    UNION ALL
    SELECT 'I2', 'one open conversation for each contact and channel', min(id)::text
    FROM inbox_conversation WHERE status = 'open' GROUP BY contact_id, channel_id
    HAVING count(*) > 1
    UNION ALL
    SELECT 'I2', 'one contact for each customer', key FROM inbox_identity
    WHERE kind = 'wa_id' GROUP BY key HAVING count(DISTINCT contact_id) > 1
    UNION ALL
    SELECT 'I3', 'the count of messages equals a recount', id::text FROM recount
    WHERE message_count <> messages
    UNION ALL
    SELECT 'I3', 'the count of the customer''s messages equals a recount', id::text FROM recount
    WHERE inbound_count <> inbound
    UNION ALL
    SELECT 'I3', 'the last message is the last one', id::text FROM recount
    WHERE messages > 0 AND (last_message_at, last_inbound_at) IS DISTINCT FROM (last_at, last_in)
    UNION ALL
    SELECT 'I3', 'a failed last message shows on its row', id::text FROM recount
    WHERE messages > 0 AND preview_failed <> failed
    UNION ALL
    SELECT 'I3', 'the window is the one of contact and channel', r.id::text FROM recount r
    LEFT JOIN inbox_sessionwindow w ON w.contact_id = r.contact_id AND w.channel_id = r.channel_id
    WHERE r.status = 'open' AND r.window_closes_at IS DISTINCT FROM w.closes_at
    UNION ALL
    SELECT 'I3', 'nobody has seen more than there is', k.id::text
    FROM inbox_readmark k JOIN inbox_conversation c ON c.id = k.conversation_id
    WHERE k.seen_count > c.inbound_count
    UNION ALL
    SELECT 'I4', 'every acknowledged status reached its message', t.wamid
    FROM told t LEFT JOIN inbox_message m ON m.provider_id = t.wamid
    WHERE m.id IS NULL OR m.rank < t.rank
       OR (t.sent AND m.sent_at IS NULL) OR (t.delivered AND m.delivered_at IS NULL)
       OR (t.read AND m.read_at IS NULL) OR (t.failed AND m.failed_at IS NULL)
    UNION ALL
    SELECT 'I4', 'status and rank of a message agree', m.id::text
    FROM inbox_message m JOIN ranks r USING (status) WHERE m.rank <> r.rank
    UNION ALL
    SELECT 'I5', 'nothing was sent twice', message_id::text FROM calls WHERE calls > 1
    UNION ALL
    SELECT 'I5', 'what Meta took is known as taken', o.id::text
    FROM calls c JOIN ours o ON o.id = c.message_id
    WHERE o.provider_id IS DISTINCT FROM c.wamid OR o.rank < 3
    UNION ALL
    SELECT 'I5', 'what is said to be taken was taken', o.id::text
    FROM ours o LEFT JOIN calls c ON c.message_id = o.id
    WHERE o.status IN ('accepted', 'sent', 'delivered', 'read', 'played') AND c.calls IS NULL
    UNION ALL
    SELECT 'I5', 'nothing waits without a row in the outbox', o.id::text FROM ours o
    WHERE o.status IN ('queued', 'sending', 'unknown') AND o.entry IS NULL
    UNION ALL
    SELECT 'I5', 'nothing that may go is still queued', o.id::text FROM ours o
    WHERE o.entry IN ('queued', 'claimed')
      AND o.channel_id NOT IN (SELECT c.id FROM accounts_channel c
                               JOIN accounts_phonenumber n ON n.id = c.number_id
                               WHERE n.is_paused)
    UNION ALL
    SELECT 'I7', 'no claim of a sender is older than its lease', message_id::text
    FROM inbox_outboxentry WHERE state = 'claimed' AND lease_until < now()
    UNION ALL
    SELECT 'I7', 'no webhook waits beyond its lease', id::text
    FROM inbox_webhookdelivery WHERE state = 'stored' AND lease_until < now()
    UNION ALL
    SELECT 'I7', 'no bell waits beyond its lease', message_id::text
    FROM inbox_bell WHERE lease_until < now()
)
SELECT invariant, rule, count(*) AS rows, string_agg(which, ' ' ORDER BY which)
       FILTER (WHERE place <= 5) AS some
FROM (SELECT *, row_number() OVER (PARTITION BY invariant, rule ORDER BY which) AS place
      FROM broken) numbered
GROUP BY invariant, rule
ORDER BY invariant, rule;
