"""Who may see a conversation: the query and the audiences give one answer."""

import itertools
from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import Membership, Team, User
from inbox.models import Contact, Conversation, Participant
from inbox.queries.access import (
    audiences_of_many,
    contacts_for,
    conversation_audiences,
    conversations_for,
    leads,
    people_who_may_see,
    user_audiences,
)
from tests import cast

pytestmark = pytest.mark.django_db


def test_the_query_the_audiences_and_the_people_agree_for_everybody(
    channel: object,
    ana: User,
    ben: User,
    cleo: User,
    sofia: User,
    omar: User,
    sales: Team,
    support: Team,
    diego: Contact,
) -> None:
    people = [ana, ben, cleo, sofia, omar, make_leaver(support)]
    seen_by: dict[int, set[int]] = {}
    for conversation in every_kind_of_conversation(channel, support, sales, [ana, cleo, sofia]):
        by_audience = {
            u.pk for u in people if user_audiences(u) & conversation_audiences(conversation)
        }
        by_query = {
            u.pk for u in people if conversations_for(u).filter(pk=conversation.pk).exists()
        }
        by_people = set(people_who_may_see(conversation).values_list("pk", flat=True))
        assert by_audience == by_query == by_people, conversation
        seen_by[conversation.pk] = by_query
    assert len({frozenset(seen) for seen in seen_by.values()}) > 4, "the cases must differ"


def make_leaver(team: Team) -> User:
    return cast.make_user("Lena Left", User.Role.AGENT, team, is_active=False)


def every_kind_of_conversation(
    channel: object, support: Team, sales: Team, people: list[User]
) -> list[Conversation]:
    """Each team or none, each assignee or none, each collaborator or none, gone or not."""
    made = []
    cases = itertools.product(
        [None, support, sales], [None, *people], [None, *people], [False, True]
    )
    for index, (team, assignee, collaborator, has_left) in enumerate(cases):
        contact = cast.make_contact(f"Customer {index}", f"3460000{index:04d}")
        conversation = cast.conversation_with(contact, channel, team=team, assignee=assignee)  # type: ignore[arg-type]
        if collaborator is not None:
            Participant.objects.create(
                conversation=conversation,
                role=Participant.Role.COLLABORATOR,
                user=collaborator,
                joined_at=cast.AT,
                left_at=cast.AT if has_left else None,
            )
        made.append(conversation)
    return made


def test_audiences_of_many_are_those_of_each_with_one_query_for_the_people(
    channel: object,
    support: Team,
    sales: Team,
    ana: User,
    cleo: User,
    django_assert_num_queries: Callable[..., object],
) -> None:
    made = every_kind_of_conversation(channel, support, sales, [ana, cleo])
    each = {row.pk: conversation_audiences(row) for row in made}
    with django_assert_num_queries(1):
        assert audiences_of_many(made) == each


def test_an_outsider_and_a_stranger_see_nothing(conversation: Conversation, cleo: User) -> None:
    assert not conversations_for(cleo).exists()
    assert not conversations_for(AnonymousUser()).exists()
    assert not contacts_for(cleo).exists()
    assert not contacts_for(AnonymousUser()).exists()


def test_a_contact_is_seen_with_a_conversation_or_before_the_first_one(
    conversation: Conversation, diego: Contact, marina: Contact, ana: User, cleo: User, omar: User
) -> None:
    assert set(contacts_for(ana)) == {diego, marina}
    assert set(contacts_for(cleo)) == {marina}
    assert set(contacts_for(omar)) == {diego, marina}


def test_only_supervisors_lead_and_only_their_own_teams(
    ana: User, sofia: User, omar: User, support: Team, sales: Team
) -> None:
    assert leads(sofia, support)
    assert leads(sofia, None)
    assert not leads(sofia, sales)
    assert leads(omar, sales)
    assert not leads(ana, support)


def test_leaving_a_team_ends_the_view_at_once(
    conversation: Conversation, ana: User, support: Team
) -> None:
    assert conversations_for(ana).exists()
    Membership.objects.filter(user=ana, team=support).delete()
    assert not conversations_for(User.objects.get(pk=ana.pk)).exists()
    assert not user_audiences(ana) & conversation_audiences(conversation)
