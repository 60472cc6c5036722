"""What the database cannot hold is the asker's fault only where they brought it."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DataError, connection, transaction
from django.test import RequestFactory

from core.middleware import Storable

pytestmark = pytest.mark.django_db


def refused_by_the_database(statement: str, *values: object) -> DataError:
    with (
        pytest.raises(DataError) as caught,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, values)
    return caught.value


ERRORS = {
    "nul": ("SELECT %s::text", "a\0b"),
    "nul in json": ("SELECT %s::jsonb", '{"a": "\\u0000"}'),
    "number": ("SELECT %s::numeric::int", "99999999999"),
}


def answer(request, error):
    response = Storable(lambda _: None).process_exception(request, error)
    return response.status_code if response else 500


@pytest.mark.parametrize(
    ("kind", "request_"),
    [
        ("nul", RequestFactory().get("/", {"q": "a\0b"})),
        ("nul", RequestFactory().post("/", {"text": "a\0b"})),
        ("nul", RequestFactory().post("/", {"a\0b": "name"})),
        ("nul in json", RequestFactory().post("/", {"payload": '"\\u0000"'})),
        ("number", RequestFactory().get("/", {"id": "99999999999"})),
        ("number", RequestFactory().get("/things/99999999999/")),
    ],
)
def test_what_the_request_brought_is_a_bad_request(kind, request_):
    assert answer(request_, refused_by_the_database(*ERRORS[kind])) == 400


@pytest.mark.parametrize("kind", ["nul", "nul in json", "number"])
def test_what_it_did_not_bring_is_our_fault_and_seen(kind):
    request = RequestFactory().post("/", {"text": "plain 123", "file": plain_file()})
    assert answer(request, refused_by_the_database(*ERRORS[kind])) == 500


@pytest.mark.parametrize(
    "statement",
    ["SELECT 1 / %s::int", "SELECT ('x' || %s)::date", "SELECT ln(%s::int)"],
)
def test_any_other_complaint_is_our_fault_whatever_the_request_holds(statement):
    request = RequestFactory().post("/", {"text": "a\0b", "id": "9" * 30})
    assert answer(request, refused_by_the_database(statement, 0)) == 500


def test_a_text_too_long_for_its_column_is_our_fault(support):
    with pytest.raises(DataError) as caught, transaction.atomic():
        type(support).objects.create(name="x" * 1000)
    request = RequestFactory().post("/", {"name": "x" * 1000})
    assert answer(request, caught.value) == 500


def plain_file():
    return SimpleUploadedFile("photo.png", b"x")
