"""Contacts edited and blocked."""

from datetime import datetime
from typing import Any

import pytest

from accounts.models import User
from core.models import AuditEvent
from inbox.actions.contacts import (
    InvalidContact,
    block_contact,
    unblock_contact,
    update_contact,
)
from inbox.models import Contact, Conversation
from inbox.queries.access import NotPermitted

pytestmark = pytest.mark.django_db


def test_ana_writes_the_customers_name_and_the_row_shows_it(
    conversation: Conversation,
    diego: Contact,
    ana: User,
    at: datetime,
    pushed: list[dict[str, Any]],
) -> None:
    update_contact(contact=diego, by=ana, name=" Diego F. ", email="d@example.com", at=at)
    diego.refresh_from_db()
    assert (diego.name, diego.email) == ("Diego F.", "d@example.com")
    assert pushed[0]["conversation"] == conversation.pk
    audit = AuditEvent.objects.get()
    assert (audit.kind, audit.actor) == ("contact.updated", ana)
    assert audit.data == {"fields": ["email", "name"]}, "which, not what: no customer's data"


def test_fields_that_nobody_may_write_are_ignored(diego: Contact, ana: User, at: datetime) -> None:
    extra: dict[str, Any] = {"is_blocked": True, "attributes": {"x": 1}, "pk": 7}
    update_contact(contact=diego, by=ana, company="Nopal", at=at, **extra)
    diego.refresh_from_db()
    assert (diego.company, diego.is_blocked, diego.attributes) == ("Nopal", False, {})


def test_errors_come_by_field(diego: Contact, ana: User, at: datetime) -> None:
    with pytest.raises(InvalidContact) as error:
        update_contact(contact=diego, by=ana, email="no address", company="x" * 201, at=at)
    assert set(error.value.errors) == {"email", "company"}
    diego.refresh_from_db()
    assert diego.company == ""


def test_a_contact_of_another_team_is_not_cleos_to_edit(
    conversation: Conversation, diego: Contact, cleo: User, at: datetime
) -> None:
    with pytest.raises(NotPermitted):
        update_contact(contact=diego, by=cleo, name="Mine", at=at)


def test_blocked_and_unblocked_stand_in_the_thread(
    conversation: Conversation, diego: Contact, ana: User, at: datetime
) -> None:
    block_contact(contact=diego, by=ana, at=at)
    block_contact(contact=diego, by=ana, at=at)
    diego.refresh_from_db()
    assert diego.is_blocked
    unblock_contact(contact=diego, by=ana, at=at)
    diego.refresh_from_db()
    assert not diego.is_blocked
    kinds = conversation.events.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["blocked", "unblocked"]


def test_whoever_never_spoke_with_a_contact_does_not_block_it(
    diego: Contact, ana: User, omar: User, at: datetime
) -> None:
    with pytest.raises(NotPermitted):
        block_contact(contact=diego, by=ana, at=at)
    assert block_contact(contact=diego, by=omar, at=at).is_blocked
