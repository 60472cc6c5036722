"""The moment at which a window closes, told to open pages once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from inbox.actions.windows import announce_closed_windows, close_window
from inbox.models import Contact, Conversation, SessionWindow
from tests import cast

pytestmark = pytest.mark.django_db
DAY = timedelta(hours=24)


@pytest.fixture
def pushed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    seen: list[tuple[str, int]] = []

    def publish(kind: str, **event: Any) -> None:
        seen.append((kind, event["conversation"]))

    monkeypatch.setattr("inbox.actions.pushes.publish", publish)
    return seen


def test_a_window_is_announced_at_its_closing_instant_and_once(
    conversation: Conversation, pushed: list[tuple[str, int]]
) -> None:
    cast.inbound(conversation)
    early = cast.AT + DAY - timedelta(microseconds=1)

    assert announce_closed_windows(at=early) == 0
    assert announce_closed_windows(at=cast.AT + DAY) == 1
    assert announce_closed_windows(at=cast.AT + DAY) == 0

    assert pushed == [
        ("window.changed", conversation.pk),
        ("conversation.changed", conversation.pk),
    ]


def test_a_message_that_opens_it_again_is_announced_again(
    conversation: Conversation, pushed: list[tuple[str, int]]
) -> None:
    cast.inbound(conversation)
    announce_closed_windows(at=cast.AT + DAY)
    conversation.refresh_from_db()
    cast.inbound(conversation, at=cast.AT + 2 * DAY)

    assert announce_closed_windows(at=cast.AT + 2 * DAY + timedelta(hours=1)) == 0
    assert announce_closed_windows(at=cast.AT + 3 * DAY) == 1


def test_many_closings_come_in_bounded_batches(
    conversation_with: Callable[..., Conversation], pushed: list[tuple[str, int]]
) -> None:
    for index in range(5):
        contact = Contact.objects.create(name=f"Customer {index}")
        cast.inbound(conversation_with(contact))
    assert [announce_closed_windows(at=cast.AT + DAY, limit=2) for _ in range(4)] == [2, 2, 1, 0]


def test_metas_refusal_closes_an_open_window_at_once(
    conversation: Conversation, pushed: list[tuple[str, int]]
) -> None:
    cast.inbound(conversation)
    at = cast.AT + timedelta(hours=2)

    close_window(conversation=conversation, at=at)
    close_window(conversation=conversation, at=at)

    assert not conversation.window.is_open(at)
    assert SessionWindow.objects.get().closes_at == at
    assert pushed.count(("window.changed", conversation.pk)) == 1
    assert announce_closed_windows(at=cast.AT + 3 * DAY) == 0
