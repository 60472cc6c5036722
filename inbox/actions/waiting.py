"""Since when customers wait for an answer, counted again where a reply failed or came through.

Whoever sends an answer, or stores what a customer wrote, knows it without counting.
"""

from collections.abc import Collection
from datetime import datetime

from core.rows import as_json, fetch

LOCK = "SELECT FROM inbox_conversation WHERE id = %s FOR NO KEY UPDATE"
# Replies count in the order in which people saw the messages, the phone app's by their time.
COUNT = """
SELECT c.id, (
    SELECT min(m.at) FROM inbox_message m
    WHERE m.conversation_id = c.id AND m.direction = 'in' AND m.kind <> 'system'
      AND m.id > coalesce((
        SELECT max(r.id) FROM inbox_message r
        WHERE r.conversation_id = c.id AND r.direction = 'out' AND r.kind <> 'reaction'
          AND r.author_kind <> 'phone_app' AND r.status <> 'failed'), 0)
      AND m.at > coalesce((
        SELECT max(e.at) FROM inbox_message e
        WHERE e.conversation_id = c.id AND e.author_kind = 'phone_app'), '-infinity'))
FROM json_array_elements_text(%s) AS n (id) JOIN inbox_conversation c ON c.id = n.id::bigint
"""
WAIT = "UPDATE inbox_conversation SET waiting_since = least(waiting_since, %s) WHERE id = %s"
ANSWERED = "UPDATE inbox_conversation SET waiting_since = %s WHERE id = %s"


def count_waiting(conversation_ids: Collection[int]) -> dict[int, datetime | None]:
    """The oldest message of each customer that no standing reply of ours came after."""
    rows = fetch(COUNT, as_json(conversation_ids)) if conversation_ids else []
    return dict(rows)


def wait_again(conversation_id: int) -> None:
    """A reply failed: what it answered is unanswered, whoever waits for longer goes on waiting."""
    fetch(LOCK, conversation_id)
    fetch(WAIT, count_waiting([conversation_id])[conversation_id], conversation_id)


def answer_again(conversation_id: int) -> None:
    """A reply that had failed is on its way again. The conversation is locked."""
    fetch(ANSWERED, count_waiting([conversation_id])[conversation_id], conversation_id)
