"""The life of one call to the provider: begun and committed before it, settled after it.

A row whose attempt was begun is never sent again by Sash itself: either its answer settles it,
or the provider's own news do, or a person decides (see inbox.actions.retries).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from inbox.actions.retries import fail_message
from inbox.actions.settling import Result, settle_attempts
from inbox.actions.sweeps import push_messages, too_late
from inbox.failures import Own
from inbox.models import Attachment, Attempt, Conversation, Message, OutboxEntry
from inbox.transports import Address, Unsendable, find_transport

__all__ = [
    "Call",
    "Result",
    "begin_attempts",
    "files_to_upload",
    "release_claims",
    "save_upload",
    "settle_attempts",
]

log = logging.getLogger("sash.send")
State, Status = OutboxEntry.State, Message.Status


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
    # Prefetched, a channel's token is decrypted once and not once a message.
    rows = Message.objects.filter(pk__in=message_ids).select_related("conversation__contact")
    parts = ("channel__number__waba", "template", "quoted", "attachments")
    rows = rows.prefetch_related(*parts, "conversation__contact__identities")
    return list(rows.defer("search").order_by("pk"))


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
    if is_overtaken(message):
        raise Unsendable(Own.PEOPLE_SPOKE)
    return address


def is_overtaken(message: Message) -> bool:
    """Is it a bot's, and a person answered while it waited?"""
    talk = message.conversation
    if message.author_kind != Message.Author.BOT or talk.floor == Conversation.Floor.BOT:
        return False
    people = [Message.Author.AGENT, Message.Author.PHONE_APP]
    later = talk.messages.filter(direction=Message.Direction.OUT, pk__gt=message.pk)
    return later.filter(author_kind__in=people).exists()


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
