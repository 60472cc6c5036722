"""Queued messages as the sender needs them, read for many at once, and the gate asked again.

What held when a message was queued may hold no more when its turn comes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import Channel
from inbox.actions.sweeps import too_late
from inbox.failures import Own
from inbox.models import Attachment, Conversation, Identity, Message
from inbox.outbox import Claim
from inbox.transports import Address, Outgoing, Unsendable, find_transport
from templates_app.models import MessageTemplate

Status = Message.Status
UNSENT = {Status.QUEUED, Status.SENDING}
PEOPLE = [Message.Author.AGENT, Message.Author.PHONE_APP]
FIELDS = (
    *("pk", "conversation_id", "channel_id", "status", "provider_id", "author_kind"),
    *("kind", "text", "payload", "template_id", "quoted__provider_id"),
    *("conversation__floor", "conversation__window_closes_at"),
    *("conversation__contact_id", "conversation__contact__is_blocked"),
)


@dataclass(frozen=True, slots=True)
class Departure:
    """One message on its way out. is_settled: it left before, as the provider's news said."""

    claim: Claim
    channel: Channel
    conversation_id: int
    is_settled: bool
    by_bot: bool
    floor: str
    window_closes_at: datetime | None
    is_blocked: bool
    outgoing: Outgoing


def load_departures(claims: Iterable[Claim]) -> list[Departure]:
    """Everything about these messages with a handful of queries, in the order of the claims."""
    by_id = {claim.message_id: claim for claim in claims}
    if not by_id:
        return []
    rows = {row[0]: row for row in Message.objects.filter(pk__in=by_id).values_list(*FIELDS)}
    parts = _Parts(rows.values())
    return [_departure(claim, rows[pk], parts) for pk, claim in by_id.items() if pk in rows]


def address_for(departure: Departure, at: datetime) -> Address:
    """From where it may leave now. Raises Unsendable, with the reason why it may not."""
    channel, outgoing = departure.channel, departure.outgoing
    if departure.is_blocked:
        raise Unsendable(Own.CONTACT_BLOCKED)
    transport = find_transport(channel.transport)
    address = transport.address_of(channel)
    if address is None or not channel.is_active:
        raise Unsendable(Own.CHANNEL_OFF)
    reason = too_late(
        transport=transport,
        kind=outgoing.kind,
        window_closes_at=departure.window_closes_at,
        expires_at=departure.claim.expires_at,
        at=at,
    )
    if reason:
        raise Unsendable(reason)
    if departure.by_bot and _is_overtaken(departure):
        raise Unsendable(Own.PEOPLE_SPOKE)
    return address


def _is_overtaken(departure: Departure) -> bool:
    """Did a person answer while a bot's message waited?"""
    if departure.floor == Conversation.Floor.BOT:
        return False
    later = Message.objects.filter(
        conversation=departure.conversation_id,
        direction=Message.Direction.OUT,
        pk__gt=departure.claim.message_id,
        author_kind__in=PEOPLE,
    )
    return later.exists()


class _Parts:
    """What many of the messages have in common, or have more than one of."""

    def __init__(self, rows: Iterable[tuple[Any, ...]]) -> None:
        table = [dict(zip(FIELDS, row, strict=True)) for row in rows]
        ids = [row["pk"] for row in table]
        # Read once a channel, so that its token is decrypted once and not once a message.
        channels = Channel.objects.select_related("number__waba")
        self.channels = channels.in_bulk({row["channel_id"] for row in table})
        templates = {row["template_id"] for row in table} - {None}
        self.templates = MessageTemplate.objects.in_bulk(templates) if templates else {}
        self.identities = _identities(row["conversation__contact_id"] for row in table)
        files = Attachment.objects.filter(message__in=ids).order_by("-pk")
        self.files = {file.message_id: file for file in files}


def _identities(contact_ids: Iterable[int]) -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = {}
    rows = Identity.objects.filter(contact__in=set(contact_ids)).order_by("pk")
    for contact, kind, value in rows.values_list("contact_id", "kind", "value"):
        found.setdefault(contact, []).append((kind, value))
    return found


def _departure(claim: Claim, row: tuple[Any, ...], parts: _Parts) -> Departure:
    facts: Mapping[str, Any] = dict(zip(FIELDS, row, strict=True))
    outgoing = Outgoing(
        message_id=claim.message_id,
        kind=facts["kind"],
        text=facts["text"],
        payload=facts["payload"],
        identities=parts.identities.get(facts["conversation__contact_id"], ()),
        quoted_id=facts["quoted__provider_id"] or "",
        template=parts.templates.get(facts["template_id"]),
        attachment=parts.files.get(claim.message_id),
    )
    return Departure(
        claim=claim,
        channel=parts.channels[facts["channel_id"]],
        conversation_id=facts["conversation_id"],
        is_settled=facts["status"] not in UNSENT or bool(facts["provider_id"]),
        by_bot=facts["author_kind"] == Message.Author.BOT,
        floor=facts["conversation__floor"],
        window_closes_at=facts["conversation__window_closes_at"],
        is_blocked=facts["conversation__contact__is_blocked"],
        outgoing=outgoing,
    )
