"""Contacts from a spreadsheet: every row ends up somewhere."""

from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from inbox.actions import contact_files
from inbox.actions.contact_files import UnreadableFile
from inbox.actions.contact_imports import BATCH, import_contacts
from inbox.models import Contact, Conversation, Identity
from inbox.queries.access import NotPermitted

pytestmark = pytest.mark.django_db
TABLE = "name,phone,email,company,language\nJosé Ñandú,+34 611 11 11 11,j@example.com,Açaí,es\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_any_encoding_and_separator(mark: str, encoding: str, sofia: User, at: datetime) -> None:
    content = TABLE.replace(",", mark).encode(encoding)
    report = import_contacts(content=content, by=sofia, at=at)
    assert (report.created, report.rejected) == (1, [])
    contact = Contact.objects.get()
    assert (contact.name, contact.company, contact.language) == ("José Ñandú", "Açaí", "es")
    assert contact.identities.get().key == "34611111111"


@pytest.mark.parametrize(
    "headings", ["Nombre;Teléfono", "NAME;WhatsApp_Number", " nome ;Celular:", "الاسم;الهاتف"]
)
def test_headings_in_other_words(headings: str, sofia: User, at: datetime) -> None:
    report = import_contacts(
        content=f"{headings}\r\nIris;+34611111111\r\n".encode(), by=sofia, at=at
    )
    assert report.created == 1
    assert Contact.objects.get().name == "Iris"


def test_columns_may_be_named_by_the_person(sofia: User, at: datetime) -> None:
    content = b"who,x,where\nIris,?,+34611111111\n"
    with pytest.raises(UnreadableFile, match="phone or email"):
        import_contacts(content=content, by=sofia, at=at)
    report = import_contacts(content=content, by=sofia, at=at, columns={"name": 0, "phone": 2})
    assert report.created == 1


def test_a_known_contact_keeps_what_it_has_and_gets_what_it_lacked(
    diego: Contact, sofia: User, at: datetime
) -> None:
    Contact.objects.update(name="Diego (VIP)")
    content = b"name,phone,company\nD. Fernandez,+34 612 345 678,Nopal\n"
    report = import_contacts(content=content, by=sofia, at=at)
    assert (report.created, report.updated) == (0, 1)
    diego.refresh_from_db()
    assert (diego.name, diego.company) == ("Diego (VIP)", "Nopal")
    again = import_contacts(content=content, by=sofia, at=at)
    assert (again.updated, again.unchanged) == (0, 1)


def test_the_same_number_twice_in_a_file_is_one_contact(sofia: User, at: datetime) -> None:
    content = (
        b"name,phone,company\nA,+55 11 98765 4321,\nB,+55 11 8765 4321,Acme\nC,5511987654321,\n"
    )
    report = import_contacts(content=content, by=sofia, at=at)
    assert (report.created, report.updated, report.unchanged) == (1, 1, 1)
    contact = Contact.objects.get()
    assert (contact.name, contact.company) == ("A", "Acme")


def test_rows_that_cannot_be_taken_come_back_whole_with_a_reason(
    sofia: User, at: datetime
) -> None:
    content = (
        b"name,phone,email\nGood,+34611111111,\n\nBad phone,12,\nNothing,,\nBad mail,,at home\n"
        b"Mail only,,m@example.com\n"
    )
    report = import_contacts(content=content, by=sofia, at=at)
    assert report.created == 2
    assert [(row.line, row.cells[0]) for row in report.rejected] == [
        (4, "Bad phone"),
        (5, "Nothing"),
        (6, "Bad mail"),
    ]
    assert "country code" in report.rejected[0].reason
    assert "e-mail" in report.rejected[2].reason


def test_a_contact_that_the_importer_may_not_see_is_left_alone(
    conversation: Conversation, diego: Contact, sales: object, cleo: User, at: datetime
) -> None:
    User.objects.filter(pk=cleo.pk).update(role=User.Role.SUPERVISOR)
    cleo.refresh_from_db()
    content = b"phone,company\n+34612345678,Stolen\n"
    report = import_contacts(content=content, by=cleo, at=at)
    assert report.unchanged == 1
    diego.refresh_from_db()
    assert diego.company == ""


def test_agents_do_not_import(ana: User, at: datetime) -> None:
    with pytest.raises(NotPermitted):
        import_contacts(content=TABLE.encode(), by=ana, at=at)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"name\nIris\n", b"\xff\xfe", b"\x00\x01"])
def test_what_is_no_table_is_refused_before_anything_is_written(
    content: bytes, sofia: User, at: datetime
) -> None:
    with pytest.raises(UnreadableFile):
        import_contacts(content=content, by=sofia, at=at)


def test_too_many_rows_are_refused_before_anything_is_written(
    sofia: User, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contact_files, "LARGEST", 3)
    content = b"phone\n" + b"".join(b"+3461111111%d\n" % n for n in range(4))
    with pytest.raises(UnreadableFile, match="divide the file"):
        import_contacts(content=content, by=sofia, at=at)
    assert not Contact.objects.exists()


def test_batches_take_few_queries(
    sofia: User, at: datetime, django_assert_max_num_queries: object
) -> None:
    count = 2 * BATCH + 5
    content = b"name,phone\n" + b"".join(b"N,+34611%06d\n" % n for n in range(count))
    with django_assert_max_num_queries(30):  # type: ignore[operator]
        report = import_contacts(content=content, by=sofia, at=at)
    assert report.created == Contact.objects.count() == Identity.objects.count() == count


CELL = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


PHONE = st.sampled_from(["+34611111111", "", "x", "+34 622222222"])


@given(rows=st.lists(st.tuples(CELL, PHONE, CELL)))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_every_row_ends_up_somewhere(
    rows: list[tuple[str, str, str]], sofia: User, at: datetime
) -> None:
    quoted = ['"' + '","'.join(cell.replace('"', '""') for cell in row) + '"' for row in rows]
    content = "\r\n".join(["name,phone,email", *quoted]).encode()
    report = import_contacts(content=content, by=sofia, at=at)
    blank = sum(not any(cell.replace("\0", "").strip() for cell in row) for row in rows)
    taken = report.created + report.updated + report.unchanged
    assert taken + len(report.rejected) + blank == len(rows)
