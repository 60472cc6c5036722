"""The life of one call to the provider: begun and committed before it, settled after it.

A row whose attempt was begun is never sent again by Sash itself: either its answer settles it,
or the provider's own news do, or a person decides (see inbox.actions.retries).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from inbox.actions import pushes
from inbox.actions.retries import fail_message
from inbox.actions.settling import Result, settle_attempts
from inbox.failures import Own
from inbox.models import Attachment, Attempt, Message, OutboxEntry
from inbox.transports import Address, Unsendable, find_transport

__all__ = [
    "Call",
    "Result",
    "ask_about_unknown",
    "begin_attempts",
    "expire_entries",
    "files_to_upload",
    "release_claims",
    "rescue_claims",
    "save_upload",
    "settle_attempts",
]

log = logging.getLogger("sash.send")
State, Status = OutboxEntry.State, Message.Status
ASK_AFTER = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Call:
    """A call that may now be made, once."""

    message_id: int
    attempt_id: int
    channel_id: int
    pair: str
    transport: str
    address: Address
    body: dict[str, Any]


def files_to_upload(message_ids: Sequence[int], at: datetime) -> list[Attachment]:
    """Files of these messages that the provider does not hold, or will soon forget."""
    rows = Attachment.objects.filter(message__in=message_ids).exclude(
        provider_media_expires_at__gt=at
    )
    return list(rows.select_related("message__channel__number__waba"))


def save_upload(attachment: Attachment, media_id: str, expires_at: datetime) -> None:
    """The provider holds the file under this id, until then."""
    Attachment.objects.filter(pk=attachment.pk).update(
        provider_media_id=media_id, provider_media_expires_at=expires_at
    )


@transaction.atomic
def begin_attempts(*, worker: str, message_ids: Sequence[int], at: datetime) -> list[Call]:
    """Ask the gate once more, and write down that the call is about to be made.

    What may not go any more fails with its reason, or goes back into the queue; what is no
    longer this worker's is left alone. The caller sends what comes back after the commit.
    """
    entries = _lock_entries(worker, message_ids)
    messages = _load_messages(list(entries))
    ready: list[tuple[Message, OutboxEntry, Address, dict[str, Any]]] = []
    failed: list[Message] = []
    for message in messages:
        entry = entries[message.pk]
        if message.status not in (Status.QUEUED, Status.SENDING) or message.provider_id:
            entry.delete()  # settled by the provider's news, after all
            continue
        try:
            address = _ask_gate(message, entry, at)
            ready.append((message, entry, address, _compose(message)))
        except Unsendable as reason:
            entry.delete()
            fail_message(message, reason.reason, str(reason), at)
            failed.append(message)
    push_messages(failed)
    return _write_attempts(ready, at)


def _lock_entries(worker: str, message_ids: Sequence[int]) -> dict[int, OutboxEntry]:
    rows = OutboxEntry.objects.select_for_update().filter(
        message__in=message_ids, state=State.CLAIMED, claimed_by=worker
    )
    return {entry.pk: entry for entry in rows.order_by("pk")}


def _load_messages(message_ids: list[int]) -> list[Message]:
    return list(
        Message.objects.filter(pk__in=message_ids)
        .select_related(
            "conversation__contact",
            "channel__number__waba",
            "template",
            "quoted",
        )
        .prefetch_related("attachments", "conversation__contact__identities")
        .defer("search")
        .order_by("pk")
    )


def _ask_gate(message: Message, entry: OutboxEntry, at: datetime) -> Address:
    """What held when the message was queued may hold no more. Raises Unsendable."""
    conversation, channel = message.conversation, message.channel
    if conversation.contact.is_blocked:
        raise Unsendable(Own.CONTACT_BLOCKED)
    address = find_transport(channel.transport).address_of(channel)
    if address is None or not channel.is_active:
        raise Unsendable(Own.CHANNEL_OFF)
    if reason := too_late(message, entry, at):
        raise Unsendable(reason)
    return address


def too_late(message: Message, entry: OutboxEntry, at: datetime) -> Own | None:
    """Why a queued message may not leave any more, by the clock."""
    if message.kind != Message.Kind.TEMPLATE:
        transport = find_transport(message.channel.transport)
        if not transport.window_of(message.conversation.window_closes_at).is_open(at):
            return Own.WINDOW_CLOSED
    if entry.expires_at is not None and entry.expires_at <= at:
        return Own.EXPIRED
    return None


def _compose(message: Message) -> dict[str, Any]:
    transport = find_transport(message.channel.transport)
    return transport.compose(message, message.conversation.contact)


def _write_attempts(
    ready: list[tuple[Message, OutboxEntry, Address, dict[str, Any]]], at: datetime
) -> list[Call]:
    ids = [message.pk for message, *_ in ready]
    counted = Attempt.objects.filter(message__in=ids).values_list("message")
    numbers = dict(counted.annotate(Max("number")))
    attempts = Attempt.objects.bulk_create(
        Attempt(message=message, number=numbers.get(message.pk, 0) + 1, started_at=at)
        for message, *_ in ready
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE inbox_outboxentry SET tries = tries + 1,"
            " lease_until = greatest(lease_until, now() + interval '30 s')"
            " WHERE message_id = ANY(%s)",
            [ids],
        )
    sending = {"status": Status.SENDING, "rank": Message.RANKS[Status.SENDING]}
    Message.objects.filter(pk__in=ids, status=Status.QUEUED).update(**sending)
    return [
        Call(
            message_id=message.pk,
            attempt_id=attempt.pk,
            channel_id=message.channel_id,
            pair=entry.pair,
            transport=message.channel.transport,
            address=address,
            body=body,
        )
        for (message, entry, address, body), attempt in zip(ready, attempts, strict=True)
    ]


@transaction.atomic
def release_claims(*, worker: str, message_ids: Sequence[int], at: datetime) -> None:
    """Queue again what this worker holds and has, for certain, not sent."""
    entries = _lock_entries(worker, message_ids)
    Attempt.objects.filter(message__in=list(entries), outcome=Attempt.Outcome.STARTED).update(
        outcome=Attempt.Outcome.REFUSED, finished_at=at, error_detail="the call was not made"
    )
    queued = {"status": Status.QUEUED, "rank": Message.RANKS[Status.QUEUED]}
    Message.objects.filter(pk__in=list(entries), status=Status.SENDING).update(**queued)
    OutboxEntry.objects.filter(pk__in=list(entries)).update(
        state=State.QUEUED, claimed_by="", lease_until=None
    )


@transaction.atomic
def rescue_claims(*, at: datetime, limit: int = 500) -> int:
    """Free what a sender held when it died. Gives how many rows.

    Begun: nobody knows whether the call was made, so it is unknown. Not begun: queued again.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT message_id FROM inbox_outboxentry WHERE state = 'claimed'"
            " AND lease_until < now() ORDER BY message_id LIMIT %s FOR UPDATE SKIP LOCKED",
            [limit],
        )
        ids = [pk for (pk,) in cursor.fetchall()]
    if not ids:
        return 0
    begun = Attempt.objects.filter(message__in=ids, outcome=Attempt.Outcome.STARTED)
    doubtful = set(begun.values_list("message_id", flat=True))
    begun.update(
        outcome=Attempt.Outcome.UNKNOWN, finished_at=at, error_detail="the sender stopped"
    )
    entries = OutboxEntry.objects.filter(pk__in=ids)
    entries.exclude(pk__in=doubtful).update(state=State.QUEUED, claimed_by="", lease_until=None)
    entries.filter(pk__in=doubtful).update(
        state=State.UNKNOWN, claimed_by="", lease_until=None, not_before=at + ASK_AFTER
    )
    unknown = {"status": Status.UNKNOWN, "rank": Message.RANKS[Status.UNKNOWN]}
    rows = Message.objects.filter(pk__in=doubtful, rank__lt=unknown["rank"])
    rows.update(**unknown)
    push_messages(list(Message.objects.filter(pk__in=doubtful)))
    return len(ids)


@transaction.atomic
def expire_entries(*, at: datetime, limit: int = 500) -> int:
    """Fail what waited in the queue until it was too late. Gives how many."""
    rows = OutboxEntry.objects.select_for_update(skip_locked=True, of=("self",))
    due = list(
        rows.filter(state=State.QUEUED, expires_at__lte=at)
        .select_related("message__conversation", "message__channel", "message__quoted")
        .order_by("pk")[:limit]
    )
    for entry in due:
        message = entry.message
        last = message.attempts.order_by("-number").first()
        reason = too_late(message, entry, at) or Own.EXPIRED
        detail = f"last refusal: {last.error_code} {last.error_detail}" if last else ""
        fail_message(message, reason, detail, at)
        OutboxEntry.objects.filter(pk=entry.pk).delete()
    push_messages([entry.message for entry in due])
    return len(due)


@transaction.atomic
def ask_about_unknown(*, at: datetime, limit: int = 500) -> int:
    """Two minutes without a word: from now on the message asks its people what to do.

    Rows of messages that were settled by the provider's news go. Gives how many now ask.
    """
    rows = OutboxEntry.objects.select_for_update(skip_locked=True, of=("self",))
    unknown = rows.filter(state=State.UNKNOWN, asked_at__isnull=True)
    settled = unknown.exclude(message__status=Status.UNKNOWN).values("pk")[:limit]
    OutboxEntry.objects.filter(pk__in=[row["pk"] for row in settled]).delete()
    due = list(unknown.filter(not_before__lte=at).select_related("message")[:limit])
    OutboxEntry.objects.filter(pk__in=[entry.pk for entry in due]).update(asked_at=at)
    push_messages([entry.message for entry in due], touch=True)
    return len(due)


def push_messages(messages: Sequence[Message], *, touch: bool = False) -> None:
    """Redraw messages; touch gives rows that did not change themselves a new seq."""
    if touch:
        ids = [message.pk for message in messages]
        Message.objects.filter(pk__in=ids).update(error_detail="")
    changes: dict[int, set[int]] = {}
    for message in messages:
        if message.kind != Message.Kind.REACTION:
            changes.setdefault(message.conversation_id, set()).add(message.pk)
    if changes:
        pushes.messages_changed(changes)
