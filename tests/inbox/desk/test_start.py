"""A conversation that we begin."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from accounts.models import Channel, User
from inbox.actions.contacts import InvalidContact
from inbox.actions.conversations import start_conversation
from inbox.models import Contact, Conversation, Identity, Participant, SessionWindow
from inbox.queries.access import NotPermitted

pytestmark = pytest.mark.django_db


def test_ana_writes_to_a_new_number_and_the_conversation_is_hers(
    channel: Channel, ana: User, at: datetime
) -> None:
    made = start_conversation(
        channel=channel, phone="+49 170 5550123", name="Thomas  Weber", by=ana, at=at
    )
    assert (made.assignee, made.team, made.floor) == (ana, channel.default_team, "human")
    assert made.contact.name == "Thomas Weber"
    assert made.contact.identities.get().key == "491705550123"
    assert made.window_closes_at is None, "only a template may go out"
    roles = made.participants.order_by("role").values_list("role", flat=True)
    assert list(roles) == [Participant.Role.ASSIGNEE, Participant.Role.CUSTOMER]
    assert made.events.get().kind == "started"


@pytest.mark.parametrize("spelling", ["+34 612 34 56 78", "0034612345678", "34612345678"])
def test_a_known_number_is_the_known_contact_in_any_spelling(
    spelling: str, channel: Channel, diego: Contact, ana: User, at: datetime
) -> None:
    made = start_conversation(channel=channel, phone=spelling, by=ana, at=at)
    assert made.contact == diego
    assert Contact.objects.count() == 1


def test_both_spellings_of_a_brazilian_mobile_are_one_contact(
    channel: Channel, ana: User, at: datetime
) -> None:
    first = start_conversation(channel=channel, phone="+55 11 98765 4321", by=ana, at=at)
    second = start_conversation(channel=channel, phone="+55 11 8765 4321", by=ana, at=at)
    assert first == second


def test_an_open_conversation_is_gone_on_with(
    channel: Channel, conversation: Conversation, diego: Contact, ana: User, at: datetime
) -> None:
    assert start_conversation(channel=channel, contact=diego, by=ana, at=at) == conversation
    assert conversation.events.count() == 0


def test_after_a_closed_one_a_new_one_begins_with_the_window_that_is_still_open(
    channel: Channel,
    conversation_with: Callable[..., Conversation],
    diego: Contact,
    ana: User,
    at: datetime,
) -> None:
    old = conversation_with(diego, status=Conversation.Status.CLOSED)
    closes_at = at + timedelta(hours=3)
    SessionWindow.objects.create(contact=diego, channel=channel, opened_at=at, closes_at=closes_at)
    made = start_conversation(channel=channel, contact=diego, by=ana, at=at)
    assert made != old
    assert (made.window_closes_at, made.window_closed_announced) == (closes_at, False)


@pytest.mark.parametrize("phone", ["", "hello", "12", "612345678", "+12", "call 34612345678"])
def test_what_is_no_international_number_is_refused(
    phone: str, channel: Channel, ana: User, at: datetime
) -> None:
    with pytest.raises(InvalidContact) as error:
        start_conversation(channel=channel, phone=phone, by=ana, at=at)
    assert "country code" in error.value.errors["phone"]
    assert not Contact.objects.exists()


def test_another_teams_number_is_not_ours_to_write_from(
    channel: Channel, cleo: User, omar: User, sofia: User, at: datetime
) -> None:
    with pytest.raises(NotPermitted):
        start_conversation(channel=channel, phone="+491705550123", by=cleo, at=at)
    for person in (sofia, omar):
        assert start_conversation(channel=channel, phone="+491705550123", by=person, at=at)


def test_a_conversation_of_another_team_is_not_entered_by_starting_it(
    channel: Channel, conversation: Conversation, diego: Contact, cleo: User, at: datetime
) -> None:
    Channel.objects.update(default_team=None)
    channel.refresh_from_db()
    with pytest.raises(NotPermitted):
        start_conversation(channel=channel, contact=diego, by=cleo, at=at)
    assert conversation.participants.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_begin_at_once_get_the_same_conversation(
    channel: Channel, ana: User, ben: User, at: datetime
) -> None:
    together, made = threading.Barrier(2), []

    def start(person: User) -> None:
        try:
            together.wait(timeout=10)
            made.append(
                start_conversation(channel=channel, phone="+491705550123", by=person, at=at)
            )
        finally:
            connection.close()

    threads: list[Any] = [threading.Thread(target=start, args=(person,)) for person in (ana, ben)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert len(made) == 2
    assert made[0] == made[1]
    assert Identity.objects.count() == Contact.objects.count() == 1
