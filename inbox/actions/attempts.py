"""The life of one call to the provider: begun and committed before it, settled after it.

A row whose attempt was begun is never sent again by Sash itself: either its answer settles it,
or the provider's own news do, or a person decides (see inbox.actions.retries).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from accounts.actions.quota import count_leaving
from inbox.actions.departures import Departure, address_for, load_departures, reached_by
from inbox.actions.retries import fail_message
from inbox.actions.sweeps import push_messages
from inbox.models import Attachment, Attempt, Message, OutboxEntry
from inbox.outbox import Claim, Slot, claim_entries, hold_entries
from inbox.transports import Address, Unsendable, find_transport

log = logging.getLogger("sash.send")
State, Status = OutboxEntry.State, Message.Status
BEGIN = """
INSERT INTO inbox_attempt (message_id, number, outcome, started_at, error_detail, provider_id)
SELECT d.id, 1 + coalesce(
    (SELECT max(a.number) FROM inbox_attempt a WHERE a.message_id = d.id), 0),
    'started', now(), '', ''
FROM unnest(%s::bigint[]) AS d (id)
RETURNING message_id, id
"""


@dataclass(frozen=True, slots=True)
class Call:
    """A call that may now be made, once. identities: what is known of the customer's."""

    message_id: int
    attempt_id: int
    channel_id: int
    pair: str
    lane: int
    tries: int
    transport: str
    address: Address
    body: dict[str, Any]
    identities: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Taken:
    """What one look into the queue gave: calls to make, files to upload before their message is
    begun. claims are all that is now held, held_up those put back for their pair."""

    claims: list[Claim] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    uploads: list[tuple[Claim, Attachment]] = field(default_factory=list)
    held_up: int = 0


@transaction.atomic
def take_messages(
    *,
    worker: str,
    quotas: Mapping[Slot, int],
    pair_wait: Callable[[str], float],
    at: datetime,
) -> Taken:
    """Claim what may leave now and begin it, in one transaction.

    quotas: see inbox.outbox.claim_entries. pair_wait: seconds until a pair may be written to.
    """
    claims = claim_entries(worker=worker, quotas=quotas)
    waits = {claim.message_id: pair_wait(claim.pair) for claim in claims}
    waits = {pk: wait for pk, wait in waits.items() if wait}
    if waits:
        hold_entries(worker=worker, waits=waits)
        claims = [claim for claim in claims if claim.message_id not in waits]
    departures = load_departures(claims)
    uploads = [(d.claim, file) for d in departures if (file := _to_upload(d, at))]
    later = {claim.message_id for claim, _ in uploads}
    calls = _begin([d for d in departures if d.claim.message_id not in later], at)
    begun = {call.message_id for call in calls} | later
    held = [claim for claim in claims if claim.message_id in begun]
    return Taken(held, calls, uploads, len(waits))


@transaction.atomic
def begin_attempts(*, worker: str, claims: Sequence[Claim], at: datetime) -> list[Call]:
    """Begin what this worker holds already; what is no longer its own is left alone."""
    ids = [claim.message_id for claim in claims]
    mine = _lock_entries(worker, ids)
    return _begin(load_departures([c for c in claims if c.message_id in mine]), at)


def _to_upload(departure: Departure, at: datetime) -> Attachment | None:
    """Its file, where the provider does not hold it or will soon forget it."""
    file = departure.outgoing.attachment
    if file is None or departure.is_settled:
        return None
    until = file.provider_media_expires_at
    return file if until is None or until <= at else None


def save_upload(attachment: Attachment, media_id: str, expires_at: datetime) -> None:
    """The provider holds the file under this id, until then."""
    Attachment.objects.filter(pk=attachment.pk).update(
        provider_media_id=media_id, provider_media_expires_at=expires_at
    )


def _begin(departures: Sequence[Departure], at: datetime) -> list[Call]:
    """Ask the gate once more, and write down that the calls are about to be made.

    What may not go any more fails with its reason. The caller calls after the commit.
    """
    ready: list[tuple[Departure, Address, dict[str, Any]]] = []
    refused: dict[int, Unsendable] = {}
    for departure in departures:
        if departure.is_settled:
            continue
        try:
            address = address_for(departure, at)
            transport = find_transport(departure.channel.transport)
            ready.append((departure, address, transport.compose(departure.outgoing)))
        except Unsendable as reason:
            refused[departure.claim.message_id] = reason
    settled = [d.claim.message_id for d in departures if d.is_settled]
    if gone := [*settled, *refused]:
        OutboxEntry.objects.filter(pk__in=gone).delete()
        _fail(refused, at)
    count_leaving([pair for departure, *_ in ready if (pair := reached_by(departure, at))], at)
    return _write_attempts(ready)


def _fail(reasons: Mapping[int, Unsendable], at: datetime) -> None:
    messages = list(Message.objects.filter(pk__in=reasons).order_by("pk"))
    for message in messages:
        reason = reasons[message.pk]
        fail_message(message, reason.reason, str(reason), at)
    push_messages(messages)


def _write_attempts(ready: list[tuple[Departure, Address, dict[str, Any]]]) -> list[Call]:
    if not ready:
        return []
    with connection.cursor() as cursor:
        cursor.execute(BEGIN, [[departure.claim.message_id for departure, *_ in ready]])
        attempts = dict(cursor.fetchall())
    return [
        Call(
            message_id=claim.message_id,
            attempt_id=attempts[claim.message_id],
            channel_id=claim.channel_id,
            pair=claim.pair,
            lane=claim.lane,
            tries=claim.tries,
            transport=departure.channel.transport,
            address=address,
            body=body,
            identities=departure.outgoing.identities,
        )
        for departure, address, body in ready
        for claim in [departure.claim]
    ]


@transaction.atomic
def release_claims(*, worker: str, message_ids: Sequence[int], at: datetime) -> None:
    """Queue again what this worker holds and has, for certain, not sent."""
    mine = _lock_entries(worker, message_ids)
    Attempt.objects.filter(message__in=mine, outcome=Attempt.Outcome.STARTED).update(
        outcome=Attempt.Outcome.REFUSED, finished_at=at, error_detail="the call was not made"
    )
    OutboxEntry.objects.filter(pk__in=mine).update(
        state=State.QUEUED, claimed_by="", lease_until=None
    )


def _lock_entries(worker: str, message_ids: Sequence[int]) -> set[int]:
    rows = OutboxEntry.objects.select_for_update().filter(
        message__in=message_ids, state=State.CLAIMED, claimed_by=worker
    )
    return set(rows.order_by("pk").values_list("pk", flat=True))
