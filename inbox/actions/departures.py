"""Queued messages as the sender needs them, read for many at once, and the gate asked again.

What held when a message was queued may hold no more when its turn comes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

import orjson
from django.db import connection

from accounts.models import Channel, PhoneNumber
from inbox.actions.sweeps import too_late
from inbox.failures import Own
from inbox.models import Attachment, Conversation, Message
from inbox.outbox import Claim
from inbox.transports import Address, Outgoing, Unsendable, find_transport
from templates_app.models import MessageTemplate

Status = Message.Status
UNSENT = {Status.QUEUED, Status.SENDING}
PEOPLE = [Message.Author.AGENT, Message.Author.PHONE_APP]
FACTS = """
SELECT m.id, m.channel_id, m.conversation_id, m.status, m.provider_id IS NOT NULL,
       m.author_kind, m.kind, m.text, m.payload::text, m.template_id, coalesce(q.provider_id, ''),
       t.floor, t.window_closes_at, t.contact_id, c.is_blocked,
       ARRAY(SELECT ARRAY[i.kind, i.value] FROM inbox_identity i
             WHERE i.contact_id = t.contact_id ORDER BY i.id),
       EXISTS (SELECT FROM inbox_attachment f WHERE f.message_id = m.id),
       m.template_id IS NOT NULL AND coalesce(
           (SELECT NOT s.is_granted FROM inbox_consent s
            JOIN templates_app_messagetemplate p ON p.category <> 'AUTHENTICATION'
                AND s.purpose = CASE p.category WHEN 'UTILITY' THEN 'utility' ELSE 'marketing' END
            JOIN accounts_channel a ON s.transport = a.transport
            WHERE s.contact_id = t.contact_id AND p.id = m.template_id AND a.id = m.channel_id
            ORDER BY s.at DESC, s.id DESC LIMIT 1), false)
FROM inbox_message m
JOIN inbox_conversation t ON t.id = m.conversation_id
JOIN inbox_contact c ON c.id = t.contact_id
LEFT JOIN inbox_message q ON q.id = m.quoted_id
WHERE m.id = ANY(%s)
"""
CHANNELS = """
SELECT c.id, c.transport, c.is_active, n.phone_number_id, w.access_token
FROM accounts_channel c
LEFT JOIN accounts_phonenumber n ON n.id = c.number_id
LEFT JOIN accounts_waba w ON w.id = n.waba_id
WHERE c.id = ANY(%s)
"""


class Facts(NamedTuple):
    """A row of FACTS."""

    message_id: int
    channel_id: int
    conversation_id: int
    status: str
    has_provider_id: bool
    author_kind: str
    kind: str
    text: str
    payload: str
    template_id: int | None
    quoted_id: str
    floor: str
    window_closes_at: datetime | None
    contact_id: int
    is_blocked: bool
    identities: list[list[str]]
    has_file: bool
    is_unwanted: bool


@dataclass(frozen=True, slots=True)
class Departure:
    """One message on its way out."""

    claim: Claim
    channel: Channel
    facts: Facts
    outgoing: Outgoing

    @property
    def is_settled(self) -> bool:
        """It left before, as the provider's news said."""
        return self.facts.status not in UNSENT or self.facts.has_provider_id


def load_departures(claims: Iterable[Claim]) -> list[Departure]:
    """Everything about these messages with a handful of queries, in the order of the claims."""
    by_id = {claim.message_id: claim for claim in claims}
    if not by_id:
        return []
    rows = {row[0]: Facts(*row) for row in _read(FACTS, by_id)}
    channels = {row[0]: _channel(row) for row in _read(CHANNELS, _unique(rows, "channel_id"))}
    wanted = _unique(rows, "template_id")
    templates = MessageTemplate.objects.in_bulk(wanted) if wanted else {}
    with_file = [pk for pk, row in rows.items() if row.has_file]
    files = Attachment.objects.filter(message__in=with_file).order_by("-pk") if with_file else ()
    first = {file.message_id: file for file in files}
    return [
        Departure(
            claim=claim,
            channel=channels[row.channel_id],
            facts=row,
            outgoing=Outgoing(
                message_id=pk,
                kind=row.kind,
                text=row.text,
                payload={} if row.payload == "{}" else orjson.loads(row.payload),
                identities=[(kind, value) for kind, value in row.identities],
                quoted_id=row.quoted_id,
                template=templates.get(row.template_id or 0),
                attachment=first.get(pk),
            ),
        )
        for pk, claim in by_id.items()
        if (row := rows.get(pk))
    ]


def _read(statement: str, ids: Iterable[int]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(ids)])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _unique(rows: Mapping[int, Facts], name: str) -> set[int]:
    return {value for row in rows.values() if (value := getattr(row, name)) is not None}


# Known by all that matters of it, so that a token is decrypted once and a new one at once.
@lru_cache(maxsize=1024)
def _channel(row: tuple[Any, ...]) -> Channel:
    return Channel.objects.select_related("number__waba").get(pk=row[0])


def address_for(departure: Departure, at: datetime) -> Address:
    """From where it may leave now. Raises Unsendable, with the reason why it may not."""
    channel, facts = departure.channel, departure.facts
    if facts.is_blocked:
        raise Unsendable(Own.CONTACT_BLOCKED)
    if facts.is_unwanted:
        raise Unsendable(Own.OPTED_OUT)
    transport = find_transport(channel.transport)
    address = transport.address_of(channel)
    if address is None or not channel.is_active:
        raise Unsendable(Own.CHANNEL_OFF)
    reason = too_late(
        transport=transport,
        kind=facts.kind,
        window_closes_at=facts.window_closes_at,
        expires_at=departure.claim.expires_at,
        at=at,
    )
    if reason:
        raise Unsendable(reason)
    if facts.author_kind == Message.Author.BOT and _is_overtaken(facts):
        raise Unsendable(Own.PEOPLE_SPOKE)
    return address


def reached_by(departure: Departure, at: datetime) -> tuple[PhoneNumber, int] | None:
    """(number, contact's id) where it takes a place of the messaging limit: a template outside
    an open window."""
    channel, facts = departure.channel, departure.facts
    window = find_transport(channel.transport).window_of(facts.window_closes_at)
    if facts.template_id is None or channel.number is None or window.is_open(at):
        return None
    return channel.number, facts.contact_id


def _is_overtaken(facts: Facts) -> bool:
    """Did a person answer while a bot's message waited?"""
    if facts.floor == Conversation.Floor.BOT:
        return False
    later = Message.objects.filter(
        conversation=facts.conversation_id,
        direction=Message.Direction.OUT,
        pk__gt=facts.message_id,
        author_kind__in=PEOPLE,
    )
    return later.exists()
