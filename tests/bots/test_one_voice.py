"""One voice at a time: whatever happens, no bot speaks after a person did, until handed back."""

import itertools
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from accounts.models import Channel, User
from bots.actions import FloorNotFree, hand_back_to_bot
from bots.engine import answer_bells, answer_conversation
from bots.models import Flow
from inbox.actions.assignments import (
    assign_conversation,
    give_back_conversation,
    take_conversation,
)
from inbox.actions.conversations import close_conversation, reopen_conversation
from inbox.actions.messages import ConversationNotOpen, WindowClosed, send_message
from inbox.actions.rights import WrongStatus
from inbox.models import Bell, Contact, Conversation, Message
from tests import cast
from tests.bots.conftest import bot_words

numbers = itertools.count(34600000000)


class OneVoice(RuleBasedStateMachine):
    """Ana, the customer and the bot in one conversation, in any order."""

    channel: Channel
    ana: User
    buttons: list[str]

    @initialize()
    def begin(self) -> None:
        self.at = cast.AT
        contact = cast.make_contact("Diego", str(next(numbers)))
        self.chat = cast.conversation_with(contact, self.channel, floor=Conversation.Floor.BOT)
        self.bot_may_speak = True
        self.known: set[int] = set()

    @rule(
        text=st.sampled_from(["Hello", "horario", "elephants", "human", "1", ""]),
        payload=st.sampled_from(["", "flow:0:0", "first"]),
        late=st.sampled_from([0, 0, 0, 200]),
    )
    def customer_writes(self, text: str, payload: str, late: int) -> None:
        self.chat.refresh_from_db()
        if self.chat.status != Conversation.Status.OPEN:
            return
        tap = self.buttons[0] if payload == "first" else payload
        content = {"interactive": {"button_reply": {"id": tap, "title": text}}} if tap else {}
        sent_at = self.at - timedelta(seconds=late)
        message = cast.inbound(self.chat, text, payload=content, at=sent_at)
        Bell.objects.create(message=message)

    @rule(seconds=st.sampled_from([0, 1, 30, 100, 200]))
    def bot_looks(self, seconds: int) -> None:
        self.at += timedelta(seconds=seconds)
        answer_bells(at=self.at)
        self.judge()

    @rule()
    def ana_replies(self) -> None:
        with suppress(WindowClosed, ConversationNotOpen):
            send_message(conversation=self.chat, author=self.ana, text="Hi", at=self.at)
            self.bot_may_speak = False

    @rule()
    def ana_takes_it(self) -> None:
        with suppress(WrongStatus):
            take_conversation(conversation=self.chat, by=self.ana, at=self.at)

    @rule()
    def ana_gives_it_back(self) -> None:
        with suppress(WrongStatus):
            give_back_conversation(conversation=self.chat, by=self.ana, at=self.at)

    @rule()
    def somebody_assigns_it(self) -> None:
        with suppress(WrongStatus):
            assign_conversation(conversation=self.chat, by=None, user=self.ana, at=self.at)

    @rule()
    def ana_closes_and_opens_it(self) -> None:
        with suppress(WrongStatus):
            close_conversation(conversation=self.chat, by=self.ana, at=self.at)
        with suppress(WrongStatus):
            reopen_conversation(conversation=self.chat, by=self.ana, at=self.at)

    @rule()
    def ana_hands_it_back_to_the_bot(self) -> None:
        with suppress(FloorNotFree):
            hand_back_to_bot(conversation=self.chat, by=self.ana, at=self.at)
            self.bot_may_speak = True

    @invariant()
    def judge(self) -> None:
        said = set(bot_words(self.chat).values_list("pk", flat=True)) - self.known
        assert self.bot_may_speak or not said, "the bot spoke over a person"
        self.known |= said


def test_a_bot_never_speaks_after_a_person_until_the_floor_is_handed_back(
    welcome: Flow, channel: Channel, ana: User
) -> None:
    OneVoice.channel, OneVoice.ana = channel, ana
    OneVoice.buttons = [f"flow:{welcome.pk}:{button.pk}" for button in welcome.buttons.all()]
    run_state_machine_as_test(
        OneVoice,
        settings=settings(
            max_examples=40,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_after_a_hand_back_the_bot_does_speak_again(
    welcome: Flow, chat: Conversation, says: Callable[..., list[str]], ana: User, at: datetime
) -> None:
    says(chat, "human")
    assert says(chat, "horario") == []
    hand_back_to_bot(conversation=chat, by=ana, at=at)
    assert chat.events.filter(kind="handed_back", actor=ana).count() == 1
    assert says(chat, "horario") == ["Nine to six."]


def test_what_somebody_is_assigned_to_is_not_handed_back(
    chat: Conversation, ana: User, ben: User, at: datetime
) -> None:
    take_conversation(conversation=chat, by=ana, at=at)
    with pytest.raises(FloorNotFree, match="Ana Souza has this conversation"):
        hand_back_to_bot(conversation=chat, by=ben, at=at)


@pytest.mark.django_db(transaction=True)
def test_a_bot_waits_for_a_reply_that_is_just_being_sent_and_then_keeps_silent(
    transactional_db: None,
) -> None:
    """Ana's reply is not committed yet when the bot begins: the lock decides, not the clock."""
    team = cast.make_team("Support")
    ana = cast.make_user("Ana Souza", User.Role.AGENT, team)
    channel = cast.make_channel(cast.make_number(cast.make_waba(cast.make_app())), team)
    contact: Contact = cast.make_contact("Diego", "34612345678")
    chat = cast.conversation_with(contact, channel, floor=Conversation.Floor.BOT)
    Flow.objects.create(name="Welcome", trigger="welcome", text="Hello!")
    Bell.objects.create(message=cast.inbound(chat))

    def answer() -> None:
        try:
            answer_conversation(conversation_id=chat.pk, at=cast.AT)
        finally:
            connection.close()

    bot = threading.Thread(target=answer)
    with transaction.atomic():
        send_message(
            conversation=chat, author=ana, text="I am here", client_uuid=uuid4(), at=cast.AT
        )
        bot.start()
        bot.join(timeout=0.5)
        assert bot.is_alive(), "the bot must wait for the lock"
    bot.join(timeout=10)
    assert not bot_words(chat).exists()
    assert Message.objects.filter(author=ana).count() == 1
    assert not Bell.objects.exists()
