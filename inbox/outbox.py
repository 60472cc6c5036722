"""The queue of outgoing messages: its rows, who holds them, and the bell of the sender.

The row is the queue: written with the message in one transaction, gone when the message is
settled. Leases are by the database's clock. A lost bell costs one second, since the sender
also looks by itself.
"""

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import redis
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Channel
from core.live import client
from inbox.models import Message, OutboxEntry

BELL = "sash:outbox"
RECEIPTS = "sash:receipts"
LEASE = timedelta(seconds=30)
# A receipt that nobody took within this time would come out of nowhere.
KEPT_RECEIPTS = 1000
log = logging.getLogger("sash.send")

CLAIM = """
WITH wanted AS (
    SELECT asked.channel_id, asked.quota
    FROM unnest(%s::bigint[], %s::int[]) AS asked (channel_id, quota)
    JOIN accounts_channel c ON c.id = asked.channel_id
    LEFT JOIN accounts_phonenumber n ON n.id = c.number_id
    WHERE n.is_paused IS NOT TRUE
),
picked AS (
    SELECT ready.message_id
    FROM wanted CROSS JOIN LATERAL (
        SELECT o.message_id
        FROM inbox_outboxentry o
        WHERE o.channel_id = wanted.channel_id AND o.state = 'queued' AND o.not_before <= now()
          AND NOT EXISTS (
            SELECT FROM inbox_outboxentry e
            WHERE e.channel_id = o.channel_id AND e.pair = o.pair
              AND e.message_id <> o.message_id
              AND (e.state = 'claimed' OR
                   (e.state = 'queued' AND (e.lane, e.message_id) < (o.lane, o.message_id))))
        ORDER BY o.lane, o.not_before, o.message_id
        LIMIT wanted.quota
        FOR UPDATE SKIP LOCKED
    ) ready
)
UPDATE inbox_outboxentry o
SET state = 'claimed', claimed_by = %s, lease_until = now() + make_interval(secs => %s)
FROM picked WHERE o.message_id = picked.message_id
RETURNING o.message_id, o.channel_id, o.pair, o.lane
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """A row that one sender holds."""

    message_id: int
    channel_id: int
    pair: str
    lane: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """Something to tell a customer that is no message: read up to here, and perhaps typing."""

    channel_id: int
    provider_id: str
    is_typing: bool
    at: datetime


def add_to_outbox(
    message: Message,
    *,
    contact_id: int,
    lane: OutboxEntry.Lane,
    expires_at: datetime,
    at: datetime,
) -> OutboxEntry:
    """Queue a message in the transaction that made it, and ring on commit."""
    entry = OutboxEntry.objects.create(
        message=message,
        channel_id=message.channel_id,
        pair=f"{message.channel_id}:{contact_id}",
        lane=lane,
        not_before=at,
        expires_at=expires_at,
        created_at=at,
    )
    ring_sender()
    return entry


def ring_sender() -> None:
    """Wake the sender once the transaction has committed."""
    transaction.on_commit(_publish, robust=True)


def _publish() -> None:
    try:
        client().publish(BELL, b"1")
    except redis.RedisError as error:
        log.warning("sender not rung: %s", error)


def claim_entries(
    *, worker: str, quotas: Mapping[int, int], lease: timedelta = LEASE
) -> list[Claim]:
    """Take up to `quotas` (channel id -> rows) ready rows, the most urgent first.

    Of one pair only the oldest is taken, and none while one is held, so that replies keep
    their order; a row of a more urgent lane passes those of a less urgent one.
    """
    ids = [pk for pk, quota in quotas.items() if quota > 0]
    if not ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [ids, [quotas[pk] for pk in ids], worker, lease.total_seconds()])
        rows = cursor.fetchall()
    claims = [Claim(*row) for row in rows]
    return sorted(claims, key=lambda claim: (claim.lane, claim.message_id))


def keep_claims(*, worker: str, message_ids: Iterable[int], lease: timedelta = LEASE) -> None:
    """Hold these rows for another lease.

    Only what the sender knows to hold: a claim whose commit it never heard of runs out.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE inbox_outboxentry SET lease_until = now() + make_interval(secs => %s)"
            " WHERE state = 'claimed' AND claimed_by = %s AND message_id = ANY(%s)",
            [lease.total_seconds(), worker, list(message_ids)],
        )


def stray_claims(*, worker: str, held: Iterable[int]) -> list[int]:
    """Rows claimed for this sender that it does not know of: the answer to a claim was lost."""
    mine = OutboxEntry.objects.filter(state=OutboxEntry.State.CLAIMED, claimed_by=worker)
    return list(mine.exclude(pk__in=list(held)).values_list("pk", flat=True))


def hold_entries(*, worker: str, waits: Mapping[int, float]) -> None:
    """Put claimed rows back, each for some seconds (message id -> seconds)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE inbox_outboxentry o SET state = 'queued', claimed_by = '', lease_until = NULL,"
            " not_before = now() + make_interval(secs => held.seconds)"
            " FROM unnest(%s::bigint[], %s::float[]) AS held (id, seconds)"
            " WHERE o.message_id = held.id AND o.state = 'claimed' AND o.claimed_by = %s",
            [list(waits), list(waits.values()), worker],
        )


def sending_channels() -> list[Channel]:
    """Channels whose rows may be taken now: all but those of a number that is paused."""
    rows = Channel.objects.select_related("number__waba")
    return list(rows.exclude(number__is_paused=True))


def forget_unknown(message_ids: Iterable[int]) -> None:
    """News of these messages came after all: nobody needs to be asked about them."""
    unknown = OutboxEntry.objects.filter(state=OutboxEntry.State.UNKNOWN)
    unknown.filter(message__in=list(message_ids)).delete()


def count_inbound(since: int) -> tuple[dict[int, int], int]:
    """Messages that came in after a message id, by channel, and the newest id of all.

    Meta's throughput of a number counts both directions.
    """
    rows = Message.objects.filter(pk__gt=since).order_by("pk")
    counts: dict[int, int] = {}
    newest = since
    for pk, channel_id, direction in rows.values_list("pk", "channel_id", "direction")[:5000]:
        newest = pk
        if direction == Message.Direction.IN:
            counts[channel_id] = counts.get(channel_id, 0) + 1
    return counts, newest


def newest_message_id() -> int:
    """Where counting begins."""
    row = Message.objects.order_by("-pk").values_list("pk", flat=True).first()
    return row or 0


def push_receipt(channel_id: int, provider_id: str, *, is_typing: bool, at: datetime) -> None:
    """Hand a receipt to the sender on commit; a missing Redis loses it, and no page waits."""
    row = json.dumps([channel_id, provider_id, is_typing, at.isoformat()])
    transaction.on_commit(lambda: _deliver_receipt(row), robust=True)


def _deliver_receipt(row: str) -> None:
    try:
        pipe = client().pipeline(transaction=False)
        pipe.rpush(RECEIPTS, row)
        pipe.ltrim(RECEIPTS, -KEPT_RECEIPTS, -1)
        pipe.publish(BELL, b"1")
        pipe.execute()
    except redis.RedisError as error:
        log.info("receipt not queued: %s", error)


def parse_receipt(row: bytes) -> Receipt:
    """What push_receipt wrote."""
    channel_id, provider_id, is_typing, at = json.loads(row)
    return Receipt(channel_id, provider_id, is_typing, datetime.fromisoformat(at))


def is_stale(receipt: Receipt, at: datetime | None = None) -> bool:
    """Too late to say that somebody types."""
    return receipt.is_typing and (at or timezone.now()) - receipt.at > timedelta(seconds=20)
