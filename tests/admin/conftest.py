"""Omar at the admin's door, and one of everything behind it."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
from django.test import Client

from accounts.actions.quota import reserve
from accounts.models import (
    AccountEvent,
    BusinessHours,
    BusinessProfile,
    Channel,
    Invitation,
    PhoneNumber,
    Presence,
    Quota,
    QuotaSample,
    Team,
    User,
    Waba,
)
from bots.models import AwayNotice, Flow, FlowButton, FlowRun
from core.events import record
from core.mails import send_later
from inbox.actions.archives import archive_conversation
from inbox.actions.assignments import assign_conversation
from inbox.actions.messages import send_message
from inbox.models import (
    Attachment,
    Bell,
    CannedReply,
    Contact,
    Conversation,
    Draft,
    EarlyEvent,
    Label,
    Mention,
    Message,
    QuarantinedEvent,
    Reaction,
    ReadMark,
    SendingTurn,
    WebhookDelivery,
    WishWords,
)
from templates_app.models import MessageTemplate
from tests import cast


@pytest.fixture
def office(client: Client, omar: User) -> Client:
    """Omar's browser, signed in."""
    client.force_login(omar)
    return client


@pytest.fixture
def make_world(
    at: datetime,
    channel: Channel,
    number: PhoneNumber,
    waba: Waba,
    support: Team,
    ana: User,
    omar: User,
) -> Callable[[int], None]:
    """make_world(3): three of everything that the admin lists."""

    def make(count: int) -> None:
        BusinessHours.objects.get_or_create(
            channel=channel, weekday=0, opens_at=time(9), closes_at=time(18)
        )
        BusinessProfile.objects.get_or_create(number=number, about="Aurora")
        Presence.objects.get_or_create(user=ana)
        send_later(to=omar.email, subject="It is flagged", text="Look at it.", at=at)
        for index in range(count):
            make_one(index)

    def make_one(index: int) -> None:
        key = str(34600000000 + Contact.objects.count())
        contact = cast.make_contact(f"Diego {key}", key)
        chat = cast.conversation_with(contact, channel)
        assign_conversation(conversation=chat, by=omar, user=ana, at=at)
        chat.refresh_from_db()
        arrived = cast.inbound(chat, "Is it open?")
        Bell.objects.create(message=arrived)
        SendingTurn.objects.get_or_create(channel=channel)
        Attachment.objects.create(message=arrived, kind="image", filename="a.jpg")
        Reaction.objects.create(message=arrived, author_kind="agent", emoji="👍", user=ana, at=at)
        sent = send_message(conversation=chat, author=ana, text="Yes", at=at)
        sent.attempts.create(number=1, started_at=at, outcome="unknown")
        Message.objects.filter(pk=sent.pk).update(
            status="failed", rank=Message.RANKS[Message.Status.FAILED], failed_at=at
        )
        Mention.objects.create(user=ana, message=arrived, conversation=chat, at=at)
        ReadMark.objects.create(user=ana, conversation=chat)
        Draft.objects.create(user=ana, conversation=chat, text="unsaid", updated_at=at)
        chat.labels.add(Label.objects.create(name=f"Label {key}"))
        CannedReply.objects.create(shortcut=f"r{key}", title="Reply", text="Hello")
        flow = Flow.objects.create(name=f"Flow {key}", trigger="keyword", keywords=["a", "b"])
        FlowButton.objects.create(flow=flow, title="Yes")
        FlowRun.objects.create(flow=flow, conversation=chat)
        AwayNotice.objects.create(flow=flow, contact=contact, channel=channel, said_at=at)
        cast.consent(contact, "marketing", is_granted=False)
        WishWords.objects.create(language=key[-10:], words=["stop"])
        delivery = WebhookDelivery.objects.create(body=b'{"entry": []}', app=waba.app)
        QuarantinedEvent.objects.create(delivery=delivery, reason="unknown", content="{}")
        EarlyEvent.objects.create(
            phone_number_id="1", provider_id=key, kind="status", content={}, digest=key, at=at
        )
        AccountEvent.objects.create(waba=waba, number=number, field="x", digest=key)
        MessageTemplate.objects.create(
            waba=waba, name=f"t{key}", language="en", category="UTILITY", status="APPROVED"
        )
        reserve(number=number, contact_id=contact.pk, is_bulk=False, at=at)
        QuotaSample.objects.create(
            quota=Quota.objects.create(key=f"number:{key}"), at=at, used=index
        )
        invitation = Invitation.objects.create(
            email=f"{key}@sash.test",
            token_hash=key,
            expires_at=at + timedelta(days=7),
            invited_by=omar,
        )
        invitation.teams.add(support)
        cast.make_user(f"P{key} Person", User.Role.AGENT, support)
        record(kind="person.invited", actor=omar, at=at, subject=invitation)
        put_away = cast.make_contact(f"Marina {key}", f"9{key}")
        archive_conversation(
            conversation=cast.conversation_with(put_away, channel), by=None, at=at
        )

    return make


@pytest.fixture
def chats(
    conversation_with: Callable[..., Conversation], diego: Contact, marina: Contact
) -> list[Conversation]:
    return [conversation_with(diego), conversation_with(marina)]
