"""Contacts: found in any spelling, edited, blocked, imported; other teams' are not there."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from inbox.models import Contact, Conversation
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(ana):
    client = Client()
    client.force_login(ana)
    return client


def found(browser, words):
    return browser.get("/contacts/", {"q": words}).content.decode()


@pytest.mark.parametrize(
    "words",
    [
        "fernán",
        "fernandez",
        "DIEGO",
        "Diégo",
        "+34 612 34 56 78",
        "612345678",
        "0034 612-345-678",
        "5678",
    ],
)
def test_a_contact_is_found_by_name_and_by_number_in_any_spelling(browser, conversation, words):
    assert "Diego Fernández" in found(browser, words)


def test_a_brazilian_is_found_with_and_without_the_ninth_digit(browser, db):
    cast.make_contact("Joana", "5511987654321")
    assert "Joana" in found(browser, "+55 11 8765-4321")
    assert "Joana" in found(browser, "+55 11 98765-4321")


def test_the_list_goes_on_page_by_page(browser, db):
    for number in range(55):
        cast.make_contact(f"Person {number:02d}", f"3460000{number:04d}")
    first = browser.get("/contacts/").content.decode()
    assert "Person 54" in first
    assert "Person 04" not in first
    last = Contact.objects.get(profile_name="Person 05").pk
    second = browser.get("/contacts/", {"after": last}).content.decode()
    assert "Person 04" in second
    assert "Person 05" not in second


def test_cleo_finds_neither_list_nor_page_nor_number(conversation, diego, cleo):
    client = Client()
    client.force_login(cleo)
    assert "Diego" not in found(client, "diego")
    assert "Diego" not in found(client, "612345678")
    assert client.get(f"/contacts/{diego.pk}/").status_code == 404
    assert client.post(f"/contacts/{diego.pk}/", {"name": "x"}).status_code == 404
    assert client.post(f"/contacts/{diego.pk}/block/").status_code == 404
    html = client.get("/conversations/new/number/", {"phone": "+34 612345678"}).content.decode()
    assert "Diego" not in html


def test_a_contact_is_edited_and_nothing_else_is_taken_from_the_form(browser, conversation, diego):
    data = {"name": "Diego F.", "email": "d@example.com", "is_blocked": "on", "attributes": "{}"}
    assert browser.post(f"/contacts/{diego.pk}/", data).status_code == 302
    diego.refresh_from_db()
    assert (diego.name, diego.email, diego.is_blocked) == ("Diego F.", "d@example.com", False)


def test_a_wrong_address_is_told_beside_its_field(browser, conversation, diego):
    answer = browser.post(f"/contacts/{diego.pk}/", {"email": "nowhere"})
    assert answer.status_code == 422
    assert b"errorlist" in answer.content


def test_blocking_and_unblocking(browser, conversation, diego):
    browser.post(f"/contacts/{diego.pk}/block/")
    diego.refresh_from_db()
    assert diego.is_blocked
    browser.post(f"/contacts/{diego.pk}/block/", {"lift": "1"})
    diego.refresh_from_db()
    assert not diego.is_blocked


def test_what_a_customer_calls_himself_is_text_on_every_page(browser, conversation, diego):
    diego.profile_name = "<script>alert(1)</script>"
    diego.company = '"><svg onload=alert(1)>'
    diego.attributes = {"<b>": "<i>x</i>"}
    diego.save()
    for address in ("/contacts/", f"/contacts/{diego.pk}/", "/search/?q=612345678&in=contacts"):
        html = browser.get(address).content.decode()
        assert "<script>alert" not in html, address
        assert "<svg onload" not in html, address
        assert "<i>x</i>" not in html, address


def test_earlier_conversations_of_other_teams_stay_hidden(
    browser, conversation, diego, sales, number, channel
):
    cast.conversation_with(diego, channel, status="closed", team=sales, preview="Secret of Sales")
    html = browser.get(f"/contacts/{diego.pk}/").content.decode()
    assert "Secret of Sales" not in html
    assert (
        "Secret of Sales"
        not in browser.get(f"/conversations/{conversation.pk}/panel/").content.decode()
    )


def csv_file(text):
    return SimpleUploadedFile("people.csv", text.encode(), "text/csv")


@pytest.fixture
def supervisor(sofia):
    client = Client()
    client.force_login(sofia)
    return client


ROWS = "Full name;Mobile;Mail\nEva;+34 600 111 222;eva@example.com\nBroken;12;\n;;\n"


def test_an_import_is_looked_at_before_anything_is_written(supervisor):
    answer = supervisor.post("/contacts/import/preview/", {"file": csv_file(ROWS)})
    html = answer.content.decode()
    assert "Write the number with its country code" in html
    assert "1 cannot be taken" in html
    assert not Contact.objects.exists()


def test_columns_can_be_chosen_by_hand(supervisor):
    text = "A,B\nEva,+34600111222\n"
    html = supervisor.post("/contacts/import/preview/", {"file": csv_file(text)}).content.decode()
    assert "Choose the column" in html
    chosen = {"file": csv_file(text), "column.name": "0", "column.phone": "1"}
    answer = supervisor.post("/contacts/import/", chosen)
    assert answer.status_code == 200
    assert Contact.objects.get().name == "Eva"


def test_each_row_that_was_not_taken_says_why(supervisor):
    html = supervisor.post("/contacts/import/", {"file": csv_file(ROWS)}).content.decode()
    assert Contact.objects.get().name == "Eva"
    assert "Rows that were not taken" in html
    assert "Broken" in html


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n"])
def test_a_file_that_is_no_table_of_people_is_refused(supervisor, text):
    answer = supervisor.post("/contacts/import/", {"file": csv_file(text)})
    assert answer.status_code == 422
    assert not Contact.objects.exists()


def test_agents_do_not_import(browser):
    assert browser.get("/contacts/import/").status_code == 403
    assert browser.post("/contacts/import/", {"file": csv_file(ROWS)}).status_code == 403
    assert browser.post("/contacts/import/preview/", {"file": csv_file(ROWS)}).status_code == 403


def test_a_local_number_is_read_in_the_channels_country(browser, channel, conversation):
    html = browser.get(
        "/conversations/new/number/", {"phone": "11 98765 4321", "channel": channel.pk}
    ).content.decode()
    assert "+55 11 98765-4321" in html


def test_a_known_number_names_its_contact(browser, channel, conversation):
    html = browser.get(
        "/conversations/new/number/", {"phone": "+34 612 345 678", "channel": channel.pk}
    ).content.decode()
    assert "Diego Fernández" in html
    assert f"/conversations/{conversation.pk}/" in html


def test_a_new_conversation_begins_with_a_template(browser, channel, ana):
    data = {"phone": "+49 1512 3456789", "channel": channel.pk, "name": "Uwe"}
    answer = browser.post("/conversations/new/", data)
    started = Conversation.objects.get()
    assert answer["Location"] == f"/conversations/{started.pk}/"
    assert (started.assignee, started.contact.name) == (ana, "Uwe")
    html = browser.get(f"/conversations/{started.pk}/composer/").content.decode()
    assert 'data-state="closed"' in html
    assert "has not written yet" in html


@pytest.mark.parametrize("phone", ["", "abc", "12", "+999999999999999"])
def test_what_is_no_number_begins_nothing(browser, channel, phone):
    answer = browser.post("/conversations/new/", {"phone": phone, "channel": channel.pk})
    assert answer.status_code == 422
    assert not Conversation.objects.exists()


def test_nobody_writes_from_the_channel_of_another_team(channel, cleo):
    client = Client()
    client.force_login(cleo)
    answer = client.post(
        "/conversations/new/", {"phone": "+49 1512 3456789", "channel": channel.pk}
    )
    assert answer.status_code == 422
    assert not Conversation.objects.exists()
