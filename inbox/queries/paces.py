"""What the pace of a number and of a pair depends on, as the database knows it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from inbox.failures.delays import PAIR_LIMIT

# A burst of 45 to one person is forgotten after 45 times 6 seconds.
MEMORY = 270.0
INBOUND = """
SELECT channel_id, count(*) FROM inbox_message
WHERE id > %s AND direction = 'in' AND channel_id = ANY(%s)
  AND created_at > now() - interval '1 second'
GROUP BY channel_id
"""
WRITTEN_TO = """
SELECT m.channel_id || ':' || t.contact_id AS pair,
       array_agg(extract(epoch FROM now() - a.started_at)::float ORDER BY a.started_at)
FROM inbox_attempt a
JOIN inbox_message m ON m.id = a.message_id
JOIN inbox_conversation t ON t.id = m.conversation_id
WHERE a.started_at > now() - make_interval(secs => %s) AND m.channel_id = ANY(%s)
GROUP BY pair HAVING count(*) > 1
"""
HELD_UP = """
SELECT o.pair, max(extract(epoch FROM o.not_before - now())::float)
FROM inbox_outboxentry o
WHERE o.channel_id = ANY(%s) AND o.state = 'queued' AND o.not_before > now() AND o.tries > 0
  AND EXISTS (
    SELECT FROM inbox_attempt a WHERE a.message_id = o.message_id AND a.error_code = %s)
GROUP BY o.pair
"""


@dataclass(frozen=True, slots=True)
class PairHistory:
    """ages: pair -> seconds since each of its last calls, the oldest first, of those with more
    than one. blocked: pair -> seconds until Meta wants to hear of this person again."""

    ages: dict[str, list[float]]
    blocked: dict[str, float]


def inbound_of_last_second(channel_ids: Sequence[int], *, since: int) -> dict[int, int]:
    """Messages that came in, by channel. since: a message id from more than a second ago."""
    with connection.cursor() as cursor:
        cursor.execute(INBOUND, [since, list(channel_ids)])
        return dict(cursor.fetchall())


def newest_message_id() -> int:
    """Ids beyond it are of messages yet to come, but for transactions that still run."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM inbox_message")
        (newest,) = cursor.fetchone()
    return int(newest)


def pair_history(channel_ids: Sequence[int]) -> PairHistory:
    """What another sender of these channels knew of their pairs."""
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN_TO, [MEMORY, list(channel_ids)])
        ages = dict(cursor.fetchall())
        cursor.execute(HELD_UP, [list(channel_ids), PAIR_LIMIT])
        return PairHistory(ages, dict(cursor.fetchall()))
