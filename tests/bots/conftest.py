"""Flows of Aurora Shop, and a conversation in which the bot has the floor."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from accounts.models import Channel, Team
from bots.engine import answer_bells
from bots.models import Flow, FlowButton
from inbox.models import Bell, Contact, Conversation, Message
from tests import cast


@pytest.fixture
def welcome(sales: Team, channel: Channel) -> Flow:
    flow = Flow.objects.create(
        name="Welcome", trigger=Flow.Trigger.WELCOME, text="Hello {{first_name}}!"
    )
    hours = Flow.objects.create(
        name="Hours",
        trigger=Flow.Trigger.KEYWORD,
        keywords=["horario", "hours"],
        text="Nine to six.",
    )
    buttons = [
        FlowButton(title="Prices", answer="From 10 €."),
        FlowButton(title="Sales", hand_off=True, hand_off_team=sales),
        FlowButton(title="Hours", next_flow=hours),
    ]
    for position, button in enumerate(buttons):
        button.flow, button.position = flow, position
        button.save()
    return flow


@pytest.fixture
def away(db: None) -> Flow:
    return Flow.objects.create(
        name="Away", trigger=Flow.Trigger.AWAY, text="Back {{opens_at}}.", hand_off=True
    )


@pytest.fixture
def chat(conversation_with: Callable[..., Conversation], diego: Contact) -> Conversation:
    """Diego's new conversation, in which a bot may speak."""
    return conversation_with(diego, floor=Conversation.Floor.BOT)


@pytest.fixture
def writes(at: datetime) -> Callable[..., Message]:
    """writes(chat, "Hello", at=..., payload=...): a message of the customer with its bell."""

    def write(conversation: Conversation, text: str = "Hello", **fields: Any) -> Message:
        conversation.refresh_from_db()
        message = cast.inbound(conversation, text, at=fields.pop("at", at), **fields)
        Bell.objects.create(message=message)
        return message

    return write


@pytest.fixture
def says(at: datetime, writes: Callable[..., Message]) -> Callable[..., list[str]]:
    """says(chat, "Hello"): the customer writes, the bot answers; what the bot said to it."""

    def say(conversation: Conversation, text: str = "Hello", **fields: Any) -> list[str]:
        before = set(bot_words(conversation).values_list("pk", flat=True))
        moment = fields.get("at", at)
        writes(conversation, text, **fields)
        answer_bells(at=moment)
        conversation.refresh_from_db()
        said = bot_words(conversation).exclude(pk__in=before)
        return list(said.values_list("text", flat=True))

    return say


def bot_words(conversation: Conversation) -> Any:
    """What the bot told the customer, in order."""
    return conversation.messages.filter(
        direction=Message.Direction.OUT, author_kind=Message.Author.BOT
    ).order_by("pk")
