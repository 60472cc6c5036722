"""The bot in a real conversation: what it says, when it is silent, and how people take over."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
from django.db import connection

from accounts.models import BusinessHours, Channel, Team, User
from bots import engine
from bots.engine import LEASE, MAX_TRIES, answer_bells, claim_bells
from bots.models import Flow, FlowRun
from inbox.actions.assignments import give_back_conversation, take_conversation
from inbox.actions.messages import send_message
from inbox.models import Bell, Conversation, Message, OutboxEntry, Participant
from tests import cast
from tests.bots.conftest import bot_words

Says = Callable[..., list[str]]
Writes = Callable[..., Message]
HUMAN, BOT = Conversation.Floor.HUMAN, Conversation.Floor.BOT


def notes(conversation: Conversation) -> list[Message]:
    return list(conversation.messages.filter(direction=Message.Direction.NOTE))


def test_a_new_customer_is_welcomed_with_buttons_in_the_bots_name(
    welcome: Flow, chat: Conversation, says: Says
) -> None:
    assert says(chat) == ["Hello Diego!"]
    message = bot_words(chat).get()
    assert message.author_name == "Welcome"
    content = message.payload["interactive"]
    assert content["type"] == "button"
    titles = [button["reply"]["title"] for button in content["action"]["buttons"]]
    assert titles == ["Prices", "Sales", "Hours"]
    assert OutboxEntry.objects.get(message=message).lane == OutboxEntry.Lane.AUTOMATIC
    assert chat.floor == BOT
    assert chat.participants.filter(role=Participant.Role.BOT, left_at=None).count() == 1
    assert not Bell.objects.exists()


def test_more_than_three_quick_replies_come_as_a_list(
    welcome: Flow, chat: Conversation, says: Says
) -> None:
    for number in range(7):
        welcome.buttons.create(title=f"Option {number}", position=9, answer="Yes.")
    says(chat)
    content = bot_words(chat).get().payload["interactive"]
    assert content["type"] == "list"
    assert len(content["action"]["sections"][0]["rows"]) == 10


@pytest.mark.parametrize("shape", ["button_reply", "list_reply", "button"])
def test_a_tap_is_answered_whichever_way_it_comes(
    welcome: Flow, chat: Conversation, says: Says, shape: str
) -> None:
    says(chat)
    button = welcome.buttons.get(title="Prices")
    tap = f"flow:{welcome.pk}:{button.pk}"
    if shape == "button":
        fields = {"kind": "button", "payload": {"button": {"payload": tap, "text": "Prices"}}}
    else:
        reply = {"type": shape, shape: {"id": tap, "title": "Prices"}}
        fields = {"kind": "interactive", "payload": {"interactive": reply}}
    assert says(chat, "Prices", **fields) == ["From 10 €."]


def test_a_tap_that_hands_off_moves_the_conversation_with_a_note_for_the_team(
    welcome: Flow, chat: Conversation, says: Says, sales: Team
) -> None:
    says(chat, "Good morning")
    assert says(chat, "Sales") == ["Thank you. A colleague will answer you here shortly."]
    assert (chat.floor, chat.team, chat.assignee) == (HUMAN, sales, None)
    (note,) = notes(chat)
    assert note.author_kind == Message.Author.BOT
    assert "the customer chose “Sales”" in note.text
    assert "Customer wrote: Good morning" in note.text
    assert "Bot said: Hello Diego!" in note.text
    assert chat.events.filter(kind="handed_over", data__team_name="Sales").count() == 1
    assert not chat.participants.filter(role=Participant.Role.BOT, left_at=None).exists()
    assert not FlowRun.objects.filter(ended_at=None).exists()


def test_after_a_hand_off_the_customer_still_waits_for_an_answer(
    welcome: Flow, chat: Conversation, says: Says, at: datetime
) -> None:
    says(chat)
    assert chat.waiting_since is None
    says(chat, "a person please", at=at + timedelta(minutes=1))
    assert chat.waiting_since == at + timedelta(minutes=1)


def test_not_understood_twice_goes_to_people(
    welcome: Flow, chat: Conversation, says: Says, at: datetime
) -> None:
    says(chat, at=at)
    first = says(chat, "blue elephants", at=at + timedelta(minutes=1))
    assert first == [
        "Sorry, I did not understand. Please choose an option or write it in other words."
    ]
    says(chat, "red elephants", at=at + timedelta(minutes=2))
    assert chat.floor == HUMAN
    assert "did not understand twice" in notes(chat)[0].text


def test_an_understood_word_between_two_misses_begins_the_count_anew(
    welcome: Flow, chat: Conversation, says: Says, at: datetime
) -> None:
    for minute, text in enumerate(["Hello", "elephants", "horario", "elephants"]):
        says(chat, text, at=at + timedelta(minutes=minute))
    assert chat.floor == BOT


def test_a_burst_before_the_first_answer_is_answered_once(
    welcome: Flow, chat: Conversation, writes: Writes, at: datetime
) -> None:
    for text in ("Hello", "are you there", "I have a question"):
        writes(chat, text)
    answer_bells(at=at + timedelta(seconds=3))
    assert [message.text for message in bot_words(chat)] == ["Hello Diego!"]
    chat.refresh_from_db()
    assert chat.floor == BOT
    assert not Bell.objects.exists()


def test_without_a_fitting_flow_people_have_the_floor_at_once_and_nothing_is_said(
    chat: Conversation, says: Says
) -> None:
    assert says(chat) == []
    assert chat.floor == HUMAN
    assert notes(chat) == []
    assert not chat.events.exists()


def test_a_flow_of_another_channel_says_nothing_here(
    welcome: Flow, chat: Conversation, says: Says, db: None
) -> None:
    welcome.channels.add(Channel.objects.create(name="Other"))
    assert says(chat) == []
    assert chat.floor == HUMAN


def test_a_switched_off_flow_says_nothing(welcome: Flow, chat: Conversation, says: Says) -> None:
    Flow.objects.update(is_active=False)
    assert says(chat) == []


def test_outside_business_hours_the_away_message_names_the_opening_in_the_channels_zone(
    welcome: Flow, away: Flow, chat: Conversation, says: Says, channel: Channel, at: datetime
) -> None:
    channel.time_zone = "America/Sao_Paulo"  # 10:00 UTC is 7:00 there
    channel.save()
    BusinessHours.objects.create(channel=channel, weekday=0, opens_at=time(9), closes_at=time(18))
    assert says(chat) == ["Back Monday 09:00."]
    assert chat.floor == HUMAN
    assert chat.waiting_since == at


def test_the_away_message_is_said_once_in_its_cooldown_even_in_a_new_conversation(
    away: Flow,
    chat: Conversation,
    says: Says,
    channel: Channel,
    at: datetime,
    conversation_with: Callable[..., Conversation],
) -> None:
    BusinessHours.objects.create(channel=channel, weekday=4, opens_at=time(9), closes_at=time(10))
    assert says(chat) == ["Back Friday 09:00."]
    Conversation.objects.filter(pk=chat.pk).update(status=Conversation.Status.CLOSED)
    again = conversation_with(chat.contact, floor=BOT)
    assert says(again, at=at + timedelta(hours=11)) == []
    Conversation.objects.filter(pk=again.pk).update(floor=BOT)
    assert says(again, at=at + timedelta(hours=12)) == ["Back Friday 09:00."]


@pytest.mark.parametrize(
    "state",
    [
        {"floor": HUMAN},
        {"status": Conversation.Status.CLOSED},
        {"snoozed_until": cast.AT + timedelta(days=1)},
    ],
)
def test_where_people_speak_or_nobody_may_the_bot_is_silent(
    welcome: Flow, chat: Conversation, writes: Writes, at: datetime, state: dict[str, object]
) -> None:
    writes(chat)
    Conversation.objects.filter(pk=chat.pk).update(**state)
    answer_bells(at=at)
    assert not bot_words(chat).exists()
    assert not Bell.objects.exists()


def test_in_an_assigned_conversation_the_bot_is_silent_also_after_it_is_given_back(
    welcome: Flow, chat: Conversation, says: Says, ana: User, at: datetime
) -> None:
    take_conversation(conversation=chat, by=ana, at=at)
    assert says(chat) == []
    give_back_conversation(conversation=chat, by=ana, at=at)
    assert says(chat) == []


@pytest.mark.parametrize("author_kind", [Message.Author.AGENT, Message.Author.PHONE_APP])
def test_a_person_who_was_quicker_is_not_spoken_over(
    welcome: Flow,
    chat: Conversation,
    writes: Writes,
    outbound: Callable[..., Message],
    at: datetime,
    author_kind: str,
) -> None:
    writes(chat)
    outbound(chat, "On my way", author_kind=author_kind)
    Conversation.objects.filter(pk=chat.pk).update(floor=BOT)
    answer_bells(at=at)
    chat.refresh_from_db()
    assert not bot_words(chat).exists()
    assert chat.floor == HUMAN


def test_a_late_message_goes_to_people_in_silence(
    welcome: Flow, chat: Conversation, writes: Writes, at: datetime
) -> None:
    writes(chat)
    answer_bells(at=at + timedelta(minutes=2, seconds=1))
    chat.refresh_from_db()
    assert not bot_words(chat).exists()
    assert chat.floor == HUMAN


def test_a_closed_window_leaves_the_bots_conversation_to_people_with_a_note(
    welcome: Flow, chat: Conversation, says: Says, writes: Writes, at: datetime
) -> None:
    says(chat)
    writes(chat, "horario", at=at + timedelta(minutes=1))
    Conversation.objects.filter(pk=chat.pk).update(window_closes_at=at)
    answer_bells(at=at + timedelta(minutes=1))
    chat.refresh_from_db()
    assert chat.floor == HUMAN
    assert "window is closed" in notes(chat)[0].text


def test_what_the_gate_refuses_goes_to_people_with_the_reason(
    welcome: Flow, chat: Conversation, says: Says, channel: Channel
) -> None:
    FlowRun.objects.create(conversation=chat, flow=welcome)
    channel.is_active = False
    channel.save()
    assert says(chat, "horario") == []
    assert chat.floor == HUMAN
    assert "switched off" in notes(chat)[0].text


def test_a_crash_in_the_middle_says_everything_exactly_once_afterwards(
    welcome: Flow,
    chat: Conversation,
    writes: Writes,
    at: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    button = welcome.buttons.get(title="Hours")
    button.answer = "One moment."
    button.save()
    FlowRun.objects.create(conversation=chat, flow=welcome)
    writes(chat, "Hours")
    sent: list[str] = []

    def crash_at_the_second(**fields: object) -> Message:
        sent.append(str(fields["text"]))
        if len(sent) == 2:
            raise RuntimeError("the worker is gone")
        return send_message(**fields)  # type: ignore[arg-type]

    monkeypatch.setattr("bots.performing.send_message", crash_at_the_second)
    assert answer_bells(at=at) == 0
    assert len(sent) == 2
    assert not bot_words(chat).exists()
    assert answer_bells(at=at) == 0, "the lease still stands"
    answer_bells(at=at + LEASE + timedelta(seconds=1))
    assert [m.text for m in bot_words(chat)] == ["One moment.", "Nine to six."]
    assert not Bell.objects.exists()


def test_a_conversation_that_keeps_failing_goes_to_people_and_holds_up_nobody(
    welcome: Flow,
    chat: Conversation,
    writes: Writes,
    at: datetime,
    marina: object,
    conversation_with: Callable[..., Conversation],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = conversation_with(marina, floor=BOT)
    writes(chat)
    writes(other)
    play = engine.Performance.play

    def fail_for_diego(self: engine.Performance, *args: object) -> None:
        if self.conversation.pk == chat.pk:
            raise RuntimeError("poison")
        play(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(engine.Performance, "play", fail_for_diego)
    moments = [at + number * (LEASE + timedelta(seconds=1)) for number in range(MAX_TRIES + 1)]
    assert answer_bells(at=moments[0]) == 1
    assert [m.text for m in bot_words(other)] == ["Hello Marina!"]
    for moment in moments[1:]:
        answer_bells(at=moment)
    chat.refresh_from_db()
    assert chat.floor == HUMAN
    assert not Bell.objects.exists()


def test_a_claimed_bell_is_not_claimed_twice(
    chat: Conversation, writes: Writes, at: datetime
) -> None:
    writes(chat)
    assert claim_bells(at=at) == {chat.pk: 0}
    assert claim_bells(at=at) == {}
    assert claim_bells(at=at + LEASE + timedelta(seconds=1)) == {chat.pk: 1}


def test_an_answer_takes_a_bounded_number_of_queries(
    welcome: Flow, chat: Conversation, writes: Writes, at: datetime, django_assert_max_num_queries
) -> None:
    writes(chat)
    assert connection.vendor == "postgresql"
    with django_assert_max_num_queries(60):
        answer_bells(at=at)
    assert bot_words(chat).count() == 1


def test_where_no_bot_speaks_a_crowd_takes_as_few_queries_as_one(
    conversation_with: Callable[..., Conversation],
    writes: Writes,
    at: datetime,
    django_assert_max_num_queries,
) -> None:
    talks = [
        conversation_with(cast.make_contact(f"Customer {n}", f"3460000{n:04d}"), floor=floor)
        for n, floor in enumerate([BOT, HUMAN] * 10)
    ]
    for talk in talks:
        writes(talk)
    with django_assert_max_num_queries(15):
        assert answer_bells(at=at) == len(talks)
    assert not Bell.objects.exists()
    assert not Conversation.objects.exclude(floor=HUMAN).exists()
