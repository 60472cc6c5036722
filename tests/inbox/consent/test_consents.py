"""What customers agreed to: written down by people, asked by the gate, proved by its history."""

from __future__ import annotations

import csv
import io
import itertools
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from accounts.actions.quota import reserve, usage_of
from accounts.models import Channel, User, Waba
from inbox.actions.consents import InvalidConsent, record_consent
from inbox.actions.contact_imports import import_contacts
from inbox.actions.messages import (
    InvalidMessage,
    TemplateNotSendable,
    retry_message,
    send_message,
)
from inbox.models import Consent, Contact, Conversation, Event, Message
from inbox.queries.access import NotPermitted
from inbox.queries.consents import newest_of
from templates_app.models import MessageTemplate
from tests import cast

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
MARKETING, UTILITY = Consent.Purpose.MARKETING, Consent.Purpose.UTILITY


@pytest.fixture
def talk(conversation: Conversation) -> Conversation:
    cast.inbound(conversation)
    return conversation


@pytest.fixture
def offer(waba: Waba) -> MessageTemplate:
    return make_template(waba, "MARKETING")


def make_template(waba: Waba, category: str) -> MessageTemplate:
    return MessageTemplate.objects.create(
        waba=waba,
        name=category.lower(),
        language="en_US",
        category=category,
        status="APPROVED",
        components=[{"type": "BODY", "text": "We have news for you."}],
    )


def send(talk: Conversation, template: MessageTemplate, by: User | None, at: datetime) -> Message:
    fields: dict[str, Any] = {} if by else {"author_kind": Message.Author.SYSTEM}
    return send_message(conversation=talk, author=by, template=template, at=at, **fields)


def say(contact: Contact, by: User, at: datetime, **fields: Any) -> None:
    given = {"purposes": [MARKETING], "is_granted": True, "wording": "On the telephone: yes."}
    record_consent(contact=contact, by=by, at=at, **given | fields)


def test_marketing_needs_an_opt_in_and_utility_none_unless_the_channel_says_so(
    talk: Conversation, offer: MessageTemplate, waba: Waba, ana: User, at: datetime
) -> None:
    order = make_template(waba, "UTILITY")
    with pytest.raises(TemplateNotSendable, match="Nobody has recorded"):
        send(talk, offer, ana, at)
    assert send(talk, order, ana, at)
    Channel.objects.update(opt_in=Channel.OptIn.ALL)
    with pytest.raises(TemplateNotSendable, match="utility"):
        send(talk, order, ana, at)
    Channel.objects.update(opt_in=Channel.OptIn.NONE)
    assert send(talk, offer, ana, at)


def test_after_an_opt_in_it_goes_and_after_an_opt_out_nobody_can_send_it(
    talk: Conversation, offer: MessageTemplate, ana: User, at: datetime
) -> None:
    say(talk.contact, ana, at)
    assert send(talk, offer, ana, at)
    say(talk.contact, ana, at + DAY, is_granted=False, wording="Wants no offers.")
    Channel.objects.update(opt_in=Channel.OptIn.NONE)
    for author in (ana, None):
        with pytest.raises(TemplateNotSendable, match="no marketing"):
            send(talk, offer, author, at + DAY)


def test_codes_are_sent_to_whoever_asks_for_one(
    talk: Conversation, waba: Waba, ana: User, at: datetime
) -> None:
    Channel.objects.update(opt_in=Channel.OptIn.ALL)
    cast.consent(talk.contact, "marketing", "utility", is_granted=False)
    code = make_template(waba, "AUTHENTICATION")
    values = {"body.1": "123456"}
    assert send_message(
        conversation=talk, author=ana, template=code, template_values=values, at=at
    )


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
def test_the_newest_statement_holds_in_whatever_order_they_are_written_down(
    diego: Contact, order: tuple[int, ...], at: datetime
) -> None:
    story = [(at, True), (at + DAY, False), (at + 2 * DAY, True)]
    for index in order:
        moment, is_granted = story[index]
        cast.consent(diego, "marketing", is_granted=is_granted, at=moment)
    held = newest_of(diego.consents.all()).get()
    assert (held.at, held.is_granted) == (at + 2 * DAY, True)


def test_what_was_stated_never_changes(diego: Contact) -> None:
    cast.consent(diego, "marketing")
    for change in ({"is_granted": False}, {"wording": "Oh yes"}, {"at": cast.AT}):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            Consent.objects.update(**change)


def test_the_thread_tells_who_recorded_what(talk: Conversation, ana: User, at: datetime) -> None:
    say(talk.contact, ana, at, purposes=[MARKETING, UTILITY])
    event = Event.objects.get(kind="opted_in")
    assert (event.actor, event.data) == (ana, {"purposes": ["marketing", "utility"]})


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"purposes": []}, "purposes"),
        ({"wording": " \0"}, "wording"),
        ({"wording": "x" * 1001}, "wording"),
        ({"said_at": cast.AT + DAY}, "said_at"),
    ],
)
def test_a_statement_that_proves_nothing_is_refused(
    talk: Conversation, ana: User, at: datetime, given: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidConsent) as refused:
        say(talk.contact, ana, at, **given)
    assert set(refused.value.errors) == {field}
    assert not Consent.objects.exists()


def test_somebody_of_another_team_can_record_nothing(
    talk: Conversation, cleo: User, at: datetime
) -> None:
    with pytest.raises(NotPermitted):
        say(talk.contact, cleo, at)


def in_browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_an_agent_records_an_opt_in_on_the_contacts_page(
    talk: Conversation, ana: User, cleo: User
) -> None:
    path = f"/contacts/{talk.contact_id}/consent/"
    given = {"is_granted": "yes", "purposes": ["marketing"], "wording": "In the shop"}
    assert in_browser(cleo).post(path, given).status_code == 404
    answer = in_browser(ana).post(path, given | {"said_on": "2026-01-31"}, follow=True)
    page = answer.content.decode()
    assert "In the shop" in page
    assert "recorded by Ana Souza" in page
    said = Consent.objects.get()
    assert (said.recorded_by, said.at.date().isoformat()) == (ana, "2026-01-31")


def test_what_was_written_stays_in_the_form_when_something_is_missing(
    talk: Conversation, ana: User
) -> None:
    path = f"/contacts/{talk.contact_id}/consent/"
    answer = in_browser(ana).post(path, {"is_granted": "yes", "wording": "In the shop"})
    assert answer.status_code == 422
    assert "In the shop" in answer.content.decode()


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_two_corrections_of_one_day_are_both_kept(
    diego: Contact, omar: User, at: datetime
) -> None:
    for is_granted in (True, False, True):
        say(diego, omar, at, is_granted=is_granted, said_at=at - DAY)
    assert newest_of(diego.consents.all()).get().is_granted is True
    assert Consent.objects.count() == 3


def test_a_retry_after_an_opt_out_is_refused(
    talk: Conversation, offer: MessageTemplate, ana: User, at: datetime
) -> None:
    say(talk.contact, ana, at)
    failed = send(talk, offer, ana, at)
    Message.objects.filter(pk=failed.pk).update(
        status="failed", rank=Message.RANKS[Message.Status.FAILED], error_code=131000
    )
    say(talk.contact, ana, at + DAY, is_granted=False)
    with pytest.raises(TemplateNotSendable, match="no marketing"):
        retry_message(message=failed, by=ana, at=at + DAY)


def test_when_every_place_is_taken_no_template_goes_to_anybody_else(
    talk: Conversation, waba: Waba, ana: User, at: datetime
) -> None:
    order = make_template(waba, "UTILITY")
    number = talk.channel.number
    assert number is not None
    number.messaging_limit = "1"
    number.save()
    assert send(talk, order, ana, at), "inside the window nothing counts"
    assert usage_of(number, at).used == 0
    later = at + 2 * DAY
    reserve(number=number, contact_id=0, is_bulk=False, at=later)
    with pytest.raises(TemplateNotSendable, match="no place"):
        send(talk, order, ana, later)
    assert usage_of(number, later).used == 1
    assert send(talk, order, ana, later + DAY)


def test_a_template_that_is_refused_takes_no_place(
    talk: Conversation, waba: Waba, ana: User, at: datetime
) -> None:
    order = make_template(waba, "UTILITY")
    order.components = [{"type": "BODY", "text": "Hello {{1}}, we have news."}]
    order.save()
    later = at + 2 * DAY
    with pytest.raises(InvalidMessage):
        send(talk, order, ana, later)
    assert talk.channel.number is not None
    assert usage_of(talk.channel.number, later).used == 0


def test_the_history_is_a_file_that_no_spreadsheet_takes_for_a_formula(
    talk: Conversation, ana: User, sofia: User, at: datetime
) -> None:
    say(talk.contact, ana, at, wording="=1+1")
    content = in_browser(ana).get(f"/contacts/{talk.contact_id}/consent.csv").content
    (row,) = rows_of(content)
    assert (row["purpose"], row["agreed"], row["words"]) == ("marketing", "yes", "'=1+1")
    assert (row["said_at"], row["recorded_by"]) == (at.isoformat(), "Ana Souza")
    assert rows_of(in_browser(sofia).get("/contacts/consent.csv").content) == [row]
    assert in_browser(ana).get("/contacts/consent.csv").status_code == 403


def test_a_file_brings_consent_and_nobody_back_who_opted_out(
    diego: Contact, sofia: User, at: datetime
) -> None:
    cast.consent(diego, "marketing", is_granted=False, source="keyword")
    content = (
        b"name,phone,marketing,utility\n"
        b"Diego,+34 612 345 678,yes,yes\n"
        b"Iris,+34 611 111 111,S\xc3\xad,\n"
        b"Noa,+34 611 111 112,no,maybe\n"
    )
    report = import_contacts(content=content, by=sofia, at=at, origin="shop.csv")
    assert (report.created, report.consents, len(report.rejected)) == (1, 2, 1)
    assert "maybe" in report.rejected[0].reason
    held = {row.purpose: row.is_granted for row in newest_of(diego.consents.all())}
    assert held == {"marketing": False, "utility": True}
    iris = Consent.objects.get(contact__name="Iris")
    assert (iris.is_granted, iris.source, iris.wording) == (True, "import", "shop.csv")
    again = import_contacts(content=content, by=sofia, at=at + DAY, origin="shop.csv")
    assert again.consents == 0
