"""The cast of every test: who they are and how they come to be. Fixtures in conftest are thin.

Ana and Ben are agents of Support, Cleo an agent of Sales (the outsider who must see nothing of
Support's), Sofia the supervisor of Support, Omar the administrator; Diego and Marina write to us.
"""

from __future__ import annotations

import io
import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from PIL import Image

from accounts.models import Channel, Membership, PhoneNumber, Team, User, Waba, WhatsAppApp
from inbox.models import (
    Consent,
    Contact,
    Conversation,
    Identity,
    Message,
    Participant,
    SessionWindow,
)

AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)  # a Monday
WINDOW = timedelta(hours=24)
WABA_ID = "102290129340398"
PHONE_NUMBER_ID = "106540352242922"
APP_SECRET = "app-secret-of-the-tests"
VERIFY_TOKEN = "verify-token-of-the-tests"
ACCESS_TOKEN = "access-token-of-the-tests"
counter = itertools.count(1)


def make_team(name: str) -> Team:
    return Team.objects.create(name=name)


def make_user(
    name: str, role: str = User.Role.AGENT, *teams: Team, is_lead: bool = False, **fields: Any
) -> User:
    """A person of the given teams; the address is <first name>@sash.test, without a password."""
    user = User.objects.create(
        email=f"{name.split()[0].lower()}@sash.test", name=name, role=role, password="!", **fields
    )
    for team in teams:
        Membership.objects.create(user=user, team=team, is_lead=is_lead)
    return user


def make_app() -> WhatsAppApp:
    return WhatsAppApp.objects.create(
        name="Sash", app_id="670843887433847", app_secret=APP_SECRET, verify_token=VERIFY_TOKEN
    )


def make_waba(app: WhatsAppApp) -> Waba:
    return Waba.objects.create(
        waba_id=WABA_ID, name="Aurora Shop", app=app, access_token=ACCESS_TOKEN
    )


def make_number(
    waba: Waba, phone_number_id: str = PHONE_NUMBER_ID, display: str = "+55 11 5550 0101"
) -> PhoneNumber:
    return PhoneNumber.objects.create(
        waba=waba,
        phone_number_id=phone_number_id,
        display_phone_number=display,
        verified_name="Aurora Shop",
    )


def make_channel(number: PhoneNumber | None, team: Team | None = None, **fields: Any) -> Channel:
    return Channel.objects.create(
        **{"name": "WhatsApp", "number": number, "default_team": team} | fields
    )


def make_contact(name: str, phone: str, **fields: Any) -> Contact:
    """A customer reached by a WhatsApp id, whose key and value are the same digits here."""
    contact = Contact.objects.create(profile_name=name, **fields)
    for kind in (Identity.Kind.WA_ID, Identity.Kind.PHONE):
        Identity.objects.create(contact=contact, kind=kind, key=phone, value=phone)
    return contact


def conversation_with(contact: Contact, channel: Channel, **fields: Any) -> Conversation:
    """A conversation with its customer as participant; `at` says when it began.

    assignee, team, status, floor and any other field may be given. A window opens only with
    a message of the customer: see `inbound`.
    """
    at = fields.pop("at", AT)
    conversation = Conversation.objects.create(
        **{
            "contact": contact,
            "channel": channel,
            "team": channel.default_team,
            "opened_at": at,
            "last_message_at": at,
        }
        | fields
    )
    Participant.objects.create(
        conversation=conversation,
        role=Participant.Role.CUSTOMER,
        contact=contact,
        joined_at=at,
    )
    if conversation.assignee is not None:
        Participant.objects.create(
            conversation=conversation,
            role=Participant.Role.ASSIGNEE,
            user=conversation.assignee,
            joined_at=at,
        )
    return conversation


def inbound(conversation: Conversation, text: str = "Hello", **fields: Any) -> Message:
    """A message of the customer, with what it does to the row: counters, preview, window."""
    at = fields.pop("at", AT)
    message = _message(
        conversation,
        direction=Message.Direction.IN,
        author_kind=Message.Author.CUSTOMER,
        author_name=str(conversation.contact),
        status=Message.Status.RECEIVED,
        text=text,
        at=at,
        **fields,
    )
    closes_at = max(conversation.window_closes_at or at, at + WINDOW)
    conversation.waiting_since = conversation.waiting_since or at
    conversation.last_inbound_at = at
    conversation.inbound_count += 1
    conversation.window_closes_at = closes_at
    conversation.window_closed_announced = False
    conversation.save()
    SessionWindow.objects.update_or_create(
        contact=conversation.contact,
        channel=conversation.channel,
        defaults={"opened_at": at, "closes_at": closes_at},
    )
    return message


def outbound(
    conversation: Conversation, text: str = "Hello", author: User | None = None, **fields: Any
) -> Message:
    """A message of ours as it stands once Meta took it; status and rank may be given."""
    status = fields.pop("status", Message.Status.SENT)
    message = _message(
        conversation,
        direction=Message.Direction.OUT,
        author_kind=fields.pop("author_kind", Message.Author.AGENT),
        author=author,
        author_name=author.name if author else "",
        status=status,
        rank=fields.pop("rank", Message.RANKS[Message.Status(status)]),
        text=text,
        at=fields.pop("at", AT),
        **fields,
    )
    conversation.waiting_since = None
    conversation.save()
    return message


def note(
    conversation: Conversation, text: str = "Note", author: User | None = None, **fields: Any
) -> Message:
    """A private note of a colleague."""
    return Message.objects.create(
        conversation=conversation,
        channel=conversation.channel,
        direction=Message.Direction.NOTE,
        author_kind=Message.Author.AGENT,
        author=author,
        author_name=author.name if author else "",
        status=Message.Status.RECEIVED,
        text=text,
        at=fields.pop("at", AT),
        **fields,
    )


def consent(contact: Contact, *purposes: str, is_granted: bool = True, **fields: Any) -> None:
    """What a contact said, as somebody recorded it an hour before the instant of the tests."""
    at = fields.pop("at", AT - timedelta(hours=1))
    for purpose in purposes:
        Consent.objects.create(
            **{"contact": contact, "transport": "whatsapp", "purpose": purpose}
            | {"is_granted": is_granted, "source": "agent", "at": at, "recorded_at": at}
            | fields
        )


def _message(conversation: Conversation, **fields: Any) -> Message:
    provider_id = f"wamid.TEST{next(counter):08d}"
    message = Message.objects.create(
        **{"conversation": conversation, "channel": conversation.channel}
        | {"provider_id": provider_id}
        | fields
    )
    conversation.message_count += 1
    conversation.last_message_at = max(conversation.last_message_at, message.at)
    conversation.preview = message.text[:160]
    conversation.preview_author = "" if message.direction == "in" else message.author_name[:80]
    conversation.preview_failed = message.status == Message.Status.FAILED
    return message


def png(width: int = 30, height: int = 20) -> bytes:
    """A real picture."""
    output = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(output, "PNG")
    return output.getvalue()
