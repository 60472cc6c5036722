"""Handing a conversation to a colleague or a team, and letting others take part."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import Team, User
from inbox.actions.assignments import (
    CannotBeAssigned,
    add_collaborator,
    assign_conversation,
    remove_collaborator,
    take_conversation,
)
from inbox.actions.notes import write_note
from inbox.actions.rights import may_act
from inbox.models import Contact, Conversation, Participant
from inbox.queries.access import NotPermitted, conversations_for

pytestmark = pytest.mark.django_db


def may_see(user: User, conversation: Conversation) -> bool:
    return conversations_for(user).filter(pk=conversation.pk).exists()


def test_ana_hands_over_to_ben_with_a_note(
    conversation: Conversation, ana: User, ben: User, at: datetime
) -> None:
    take_conversation(conversation=conversation, by=ana, at=at)
    assign_conversation(conversation=conversation, by=ana, user=ben, note=" Knows French ", at=at)
    conversation.refresh_from_db()
    assert conversation.assignee == ben
    row = conversation.assignments.get(ended_at=None)
    assert (row.user, row.by, row.note) == (ben, ana, "Knows French")
    data = conversation.events.get(kind="assigned").data
    assert (data["from_name"], data["name"], data["note"]) == (
        "Ana Souza",
        "Ben Carter",
        "Knows French",
    )
    active = conversation.participants.filter(role=Participant.Role.ASSIGNEE, left_at=None)
    assert active.get().user == ben


def test_transferred_to_another_team_it_leaves_the_first_teams_pages(
    conversation: Conversation,
    ana: User,
    cleo: User,
    support: Team,
    sales: Team,
    at: datetime,
    pushed: list[dict[str, Any]],
) -> None:
    take_conversation(conversation=conversation, by=ana, at=at)
    pushed.clear()
    assign_conversation(conversation=conversation, by=ana, team=sales, note="A sale", at=at)
    assert not may_see(ana, conversation)
    assert may_see(cleo, conversation)
    moved = next(push for push in pushed if push["kind"] == "conversation.changed")
    assert moved["lost"] == {f"team.{support.pk}", f"user.{ana.pk}"}
    assert moved["to"] == {"all", f"team.{sales.pk}"}
    told = next(push for push in pushed if push["kind"] == "event.added")
    assert told["to"] == moved["to"], "the note is for those who have it now"


def test_whoever_takes_part_keeps_it_through_a_transfer(
    conversation: Conversation,
    ana: User,
    ben: User,
    sales: Team,
    at: datetime,
    pushed: list[dict[str, Any]],
) -> None:
    add_collaborator(conversation=conversation, user=ben, by=ana, at=at)
    assign_conversation(conversation=conversation, by=ana, team=sales, at=at)
    assert may_see(ben, conversation)
    moved = [push for push in pushed if push["kind"] == "conversation.changed"][-1]
    assert f"user.{ben.pk}" in moved["to"]


def test_nobody_is_given_what_their_team_may_not_see(
    conversation: Conversation, ana: User, cleo: User, sales: Team, at: datetime
) -> None:
    with pytest.raises(CannotBeAssigned, match="Cleo"):
        assign_conversation(conversation=conversation, by=ana, user=cleo, at=at)
    assign_conversation(conversation=conversation, by=ana, user=cleo, team=sales, at=at)
    conversation.refresh_from_db()
    assert (conversation.assignee, conversation.team) == (cleo, sales)


def test_a_leaver_is_given_nothing(
    conversation: Conversation, ana: User, ben: User, at: datetime
) -> None:
    User.objects.filter(pk=ben.pk).update(is_active=False)
    ben.refresh_from_db()
    with pytest.raises(CannotBeAssigned):
        assign_conversation(conversation=conversation, by=ana, user=ben, at=at)
    with pytest.raises(CannotBeAssigned):
        add_collaborator(conversation=conversation, user=ben, by=ana, at=at)


def test_assigning_to_the_same_hands_writes_nothing(
    conversation: Conversation, ana: User, at: datetime
) -> None:
    take_conversation(conversation=conversation, by=ana, at=at)
    assign_conversation(conversation=conversation, by=ana, user=ana, at=at)
    assert conversation.events.count() == 1


def test_a_collaborator_from_outside_sees_and_acts_until_taken_out(
    conversation: Conversation,
    ana: User,
    cleo: User,
    at: datetime,
    pushed: list[dict[str, Any]],
) -> None:
    assert not may_see(cleo, conversation)
    add_collaborator(conversation=conversation, user=cleo, by=ana, at=at)
    assert may_see(cleo, conversation)
    assert may_act(cleo, conversation)
    pushed.clear()
    remove_collaborator(conversation=conversation, user=cleo, by=ana, at=at + timedelta(minutes=1))
    assert not may_see(cleo, conversation)
    assert pushed[0]["lost"] == {f"user.{cleo.pk}"}
    row = conversation.participants.get(user=cleo)
    assert row.left_at == at + timedelta(minutes=1)
    assert [event.kind for event in conversation.events.order_by("pk")] == ["joined", "left"]


def test_an_observer_reads_and_notes_but_does_not_act(
    conversation: Conversation, ana: User, cleo: User, at: datetime
) -> None:
    add_collaborator(
        conversation=conversation,
        user=cleo,
        by=ana,
        role=Participant.Role.OBSERVER,
        at=at,
    )
    assert may_see(cleo, conversation)
    with pytest.raises(NotPermitted):
        take_conversation(conversation=conversation, by=cleo, at=at)
    with pytest.raises(NotPermitted):
        remove_collaborator(conversation=conversation, user=ana, by=cleo, at=at)
    assert write_note(conversation=conversation, author=cleo, text="I watch", at=at).is_note
    remove_collaborator(conversation=conversation, user=cleo, by=cleo, at=at)
    assert not may_see(cleo, conversation)


def test_an_observer_may_become_a_collaborator(
    conversation: Conversation, ana: User, cleo: User, at: datetime
) -> None:
    observer = Participant.Role.OBSERVER
    add_collaborator(conversation=conversation, user=cleo, by=ana, role=observer, at=at)
    add_collaborator(conversation=conversation, user=cleo, by=ana, at=at)
    active = conversation.participants.filter(user=cleo, left_at=None)
    assert [row.role for row in active] == [Participant.Role.COLLABORATOR]


def test_nobody_is_asked_in_as_the_customer(
    conversation: Conversation, ana: User, ben: User, at: datetime
) -> None:
    with pytest.raises(ValueError, match="customer"):
        add_collaborator(
            conversation=conversation,
            user=ben,
            by=ana,
            role=Participant.Role.CUSTOMER,
            at=at,
        )


def test_sash_itself_moves_it_to_a_teams_queue(
    conversation_with: Callable[..., Conversation],
    diego: Contact,
    ana: User,
    sales: Team,
    at: datetime,
    pushed: list[dict[str, Any]],
) -> None:
    conversation = conversation_with(diego, assignee=ana)
    assign_conversation(conversation=conversation, by=None, team=sales, at=at)
    conversation.refresh_from_db()
    assert (conversation.team, conversation.assignee) == (sales, None)
    assert f"user.{ana.pk}" in pushed[0]["lost"]
