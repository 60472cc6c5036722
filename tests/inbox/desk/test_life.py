"""Closed, reopened, snoozed, woken, labelled."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from inbox.actions.conversations import (
    AlreadyOpen,
    InvalidSnooze,
    close_conversation,
    reopen_conversation,
    set_labels,
    set_priority,
    snooze_conversation,
    wake_conversation,
    wake_conversations,
)
from inbox.actions.rights import WrongStatus
from inbox.models import Contact, Conversation, Label, Message
from inbox.tasks.desk import wake_snoozed

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def test_closing_keeps_who_why_and_when(
    conversation: Conversation, ana: User, at: datetime, pushed: list[dict[str, Any]]
) -> None:
    snooze_conversation(conversation=conversation, by=ana, until=at + HOUR, at=at)
    pushed.clear()
    close_conversation(conversation=conversation, by=ana, reason=" Solved ", at=at)
    conversation.refresh_from_db()
    assert conversation.status == Conversation.Status.CLOSED
    assert (conversation.closed_by, conversation.closed_at) == (ana, at)
    assert conversation.close_reason == "Solved"
    assert conversation.snoozed_until is None
    assert conversation.events.get(kind="closed").data == {"reason": "Solved"}
    assert [push["kind"] for push in pushed] == ["conversation.changed", "event.added"]


def test_what_is_closed_is_not_closed_again(
    conversation: Conversation, ana: User, at: datetime
) -> None:
    close_conversation(conversation=conversation, by=ana, at=at)
    with pytest.raises(WrongStatus):
        close_conversation(conversation=conversation, by=ana, at=at)


def test_reopened_it_is_as_it_was(conversation: Conversation, ana: User, at: datetime) -> None:
    close_conversation(conversation=conversation, by=ana, reason="Solved", at=at)
    reopen_conversation(conversation=conversation, by=ana, at=at + HOUR)
    conversation.refresh_from_db()
    assert conversation.status == Conversation.Status.OPEN
    assert (conversation.closed_at, conversation.closed_by) == (None, None)
    assert conversation.close_reason == ""


def test_reopened_it_has_the_window_that_another_conversation_opened(
    conversation_with: Callable[..., Conversation],
    diego: Contact,
    ana: User,
    inbound: Callable[..., Message],
    at: datetime,
) -> None:
    old = conversation_with(diego)
    inbound(old, "First", at=at - 30 * HOUR)
    close_conversation(conversation=old, by=ana, at=at - 28 * HOUR)
    new = conversation_with(diego)
    inbound(new, "Again", at=at - HOUR)
    close_conversation(conversation=new, by=ana, at=at)

    reopen_conversation(conversation=old, by=ana, at=at)

    old.refresh_from_db()
    assert old.window_closes_at == at + 23 * HOUR
    assert not old.window_closed_announced, "its closing is still to be told"


def test_reopened_after_its_assignee_left_it_waits_in_the_queue(
    conversation_with: Callable[..., Conversation],
    diego: Contact,
    ana: User,
    ben: User,
    at: datetime,
) -> None:
    conversation = conversation_with(diego, assignee=ben, status=Conversation.Status.CLOSED)
    User.objects.filter(pk=ben.pk).update(is_active=False)
    reopen_conversation(conversation=conversation, by=ana, at=at)
    conversation.refresh_from_db()
    assert conversation.assignee is None
    assert conversation.events.filter(kind="given_back").exists()


def test_an_old_conversation_is_not_reopened_beside_a_new_one(
    conversation_with: Callable[..., Conversation], diego: Contact, ana: User, at: datetime
) -> None:
    old = conversation_with(diego, status=Conversation.Status.CLOSED)
    new = conversation_with(diego)
    with pytest.raises(AlreadyOpen) as error:
        reopen_conversation(conversation=old, by=ana, at=at)
    assert error.value.conversation == new
    old.refresh_from_db()
    assert old.status == Conversation.Status.CLOSED


def test_a_snoozed_conversation_wakes_at_its_time_and_not_before(
    conversation: Conversation, ana: User, at: datetime, pushed: list[dict[str, Any]]
) -> None:
    snooze_conversation(conversation=conversation, by=ana, until=at + HOUR, at=at)
    assert wake_conversations(at=at + HOUR - timedelta(seconds=1)) == []
    pushed.clear()
    assert wake_conversations(at=at + HOUR) == [conversation.pk]
    conversation.refresh_from_db()
    assert conversation.snoozed_until is None
    event = conversation.events.get(kind="woken")
    assert (event.actor, event.data) == (None, {"why": "time"})
    assert [push["kind"] for push in pushed] == ["conversation.changed", "event.added"]
    assert wake_conversations(at=at + HOUR) == [], "nothing is woken twice"


def test_the_periodic_task_wakes_what_is_due(conversation: Conversation) -> None:
    Conversation.objects.update(snoozed_until=datetime.fromisoformat("2020-01-01T00:00:00Z"))
    wake_snoozed()
    conversation.refresh_from_db()
    assert conversation.snoozed_until is None


def test_a_person_may_wake_it_sooner(conversation: Conversation, ana: User, at: datetime) -> None:
    snooze_conversation(conversation=conversation, by=ana, until=at + HOUR, at=at)
    wake_conversation(conversation=conversation, by=ana, at=at)
    wake_conversation(conversation=conversation, by=ana, at=at)
    assert conversation.events.filter(kind="woken").count() == 1


def test_nothing_is_snoozed_into_the_past(
    conversation: Conversation, ana: User, at: datetime
) -> None:
    with pytest.raises(InvalidSnooze):
        snooze_conversation(conversation=conversation, by=ana, until=at, at=at)


def test_labels_are_set_and_the_event_tells_which_came_and_went(
    conversation: Conversation, ana: User, at: datetime
) -> None:
    refund, urgent = Label.objects.create(name="refund"), Label.objects.create(name="urgent")
    set_labels(conversation=conversation, labels=[refund], by=ana, at=at)
    before = Conversation.objects.get().seq
    set_labels(conversation=conversation, labels=[urgent], by=ana, at=at)
    set_labels(conversation=conversation, labels=[urgent], by=ana, at=at)
    assert list(conversation.labels.all()) == [urgent]
    last = conversation.events.order_by("pk").last()
    assert last is not None
    assert last.data == {"added": ["urgent"], "removed": ["refund"]}
    assert conversation.events.count() == 2
    assert Conversation.objects.get().seq >= before > 0


def test_priority(conversation: Conversation, ana: User, at: datetime) -> None:
    urgent = Conversation.Priority.URGENT
    set_priority(conversation=conversation, priority=urgent, by=ana, at=at)
    set_priority(conversation=conversation, priority=urgent, by=ana, at=at)
    conversation.refresh_from_db()
    assert conversation.priority == urgent
    assert conversation.events.get().data == {"priority": 2, "was": 0}
