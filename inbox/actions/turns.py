"""Whose turn it is: each channel is with one sender at a time, and the senders share them out.

Meta counts a number's messages, in and out, wherever they come from. So one sender at a time
speaks for a number and counts at the wire; what it must not forget (that Meta wanted it slower,
how much just left) stands in the row, by the database's clock, for whoever comes after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

LEASE = 6.0  # seconds for which a turn is kept without a word
# Meta's words for too much at once that are about the account and not about one number.
WHOLE_ACCOUNT = {4, 80007}

BEAT = """
INSERT INTO inbox_sendingprocess AS p (worker, started_at, alive_until)
VALUES (%(worker)s, now(), now() + make_interval(secs => %(lease)s))
ON CONFLICT (worker) DO UPDATE SET alive_until = excluded.alive_until
"""
BURY = "DELETE FROM inbox_sendingprocess WHERE alive_until < now() - interval '1 minute'"
OPEN = """
INSERT INTO inbox_sendingturn (channel_id, worker, lease_until, recent, factor, factor_at)
SELECT c.id, '', now() - interval '1 hour', 0, 1, now() FROM accounts_channel c
WHERE NOT EXISTS (SELECT FROM inbox_sendingturn t WHERE t.channel_id = c.id)
ORDER BY c.id
ON CONFLICT DO NOTHING
"""
# Channels in their order, senders in the order in which they came, one after the other.
SEATS = """
WITH senders AS (
    SELECT worker, row_number() OVER (ORDER BY started_at, worker) - 1 AS seat,
           count(*) OVER () AS seats
    FROM inbox_sendingprocess WHERE alive_until > now()
),
dealt AS (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM accounts_channel)
SELECT d.id FROM dealt d JOIN senders s ON d.place %% s.seats = s.seat
WHERE s.worker = %(worker)s
"""
GIVE_BACK = """
UPDATE inbox_sendingturn t
SET worker = '', lease_until = now(), recent = coalesce(left_now.recent, 0), stalled_since = NULL
FROM unnest(%(channels)s::bigint[], %(recent)s::int[]) AS left_now (channel_id, recent)
WHERE t.channel_id = left_now.channel_id AND t.worker = %(worker)s
"""
TAKE = """
WITH free AS (
    SELECT channel_id, worker = '' AND lease_until > now() - interval '1 second' AS is_warm
    FROM inbox_sendingturn
    WHERE channel_id = ANY(%(channels)s) AND (worker = %(worker)s OR lease_until <= now())
    ORDER BY channel_id FOR NO KEY UPDATE
)
UPDATE inbox_sendingturn t
SET worker = %(worker)s, lease_until = now() + make_interval(secs => %(lease)s),
    recent = CASE WHEN free.is_warm THEN t.recent ELSE 0 END,
    stalled_since = CASE WHEN t.channel_id = ANY(%(stalled)s)
                    THEN coalesce(t.stalled_since, now()) END
FROM free WHERE t.channel_id = free.channel_id
RETURNING t.channel_id, t.recent, t.factor, extract(epoch FROM now() - t.factor_at)::float
"""
SLOW = """
UPDATE inbox_sendingturn t SET factor = %(factor)s, factor_at = now()
FROM accounts_channel c LEFT JOIN accounts_phonenumber n ON n.id = c.number_id
WHERE t.channel_id = c.id AND (c.id = %(channel)s OR (%(whole)s AND n.waba_id = (
    SELECT o.waba_id FROM accounts_channel a JOIN accounts_phonenumber o ON o.id = a.number_id
    WHERE a.id = %(channel)s)))
"""


@dataclass(frozen=True, slots=True)
class Turn:
    """A channel that is with us now.

    recent: what left within a second before it came to us. factor: what its pace was slowed to,
    `slowed` seconds ago. is_leaving: another one's, as soon as nothing begun waits here.
    """

    channel_id: int
    recent: int
    factor: float
    slowed: float
    is_leaving: bool = False


@transaction.atomic
def deal_turns(
    *, worker: str, held: Mapping[int, int], busy: Iterable[int], stalled: Iterable[int]
) -> list[Turn]:
    """Say that this sender lives; keep, give back and take turns, so that all have their share.

    held: channel id -> messages that left in the last second. busy: those of them that cannot
    be given back yet, since begun calls wait. Gives the turns until LEASE seconds from now.
    """
    given: dict[str, Any] = {"worker": worker, "lease": LEASE}
    with connection.cursor() as cursor:
        cursor.execute(BEAT, given)
        cursor.execute(BURY)
        cursor.execute(OPEN)
        cursor.execute(SEATS, given)
        mine = {pk for (pk,) in cursor.fetchall()}
        _give_back(worker, {pk: n for pk, n in held.items() if pk not in mine | set(busy)})
        wanted = {"channels": sorted(mine | set(busy)), "stalled": list(stalled)}
        cursor.execute(TAKE, given | wanted)
        rows = cursor.fetchall()
    return [Turn(pk, recent, factor, age, pk not in mine) for pk, recent, factor, age in rows]


@transaction.atomic
def leave_turns(*, worker: str, held: Mapping[int, int]) -> None:
    """This sender ends: others may take its channels at once."""
    _give_back(worker, held)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM inbox_sendingprocess WHERE worker = %s", [worker])


def slow_turns(*, channel_id: int, factor: float, code: int | None) -> None:
    """Meta wants less: remember it, for the whole account where it is about that."""
    whole = code in WHOLE_ACCOUNT
    with connection.cursor() as cursor:
        cursor.execute(SLOW, {"channel": channel_id, "factor": factor, "whole": whole})


def _give_back(worker: str, held: Mapping[int, int]) -> None:
    if not held:
        return
    columns = {"channels": sorted(held), "recent": [held[pk] for pk in sorted(held)]}
    with connection.cursor() as cursor:
        cursor.execute(GIVE_BACK, columns | {"worker": worker})
