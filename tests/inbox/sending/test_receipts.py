"""Blue ticks and typing at the customer's end, as the channel's policy says."""

from __future__ import annotations

from datetime import timedelta
from time import monotonic
from typing import Any

import pytest

from accounts.models import Channel, User
from core.live import client
from inbox.actions.desks import mark_read
from inbox.actions.messages import (
    mark_read_to_customer,
    send_message,
    show_typing_to_customer,
)
from inbox.models import Conversation
from inbox.outbox import RECEIPTS, Receipt, is_stale, parse_receipt
from tests import cast

pytestmark = pytest.mark.django_db(transaction=True)
LATER = cast.AT + timedelta(minutes=5)


@pytest.fixture
def talk(conversation: Conversation, ana: User) -> Conversation:
    client().delete(RECEIPTS, f"sash:typing:{conversation.pk}")
    conversation.assignee = ana
    conversation.save()
    cast.inbound(conversation)
    return conversation


def receipts() -> list[Receipt]:
    rows = client().lpop(RECEIPTS, 100) or []
    return [parse_receipt(row) for row in rows]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("policy", "on_opening", "on_replying"),
    [("never", 0, 0), ("opened", 1, 0), ("replied", 0, 1)],
)
def test_the_channel_decides_when_the_customer_sees_that_it_was_read(
    talk: Conversation, ana: User, policy: str, on_opening: int, on_replying: int
) -> None:
    Channel.objects.update(mark_read=policy)
    talk.refresh_from_db()

    mark_read(conversation=talk, user=ana, at=LATER)
    assert len(receipts()) == on_opening
    send_message(conversation=talk, author=ana, text="Hi", at=LATER)
    assert len(receipts()) == on_replying


def test_the_newest_message_is_named_and_told_once(talk: Conversation) -> None:
    newest = cast.inbound(talk, at=cast.AT + timedelta(minutes=1))
    for _ in range(2):
        mark_read_to_customer(conversation=talk, moment="opened", at=LATER)
    assert receipts() == [Receipt(talk.channel_id, str(newest.provider_id), False, LATER)]


def test_who_never_wrote_is_told_nothing(conversation: Conversation) -> None:
    assert not mark_read_to_customer(conversation=conversation, moment="opened", at=LATER)


def test_meta_forgets_after_thirty_days(talk: Conversation) -> None:
    at = cast.AT + timedelta(days=31)
    assert not mark_read_to_customer(conversation=talk, moment="opened", at=at)


def test_typing_is_shown_at_most_every_twenty_seconds(talk: Conversation, ana: User) -> None:
    shown = [show_typing_to_customer(conversation=talk, user=ana, at=LATER) for _ in range(3)]
    assert shown == [True, False, False]
    assert [receipt.is_typing for receipt in receipts()] == [True]


@pytest.mark.parametrize("change", [{"shows_typing": False}, {"mark_read": "never"}])
def test_a_channel_that_tells_nothing_shows_no_typing(
    talk: Conversation, ana: User, change: dict[str, object]
) -> None:
    Channel.objects.update(**change)
    talk.refresh_from_db()
    assert not show_typing_to_customer(conversation=talk, user=ana, at=LATER)


def test_no_typing_into_a_closed_window(talk: Conversation, ana: User) -> None:
    at = cast.AT + timedelta(hours=25)
    assert not show_typing_to_customer(conversation=talk, user=ana, at=at)


def test_late_typing_is_dropped_and_late_ticks_are_not() -> None:
    at = cast.AT + timedelta(minutes=1)
    assert is_stale(Receipt(1, "wamid", True, cast.AT), at)
    assert not is_stale(Receipt(1, "wamid", False, cast.AT), at)


def test_without_redis_an_answer_goes_all_the_same(
    talk: Conversation, ana: User, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    nowhere = client.__wrapped__()
    for module in ("inbox.outbox", "inbox.actions.receipts", "core.live"):
        monkeypatch.setattr(f"{module}.client", lambda: nowhere)
    began = monotonic()
    assert send_message(conversation=talk, author=ana, text="Hi", at=LATER).pk
    assert not show_typing_to_customer(conversation=talk, user=ana, at=LATER)
    assert monotonic() - began < 3, "no page waits for Redis"
