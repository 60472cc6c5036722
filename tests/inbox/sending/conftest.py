"""Now as the instant of these tests: the sender asks PostgreSQL what time it is."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from core.live import client
from inbox.actions.messages import send_message
from inbox.models import Conversation, Message
from inbox.outbox import RECEIPTS
from tests import cast
from tests.inbox.sending.graph import Graph


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def graph(settings: Any) -> Graph:
    settings.WHATSAPP_GRAPH_URL = "http://127.0.0.1:1"
    client().delete(RECEIPTS)
    return Graph()


@pytest.fixture
def talk(conversation: Conversation, ana: User, now: datetime) -> Conversation:
    """Diego wrote to Support a minute ago, and Ana has the conversation."""
    conversation.assignee = ana
    conversation.save()
    cast.inbound(conversation, "Is it still there?", at=now - timedelta(minutes=1))
    return conversation


@pytest.fixture
def say(talk: Conversation, ana: User, now: datetime) -> Callable[..., Message]:
    """say("Hello"): Ana answers Diego."""

    def send(text: str = "Hello", **fields: Any) -> Message:
        return send_message(
            **{"conversation": talk, "author": ana, "text": text, "at": now} | fields
        )

    return send
