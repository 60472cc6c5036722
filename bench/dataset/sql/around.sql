-- What stands around conversations and messages.
INSERT INTO inbox_participant (conversation_id, role, user_id, contact_id, name, joined_at)
SELECT id, 'customer', NULL, contact_id, '', opened_at FROM inbox_conversation
UNION ALL
SELECT id, 'assignee', assignee_id, NULL, '', opened_at FROM inbox_conversation
WHERE status = 'open' AND assignee_id IS NOT NULL
UNION ALL
SELECT c.id, 'collaborator', member.user_id, NULL, '', c.opened_at FROM inbox_conversation c
JOIN bench.member ON member.team_id = c.team_id AND member.number = c.id %% member.size
WHERE c.status = 'open' AND bench.u(c.id, 60) < 0.05;

INSERT INTO inbox_assignment (conversation_id, team_id, user_id, note, at)
SELECT id, team_id, assignee_id, '', opened_at FROM inbox_conversation
WHERE assignee_id IS NOT NULL;

INSERT INTO inbox_event (conversation_id, kind, actor_id, at, data, provider_id, seq)
SELECT id, 'taken', assignee_id, opened_at + interval '1 minute',
    jsonb_build_object('user', assignee_id, 'name', 'Agent ' || assignee_id), '',
    pg_current_xact_id()::text::bigint
FROM inbox_conversation WHERE assignee_id IS NOT NULL
UNION ALL
SELECT id, 'closed', closed_by_id, closed_at, '{"reason": ""}', '',
    pg_current_xact_id()::text::bigint
FROM inbox_conversation WHERE status <> 'open';

INSERT INTO inbox_readmark (user_id, conversation_id, seen_count, seen_at)
SELECT assignee_id, id, greatest(0, inbound_count
    - CASE WHEN status = 'open' THEN floor(3 * bench.u(id, 61))::int ELSE 0 END), last_message_at
FROM inbox_conversation WHERE assignee_id IS NOT NULL;

INSERT INTO inbox_sessionwindow (contact_id, channel_id, opened_at, closes_at)
SELECT DISTINCT ON (contact_id, channel_id) contact_id, channel_id,
    window_closes_at - interval '24 hours', window_closes_at
FROM inbox_conversation ORDER BY contact_id, channel_id, window_closes_at DESC;

INSERT INTO inbox_conversation_labels (conversation_id, label_id)
SELECT c.id, label.id FROM inbox_conversation c
JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS number, count(*) OVER () AS size
      FROM inbox_label) label ON label.number = c.id %% label.size
WHERE bench.u(c.id, 62) < 0.1;

INSERT INTO inbox_attachment (message_id, kind, mime_type, filename, size, sha256,
    provider_media_id, stored_name, state, attempts, next_attempt_at, error, is_voice, is_animated)
SELECT id, kind, CASE kind WHEN 'image' THEN 'image/jpeg' WHEN 'audio' THEN 'audio/ogg'
        ELSE 'application/pdf' END,
    CASE WHEN kind = 'document' THEN 'document-' || id || '.pdf' ELSE '' END,
    10000 + floor(bench.u(id, 63) * 1000000)::int, md5(id::text) || md5('b' || id), '',
    md5('stored' || id), 'ready', 1, at, '', kind = 'audio', false
FROM inbox_message WHERE kind IN ('image', 'audio', 'document');

INSERT INTO inbox_mention (user_id, message_id, conversation_id, at, seen_at)
SELECT c.assignee_id, m.id, c.id, m.at, CASE WHEN bench.u(m.id, 64) < 0.8 THEN m.at END
FROM inbox_message m JOIN inbox_conversation c ON c.id = m.conversation_id
WHERE m.direction = 'note' AND c.status = 'open' AND c.assignee_id IS NOT NULL;
