"""Taking a conversation and giving it back."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from inbox.actions.assignments import (
    AlreadyAssigned,
    give_back_conversation,
    take_conversation,
)
from inbox.actions.rights import WrongStatus
from inbox.models import Assignment, Conversation, Event, Participant
from inbox.queries.access import NotPermitted

pytestmark = pytest.mark.django_db


def test_ana_takes_a_conversation_and_it_is_hers(
    conversation: Conversation, ana: User, at: datetime, pushed: list[dict[str, Any]]
) -> None:
    Conversation.objects.update(floor=Conversation.Floor.BOT)
    take_conversation(conversation=conversation, by=ana, at=at)
    conversation.refresh_from_db()
    assert conversation.assignee == ana
    assert conversation.floor == Conversation.Floor.HUMAN, "a person takes the word from the bot"
    row = conversation.assignments.get()
    assert (row.user, row.by, row.at, row.ended_at) == (ana, ana, at, None)
    part = conversation.participants.get(role=Participant.Role.ASSIGNEE)
    assert (part.user, part.joined_at, part.left_at) == (ana, at, None)
    event = conversation.events.get()
    assert (event.kind, event.actor, event.data["name"]) == ("taken", ana, "Ana Souza")
    assert [push["kind"] for push in pushed] == ["conversation.changed", "event.added"]
    assert f"user.{ana.pk}" in pushed[0]["to"]


def test_taking_twice_changes_nothing(conversation: Conversation, ana: User, at: datetime) -> None:
    take_conversation(conversation=conversation, by=ana, at=at)
    take_conversation(conversation=conversation, by=ana, at=at + timedelta(minutes=1))
    assert conversation.assignments.count() == 1
    assert conversation.events.count() == 1


def test_ben_cannot_take_what_ana_has(
    conversation: Conversation, ana: User, ben: User, at: datetime
) -> None:
    take_conversation(conversation=conversation, by=ana, at=at)
    with pytest.raises(AlreadyAssigned) as error:
        take_conversation(conversation=conversation, by=ben, at=at)
    assert error.value.user == ana
    conversation.refresh_from_db()
    assert conversation.assignee == ana


def test_what_a_leaver_still_has_can_be_taken(
    conversation_with: Callable[..., Conversation],
    diego: Any,
    ana: User,
    ben: User,
    at: datetime,
) -> None:
    conversation = conversation_with(diego, assignee=ana)
    User.objects.filter(pk=ana.pk).update(is_active=False)
    take_conversation(conversation=conversation, by=ben, at=at)
    conversation.refresh_from_db()
    assert conversation.assignee == ben


def test_an_outsider_cannot_take_it(conversation: Conversation, cleo: User, at: datetime) -> None:
    with pytest.raises(NotPermitted):
        take_conversation(conversation=conversation, by=cleo, at=at)
    assert not Assignment.objects.exists()
    assert not Event.objects.exists()


def test_a_closed_conversation_is_not_taken(
    conversation_with: Callable[..., Conversation], diego: Any, ana: User, at: datetime
) -> None:
    closed = conversation_with(diego, status=Conversation.Status.CLOSED)
    with pytest.raises(WrongStatus) as error:
        take_conversation(conversation=closed, by=ana, at=at)
    assert error.value.status == "closed"


def test_given_back_it_waits_in_the_queue_of_the_team(
    conversation: Conversation, ana: User, at: datetime
) -> None:
    later = at + timedelta(minutes=5)
    take_conversation(conversation=conversation, by=ana, at=at)
    give_back_conversation(conversation=conversation, by=ana, at=later)
    conversation.refresh_from_db()
    assert conversation.assignee is None
    assert conversation.team is not None
    first, second = conversation.assignments.order_by("pk")
    assert (first.user, first.ended_at) == (ana, later)
    assert (second.user, second.ended_at) == (None, None)
    part = conversation.participants.get(role=Participant.Role.ASSIGNEE)
    assert part.left_at == later


def test_a_clock_that_went_back_does_not_stop_the_giving_back(
    conversation: Conversation, ana: User, at: datetime
) -> None:
    take_conversation(conversation=conversation, by=ana, at=at)
    give_back_conversation(conversation=conversation, by=ana, at=at - timedelta(seconds=2))
    part = conversation.participants.get(role=Participant.Role.ASSIGNEE)
    assert part.left_at == part.joined_at


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_at_once_one_wins_and_the_other_learns_who(
    conversation: Conversation, ana: User, ben: User, at: datetime
) -> None:
    for _ in range(5):
        Conversation.objects.update(assignee=None)
        Participant.objects.filter(role=Participant.Role.ASSIGNEE).delete()
        together = threading.Barrier(2)
        results: dict[str, Any] = {}

        def take(person: User, together: Any = together, results: Any = results) -> None:
            try:
                together.wait(timeout=10)
                take_conversation(conversation=conversation, by=person, at=at)
                results[person.email] = "won"
            except AlreadyAssigned as error:
                results[person.email] = error.user.email
            finally:
                connection.close()

        threads = [threading.Thread(target=take, args=(person,)) for person in (ana, ben)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=20)
        conversation.refresh_from_db()
        winner = conversation.assignee
        assert winner in (ana, ben)
        loser = ben if winner == ana else ana
        assert results == {winner.email: "won", loser.email: winner.email}
        assert conversation.assignments.filter(ended_at=None).count() == 1
