"""A thread page by page, both ways and from the middle: each item exactly once."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from inbox.models import Conversation, Message
from inbox.queries.threads import read_thread

pytestmark = pytest.mark.django_db


@pytest.fixture
def long_thread(
    conversation: Conversation, inbound: Callable[..., Message], at: datetime
) -> Conversation:
    """31 messages, some at the same second, with an event between every five."""
    for index in range(31):
        moment = at + timedelta(seconds=index // 2)
        inbound(conversation, f"Message {index}", at=moment)
        if index % 5 == 0:
            conversation.events.create(kind="closed", at=moment + timedelta(milliseconds=1))
    return conversation


def ids(items: list[object]) -> list[tuple[str, int]]:
    return [(type(item).__name__, item.pk) for item in items]  # type: ignore[attr-defined]


def test_reading_back_gives_every_item_once_in_order(long_thread: Conversation) -> None:
    whole = ids(read_thread(conversation=long_thread, limit=200).items)
    assert len(whole) == 31 + 7
    found: list[tuple[str, int]] = []
    key = ""
    for _ in range(12):
        page = read_thread(conversation=long_thread, before=key, limit=6)
        found = ids(page.items) + found
        key = page.older_key
        if not key:
            break
    assert found == whole


def test_from_a_message_in_the_middle_one_reads_both_ways(long_thread: Conversation) -> None:
    whole = ids(read_thread(conversation=long_thread, limit=200).items)
    middle = long_thread.messages.order_by("at", "pk")[15]
    page = read_thread(conversation=long_thread, around=middle.pk, limit=8)
    found = ids(page.items)
    assert ("Message", middle.pk) in found
    older, newer = page.older_key, page.newer_key
    while older:
        page = read_thread(conversation=long_thread, before=older, limit=6)
        found, older = ids(page.items) + found, page.older_key
    while newer:
        page = read_thread(conversation=long_thread, after=newer, limit=6)
        found, newer = found + ids(page.items), page.newer_key
    assert found == whole


def test_a_message_of_another_conversation_is_no_anchor(
    long_thread: Conversation,
    conversation_with: Callable[..., Conversation],
    marina: object,
    inbound: Callable[..., Message],
) -> None:
    foreign = inbound(conversation_with(marina), "Secret")
    page = read_thread(conversation=long_thread, around=foreign.pk)
    assert ("Message", foreign.pk) not in ids(page.items)


def test_a_page_takes_at_most_five_queries(
    long_thread: Conversation, django_assert_max_num_queries: Callable[..., object]
) -> None:
    with django_assert_max_num_queries(5):
        for item in read_thread(conversation=long_thread).items:
            if isinstance(item, Message):
                list(item.attachments.all()), list(item.reactions.all()), item.quoted
