"""Who loses sight of what, at once: out of a team, out of Sash, another role."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from accounts.actions import (
    change_role,
    deactivate_person,
    remove_membership,
    set_membership,
    set_presence,
)
from accounts.models import Presence, Team, User
from inbox.actions.assignments import add_collaborator
from inbox.models import Contact, Conversation, Participant
from inbox.queries.access import conversations_for
from tests import cast

pytestmark = pytest.mark.django_db
CLOSED = Conversation.Status.CLOSED


def kinds(pushed: list[dict[str, Any]]) -> list[str]:
    return [push["kind"] for push in pushed]


def test_out_of_the_team_ana_has_none_of_its_conversations(
    conversation_with: Callable[..., Conversation],
    diego: Contact,
    marina: Contact,
    ana: User,
    omar: User,
    support: Team,
    at: datetime,
    pushed: list[dict[str, Any]],
) -> None:
    open_one = conversation_with(diego, assignee=ana)
    closed_one = conversation_with(marina, assignee=ana, status=CLOSED)
    remove_membership(user=ana, team=support, by=omar, at=at)
    assert not conversations_for(User.objects.get(pk=ana.pk)).exists()
    for row in (open_one, closed_one):
        row.refresh_from_db()
        assert row.assignee is None
        assert row.participants.get(role=Participant.Role.ASSIGNEE).left_at == at
    assert open_one.events.get().kind == "given_back"
    given = next(push for push in pushed if push["kind"] == "conversation.changed")
    assert given["lost"] == {f"user.{ana.pk}"}
    told = [push for push in pushed if push["kind"] == "access.changed"]
    assert [push["users"] for push in told] == [[ana.pk]]


def test_what_ana_has_in_another_team_stays_hers(
    conversation_with: Callable[..., Conversation],
    diego: Contact,
    ana: User,
    omar: User,
    support: Team,
    sales: Team,
    at: datetime,
) -> None:
    set_membership(user=ana, team=sales, by=omar, at=at)
    conversation = conversation_with(diego, team=sales, assignee=ana)
    remove_membership(user=ana, team=support, by=omar, at=at)
    conversation.refresh_from_db()
    assert conversation.assignee == ana


def test_who_was_asked_in_by_name_stays_in(
    conversation: Conversation, ana: User, ben: User, omar: User, support: Team, at: datetime
) -> None:
    add_collaborator(conversation=conversation, user=ben, by=ana, at=at)
    remove_membership(user=ben, team=support, by=omar, at=at)
    assert conversations_for(User.objects.get(pk=ben.pk)).get() == conversation


def test_a_leavers_open_conversations_go_back_to_their_teams(
    conversation_with: Callable[..., Conversation],
    diego: Contact,
    marina: Contact,
    ana: User,
    omar: User,
    at: datetime,
    pushed: list[dict[str, Any]],
) -> None:
    open_one = conversation_with(diego, assignee=ana)
    snoozed = conversation_with(marina, assignee=ana, snoozed_until=at)
    closed_one = conversation_with(
        cast.make_contact("Priya", "919812345670"), assignee=ana, status=CLOSED
    )
    deactivate_person(user=ana, by=omar, at=at)
    for row in (open_one, snoozed):
        row.refresh_from_db()
        assert (row.assignee, row.team is None) == (None, False)
        assert row.events.get().data["name"] == "Ana Souza"
    closed_one.refresh_from_db()
    assert closed_one.assignee == ana, "who had it is part of the past"
    assert not Participant.objects.filter(user=ana, left_at=None).exists()
    assert pushed[-1]["kind"] == "access.changed"
    assert pushed[-1]["to"] == {f"user.{ana.pk}"}


def test_a_new_role_is_told_to_its_pages(
    ana: User, omar: User, at: datetime, pushed: list[dict[str, Any]]
) -> None:
    change_role(user=ana, role=User.Role.SUPERVISOR, by=omar, at=at)
    assert kinds(pushed) == ["access.changed"]
    change_role(user=ana, role=User.Role.SUPERVISOR, by=omar, at=at)
    assert kinds(pushed) == ["access.changed"]


def test_presence_is_told_to_everybody_once(
    ana: User, at: datetime, pushed: list[dict[str, Any]]
) -> None:
    set_presence(user=ana, state=Presence.State.AWAY, at=at)
    set_presence(user=ana, state=Presence.State.AWAY, at=at)
    assert [(push["kind"], push["to"], push["user"]) for push in pushed] == [
        ("presence.changed", {"everyone"}, ana.pk)
    ]
