"""Prepared queries answer as plain ones do, for every value and shape."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import BigIntegerField, F, QuerySet, Value

from core.prepared import Prepared
from inbox.models import Contact, Conversation
from inbox.queries.walks import IsAny
from tests import cast

pytestmark = pytest.mark.django_db


def rows(shape: str, at: datetime, ids: list[int], contact: int) -> QuerySet[Conversation]:
    given = Value(ids, output_field=ArrayField(BigIntegerField()))
    return Conversation.objects.filter(
        IsAny(F("pk"), given),
        contact=contact,
        preview__contains=shape,
        last_message_at__lte=at + timedelta(hours=4),
    )


@pytest.fixture
def talks(conversation_with: Callable[..., Conversation], diego: Contact) -> list[Conversation]:
    texts = ["100 % sure", "it's %s", "'; --", "plain"]
    return [conversation_with(diego, preview=text, status="closed") for text in texts]


@pytest.mark.parametrize("shape", ["%", "%s", "'", "100 %", ""])
def test_the_answer_is_that_of_the_plain_query(
    talks: list[Conversation], diego: Contact, marina: Contact, at: datetime, shape: str
) -> None:
    prepared = Prepared(rows)
    every = [talk.pk for talk in talks]
    before = at - timedelta(hours=4)
    for given in ((at, every), (at, every[:1]), (at, []), (before, every)):
        for hours in (0, -1):
            values: Any = (given[0] + timedelta(hours=hours), given[1], diego.pk)
            expected = set(rows(shape, *values))
            assert set(prepared.read(shape, *values)) == expected
    assert set(prepared.read(shape, at, every, diego.pk)) == {
        talk for talk in talks if shape in talk.preview
    }
    assert prepared.read(shape, at, every, marina.pk) == []


def test_a_query_is_counted_and_planned_once(
    talks: list[Conversation],
    diego: Contact,
    at: datetime,
    django_assert_num_queries: Callable[..., Any],
) -> None:
    prepared = Prepared(rows)
    for talk in talks:
        with django_assert_num_queries(1):
            assert prepared.read("", at, [talk.pk], diego.pk) == [talk]
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(generic_plans + custom_plans) FROM pg_prepared_statements")
        assert cursor.fetchone()[0] >= 4


def test_a_row_of_a_customer_nobody_knows_is_no_row(at: datetime) -> None:
    contact = cast.make_contact("Nobody", "34600000000")
    assert Prepared(rows).read("", at, [2**40], contact.pk) == []
