"""One of everything that belongs to Support, and one of everything that is Cleo's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Channel, PhoneNumber, Team, User, Waba
from core.media import store_chunks
from inbox.actions.archives import archive_conversation
from inbox.models import Attachment, CannedReply, Contact, Conversation, Label, Message
from templates_app.models import MessageTemplate
from tests import cast

SECRET = "Quetzal"  # stands in everything of Support's that has a text


@dataclass(frozen=True, slots=True)
class World:
    """Support's things, whose texts hold SECRET; `own` is Cleo's conversation with Marina."""

    conversation: Conversation
    closed: Conversation
    archived: Conversation
    message: Message
    failed: Message
    unknown: Message
    attachment: Attachment
    template: MessageTemplate
    contact: Contact
    own: Conversation
    label: Label
    canned: CannedReply
    channel: Channel
    support: Team
    people: dict[str, User]

    def client(self, name: str) -> Client:
        """The browser of one of the cast; "nobody" is signed out."""
        client = Client()
        if name != "nobody":
            client.force_login(self.people[name])
        return client


@pytest.fixture(autouse=True)
def unreachable(settings: Any) -> None:
    """No test of rights calls Meta."""
    settings.WHATSAPP_GRAPH_URL = "http://127.0.0.1:9"


@pytest.fixture
def world(
    channel: Channel,
    waba: Waba,
    support: Team,
    sales: Team,
    ana: User,
    ben: User,
    cleo: User,
    sofia: User,
    omar: User,
    marina: Contact,
    conversation_with: Callable[..., Conversation],
) -> World:
    now = timezone.now()
    secretive = [
        cast.make_contact(f"{SECRET} {word}", f"3461234500{number}", company=SECRET)
        for number, word in enumerate(["one", "two", "three"])
    ]
    talk, closed, archived = [
        conversation_with(contact, at=now - timedelta(hours=2), assignee=ana)
        for contact in secretive
    ]
    for row in (talk, closed, archived):
        cast.inbound(row, f"{SECRET} inside", at=now - timedelta(hours=1))
    message = talk.messages.get()
    Conversation.objects.filter(pk=closed.pk).update(status="closed", closed_at=now)
    archive_conversation(conversation=archived, by=omar, at=now)
    return World(
        conversation=talk,
        closed=closed,
        archived=archived,
        message=message,
        failed=cast.outbound(talk, SECRET, ana, status="failed", at=now - timedelta(minutes=9)),
        unknown=cast.outbound(talk, SECRET, ana, status="unknown", at=now - timedelta(minutes=8)),
        attachment=a_file(message),
        template=a_template(waba),
        contact=secretive[0],
        own=cast.conversation_with(marina, a_channel_of(sales, waba), assignee=cleo, at=now),
        label=Label.objects.create(name="Refund"),
        canned=CannedReply.objects.create(
            shortcut="quetzal", title=SECRET, text=SECRET, team=support
        ),
        channel=channel,
        support=support,
        people={"ana": ana, "ben": ben, "cleo": cleo, "sofia": sofia, "omar": omar},
    )


def a_channel_of(team: Team, waba: Waba) -> Channel:
    number: PhoneNumber = cast.make_number(waba, "106540352242999", "+55 11 5550 0999")
    return cast.make_channel(number, team, name="Sales line")


def a_file(message: Message) -> Attachment:
    stored = store_chunks([b"\xff\xd8\xff" + b"x" * 500], limit=1000)
    return Attachment.objects.create(
        message=message,
        kind="image",
        mime_type="image/jpeg",
        filename=f"{SECRET}.jpg",
        size=stored.size,
        sha256=stored.sha256,
        stored_name=stored.name,
        state="ready",
    )


def a_template(waba: Waba) -> MessageTemplate:
    return MessageTemplate.objects.create(
        waba=waba,
        name="hello",
        language="en_US",
        category="UTILITY",
        status="APPROVED",
        components=[{"type": "BODY", "text": "Hello, we have news."}],
    )
