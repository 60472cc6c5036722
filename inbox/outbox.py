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
from django.contrib.postgres.functions import TransactionNow
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Channel
from core.live import client
from inbox.models import Message, OutboxEntry

BELL = "sash:outbox"
RECEIPTS = "sash:receipts"
LEASE = timedelta(seconds=20)
# A receipt that nobody took within this time would come out of nowhere.
KEPT_RECEIPTS = 1000
# A channel and one of its lanes.
Slot = tuple[int, int]
log = logging.getLogger("sash.send")

CLAIM = """
WITH asked AS (
    SELECT a.channel_id, a.lane, a.quota
    FROM unnest(%(channels)s::bigint[], %(lanes)s::int[], %(quotas)s::int[])
        AS a (channel_id, lane, quota)
    JOIN inbox_sendingturn t ON t.channel_id = a.channel_id
        AND t.worker = %(worker)s AND t.lease_until > now()
    JOIN accounts_channel c ON c.id = a.channel_id
    LEFT JOIN accounts_phonenumber n ON n.id = c.number_id
    WHERE n.is_paused IS NOT TRUE
),
picked AS (
    SELECT ready.message_id
    FROM asked CROSS JOIN LATERAL (
        SELECT o.message_id
        FROM inbox_outboxentry o
        WHERE o.channel_id = asked.channel_id AND o.lane = asked.lane
          AND o.state = 'queued' AND o.not_before <= now()
          AND NOT EXISTS (
            SELECT FROM inbox_outboxentry e
            WHERE e.channel_id = o.channel_id AND e.pair = o.pair
              AND e.message_id <> o.message_id
              AND (e.state = 'claimed' OR
                   (e.state = 'queued' AND (e.lane, e.message_id) < (o.lane, o.message_id))))
        ORDER BY o.not_before, o.message_id
        LIMIT asked.quota
        FOR UPDATE SKIP LOCKED
    ) ready
)
UPDATE inbox_outboxentry o
SET state = 'claimed', claimed_by = %(worker)s, tries = tries + 1,
    lease_until = now() + make_interval(secs => %(seconds)s)
FROM picked WHERE o.message_id = picked.message_id
RETURNING o.message_id, o.channel_id, o.pair, o.lane, o.tries, o.expires_at
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """A row that one sender holds. tries: how often it was held, this time included."""

    message_id: int
    channel_id: int
    pair: str
    lane: int
    tries: int
    expires_at: datetime | None


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
        not_before=TransactionNow(),
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
    *, worker: str, quotas: Mapping[Slot, int], lease: timedelta = LEASE
) -> list[Claim]:
    """Take up to `quotas` ready rows of each channel and lane, the most urgent first.

    Only of channels whose turn is with this worker (see inbox.actions.turns). Of one pair only
    the oldest is taken, and none while one is held, so that replies keep their order; a row of
    a more urgent lane passes those of a less urgent one.
    """
    wanted = [(*slot, quota) for slot, quota in quotas.items() if quota > 0]
    if not wanted:
        return []
    channels, lanes, counts = map(list, zip(*wanted, strict=True))
    asked = {"channels": channels, "lanes": lanes, "quotas": counts}
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, asked | {"worker": worker, "seconds": lease.total_seconds()})
        claims = [Claim(*row) for row in cursor.fetchall()]
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
