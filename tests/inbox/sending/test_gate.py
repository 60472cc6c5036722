"""The one gate: who may send what, when, and what else a message does on its way out."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import Channel, User, Waba
from inbox.actions.messages import (
    ChannelOff,
    ContactBlocked,
    ConversationNotOpen,
    FloorTaken,
    InvalidMessage,
    NotPermitted,
    TemplateNotSendable,
    WindowClosed,
    send_message,
)
from inbox.models import Contact, Conversation, Draft, Event, Message, OutboxEntry
from inbox.outbox import BELL
from templates_app.models import MessageTemplate
from tests import cast

pytestmark = pytest.mark.django_db
Author = Message.Author
HOUR = timedelta(hours=1)


@pytest.fixture
def talk(conversation: Conversation, ana: User) -> Conversation:
    """Diego wrote at the instant of the tests; Ana has the conversation."""
    conversation.assignee = ana
    conversation.save()
    cast.inbound(conversation)
    return conversation


@pytest.fixture
def hello(waba: Waba) -> MessageTemplate:
    return MessageTemplate.objects.create(
        waba=waba,
        name="hello",
        language="en_US",
        category="UTILITY",
        status="APPROVED",
        components=[{"type": "BODY", "text": "Hello {{1}}, we have news."}],
    )


def send(conversation: Conversation, author: User | None, **fields: Any) -> Message:
    at = fields.pop("at", cast.AT + HOUR)
    defaults = {} if "template" in fields or "kind" in fields else {"text": "Good morning"}
    return send_message(conversation=conversation, author=author, at=at, **defaults | fields)


def test_a_message_and_its_outbox_row_are_written_together(talk: Conversation, ana: User) -> None:
    message = send(talk, ana)

    entry = OutboxEntry.objects.get()
    assert entry.message == message
    assert (entry.state, entry.lane) == ("queued", OutboxEntry.Lane.REPLY)
    assert entry.pair == f"{talk.channel_id}:{talk.contact_id}"
    assert entry.expires_at == cast.AT + timedelta(hours=24)
    assert (message.status, message.direction, message.author_name) == ("queued", "out", ana.name)


def test_the_row_of_the_conversation_shows_the_answer(talk: Conversation, ana: User) -> None:
    assert talk.waiting_since is not None
    send(talk, ana, text="Good\nmorning")

    talk.refresh_from_db()
    assert talk.waiting_since is None
    assert (talk.preview, talk.preview_author) == ("Good morning", ana.name)
    assert talk.message_count == 2
    assert talk.last_message_at == cast.AT + HOUR


@pytest.mark.parametrize(
    ("after", "is_open"),
    [
        (timedelta(hours=24, microseconds=-1), True),
        (timedelta(hours=24), False),
        (timedelta(hours=25), False),
    ],
)
def test_free_text_needs_an_open_window_to_the_microsecond(
    talk: Conversation, ana: User, after: timedelta, is_open: bool
) -> None:
    if is_open:
        assert send(talk, ana, at=cast.AT + after).pk
        return
    with pytest.raises(WindowClosed) as error:
        send(talk, ana, at=cast.AT + after)
    assert error.value.closed_at == cast.AT + timedelta(hours=24)
    assert not OutboxEntry.objects.exists()


@pytest.mark.parametrize("author_kind", [Author.BOT, Author.SYSTEM])
def test_the_window_binds_bots_and_sash_itself_too(
    talk: Conversation, author_kind: Message.Author
) -> None:
    Conversation.objects.update(floor="bot", assignee=None)
    with pytest.raises(WindowClosed):
        send(talk, None, author_kind=author_kind, at=cast.AT + timedelta(hours=30))


def test_a_customer_who_never_wrote_gets_no_free_text(
    conversation: Conversation, ana: User
) -> None:
    with pytest.raises(WindowClosed) as error:
        send(conversation, ana)
    assert error.value.closed_at is None


def test_a_template_needs_no_window(
    conversation: Conversation, ana: User, hello: MessageTemplate
) -> None:
    message = send(conversation, ana, template=hello, template_values={"body.1": "Diego"})

    assert message.kind == "template"
    assert message.text == "Hello Diego, we have news."
    assert message.payload["template"]["values"] == {"body.1": "Diego"}
    assert OutboxEntry.objects.get().expires_at == cast.AT + HOUR + timedelta(hours=24)


def test_a_template_with_an_empty_place_is_refused(
    conversation: Conversation, ana: User, hello: MessageTemplate
) -> None:
    with pytest.raises(InvalidMessage) as error:
        send(conversation, ana, template=hello, template_values={"body.1": " \n"})
    assert error.value.errors == {"body.1": ["This cannot be empty."]}


@pytest.mark.parametrize("status", ["PENDING", "REJECTED", "PAUSED", "DISABLED", "DELETED"])
def test_only_approved_templates_are_sent(
    conversation: Conversation, ana: User, hello: MessageTemplate, status: str
) -> None:
    hello.status = status
    hello.save()
    with pytest.raises(TemplateNotSendable, match=status.lower()):
        send(conversation, ana, template=hello, template_values={"body.1": "Diego"})


def test_a_template_of_another_account_is_refused(
    conversation: Conversation, ana: User, hello: MessageTemplate, waba: Waba
) -> None:
    other = Waba.objects.create(waba_id="2", name="Other", app=waba.app, access_token="x")
    hello.waba = other
    hello.save()
    with pytest.raises(TemplateNotSendable):
        send(conversation, ana, template=hello, template_values={"body.1": "Diego"})


def test_marketing_stops_for_who_asked_for_none(
    conversation: Conversation, ana: User, hello: MessageTemplate
) -> None:
    hello.category = "MARKETING"
    hello.save()
    cast.consent(conversation.contact, "marketing", is_granted=False)
    with pytest.raises(TemplateNotSendable, match="no marketing"):
        send(conversation, ana, template=hello, template_values={"body.1": "Diego"})


def test_somebody_of_another_team_may_not_send(talk: Conversation, cleo: User) -> None:
    with pytest.raises(NotPermitted):
        send(talk, cleo)
    assert Message.objects.filter(direction="out").count() == 0


def test_a_message_of_an_agent_needs_the_agent(talk: Conversation) -> None:
    with pytest.raises(NotPermitted):
        send(talk, None)


@pytest.mark.parametrize("status", ["closed", "archived"])
def test_nothing_goes_into_a_conversation_that_is_over(
    talk: Conversation, ana: User, status: str
) -> None:
    Conversation.objects.update(status=status)
    with pytest.raises(ConversationNotOpen):
        send(talk, ana)


def test_nothing_goes_to_a_blocked_contact(talk: Conversation, ana: User) -> None:
    Contact.objects.update(is_blocked=True)
    with pytest.raises(ContactBlocked):
        send(talk, ana)


def test_nothing_goes_through_a_channel_that_is_off(talk: Conversation, ana: User) -> None:
    Channel.objects.update(is_active=False)
    with pytest.raises(ChannelOff):
        send(talk, ana)


def test_limits_are_told_by_field(talk: Conversation, ana: User) -> None:
    with pytest.raises(InvalidMessage) as error:
        send(talk, ana, text="x" * 4097)
    assert error.value.errors == {"text": ["At most 4096 characters; these are 4097."]}


def test_what_postgresql_cannot_store_is_left_out(talk: Conversation, ana: User) -> None:
    assert send(talk, ana, text="a\x00b\ud800c").text == "abc"


def test_a_bot_speaks_only_while_it_has_the_floor(talk: Conversation) -> None:
    talk.floor = Conversation.Floor.BOT
    talk.save()
    message = send(talk, None, author_kind=Author.BOT, author_name="Welcome")
    assert (message.author_name, message.outbox.lane) == ("Welcome", OutboxEntry.Lane.AUTOMATIC)

    Conversation.objects.update(floor=Conversation.Floor.HUMAN)
    with pytest.raises(FloorTaken):
        send(talk, None, author_kind=Author.BOT)


def test_a_person_who_answers_takes_the_floor_from_the_bot(talk: Conversation, ana: User) -> None:
    Conversation.objects.update(floor="bot")
    send(talk, ana)

    talk.refresh_from_db()
    assert talk.floor == "human"
    assert Event.objects.filter(kind="floor_taken", actor=ana).count() == 1


def test_the_first_answer_to_nobodys_conversation_takes_it(talk: Conversation, ben: User) -> None:
    Conversation.objects.update(assignee=None)
    send(talk, ben)

    talk.refresh_from_db()
    assert talk.assignee == ben
    assert Event.objects.filter(kind="taken", actor=ben).exists()


def test_a_colleagues_answer_does_not_take_it_from_its_agent(
    talk: Conversation, ana: User, ben: User
) -> None:
    send(talk, ben)
    talk.refresh_from_db()
    assert talk.assignee == ana


def test_the_draft_goes_with_the_answer_and_a_note_stays(
    talk: Conversation, ana: User, ben: User
) -> None:
    Draft.objects.create(user=ana, conversation=talk, text="Good mor", updated_at=cast.AT)
    Draft.objects.create(user=ben, conversation=talk, text="later", updated_at=cast.AT)
    send(talk, ana)
    assert [draft.user for draft in Draft.objects.all()] == [ben]


def test_the_same_form_twice_makes_one_message(talk: Conversation, ana: User) -> None:
    key = uuid.uuid4()
    first = send(talk, ana, client_uuid=key)
    again = send(talk, ana, client_uuid=key, at=cast.AT + timedelta(hours=30))

    assert again == first
    assert OutboxEntry.objects.count() == 1


def test_a_form_of_another_conversation_shows_nothing_of_it(
    talk: Conversation, ana: User, conversation_with: Callable[..., Conversation], marina: Contact
) -> None:
    key = uuid.uuid4()
    send(talk, ana, client_uuid=key)
    other = conversation_with(marina)
    cast.inbound(other)
    with pytest.raises(InvalidMessage) as error:
        send(other, ana, client_uuid=key)
    assert "client_uuid" in error.value.errors


def test_a_quote_must_be_of_the_same_conversation(
    talk: Conversation, ana: User, conversation_with: Callable[..., Conversation], marina: Contact
) -> None:
    mine = talk.messages.get()
    assert send(talk, ana, quoted=mine).quoted == mine

    theirs = cast.inbound(conversation_with(marina))
    with pytest.raises(InvalidMessage):
        send(talk, ana, quoted=theirs)
    with pytest.raises(InvalidMessage):
        send(talk, ana, quoted=cast.note(talk, author=ana))


def test_the_senders_bell_rings_on_commit(
    talk: Conversation, ana: User, django_capture_on_commit_callbacks: Any, monkeypatch: Any
) -> None:
    rung: list[str] = []
    monkeypatch.setattr("inbox.outbox.client", lambda: FakeRedis(rung))
    with django_capture_on_commit_callbacks(execute=True):
        send(talk, ana)
        assert rung == []
    assert BELL in rung


class FakeRedis:
    def __init__(self, rung: list[str]) -> None:
        self.rung = rung

    def publish(self, channel: str, _: bytes) -> None:
        self.rung.append(channel)


def test_an_answer_asks_the_database_a_bounded_number_of_times(
    talk: Conversation, ana: User, django_assert_max_num_queries: Any
) -> None:
    fresh = Conversation.objects.get(pk=talk.pk)
    with django_assert_max_num_queries(24):
        send(fresh, ana)


def test_interactive_place_and_cards_are_found_by_their_words(
    talk: Conversation, ana: User
) -> None:
    buttons = [{"type": "reply", "reply": {"id": "y", "title": "Yes"}}]
    asked = {"type": "button", "body": {"text": "Is it you?"}, "action": {"buttons": buttons}}
    place = {"latitude": 1.5, "longitude": "2", "name": "Shop", "address": "High St 1"}
    cards = [{"name": {"formatted_name": "Jo Doe", "first_name": "Jo"}}]

    rows = [
        send(talk, ana, kind="interactive", payload={"interactive": asked}),
        send(talk, ana, kind="location", payload={"location": place}),
        send(talk, ana, kind="contacts", payload={"contacts": cards}),
    ]

    assert [row.text for row in rows] == ["Is it you?", "Shop, High St 1", "Jo Doe"]


def test_the_instant_is_the_callers(talk: Conversation, ana: User, at: datetime) -> None:
    assert send(talk, ana, at=at).at == at
