"""Whatever way the search goes back in time, it finds what a plain query finds, in its order."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from inbox.actions.words import divide_words
from inbox.models import Conversation, Message, MessageWords, Participant
from inbox.models.words import SearchVector, search_query
from inbox.queries import search
from inbox.queries.access import messages_for
from inbox.queries.search import newest_hits, search_messages
from tests import cast

pytestmark = pytest.mark.django_db

WORDS = ["refund", "invoice", "café", "late", "order", "urgent", "ação", "hola"]
QUERIES = [*WORDS, "refund invoice", '"late order"', "refund or hola", "invoice -late", "nothing"]


@pytest.fixture
def said(conversation_with, support, sales, ana, cleo):
    """Some hundred messages of four conversations, in no order of time, many at one moment."""
    chance = random.Random(7)
    rows = [
        conversation_with(cast.make_contact("A", "34600000001")),
        conversation_with(cast.make_contact("B", "34600000002"), team=sales),
        conversation_with(cast.make_contact("C", "34600000003"), team=None),
        conversation_with(cast.make_contact("D", "34600000004"), team=sales, assignee=ana),
    ]
    Participant.objects.create(
        conversation=rows[2], role="collaborator", user=cleo, joined_at=cast.AT
    )
    for _ in range(240):
        text = " ".join(chance.choices(WORDS, k=chance.randint(0, 4)))
        moment = cast.AT + timedelta(minutes=chance.randint(0, 60))
        cast.inbound(chance.choice(rows), text, at=moment)
    rows[0].status = Conversation.Status.ARCHIVED
    rows[0].save()
    return rows


def plain(user: User, words: str, *, archived: bool = False) -> list[int]:
    rows = messages_for(user).exclude(text="").annotate(vector=SearchVector("text"))
    if archived:
        rows = rows.filter(conversation__status="archived")
    found = rows.filter(vector=search_query(words)).order_by("-at", "-pk")
    return list(found.values_list("pk", flat=True))


def page_by_page(user: User, words: str, limit: int, **kwargs: bool) -> list[int]:
    found: list[int] = []
    before = ""
    while True:
        hits = search_messages(user=user, words=words, before=before, limit=limit, **kwargs)
        found += [message.pk for message in hits.messages]
        if not hits.next_key:
            return found
        before = hits.next_key


@pytest.mark.parametrize("who", ["ana", "cleo", "sofia", "omar"])
@pytest.mark.parametrize("parts", [0, 6])
def test_it_finds_what_a_plain_query_finds(said, who, parts, request, monkeypatch):
    user = request.getfixturevalue(who)
    monkeypatch.setattr(search, "NEWEST_ROWS", 10)
    monkeypatch.setattr(search, "WIDER", 2)
    monkeypatch.setattr(search, "PARTS", (0, 2))
    for number in range(parts):
        divide_words(at=cast.AT + timedelta(minutes=8 * number + 5), rows=1)
    for words in QUERIES:
        assert page_by_page(user, words, 17) == plain(user, words), words
        archived = page_by_page(user, words, 20, archived=True)
        assert archived == plain(user, words, archived=True), words


def test_a_person_who_left_finds_nothing(said, ana):
    ana.is_active = False
    assert search_messages(user=ana, words="refund").messages == []


def test_edited_moved_and_deleted_messages_are_found_as_they_are_now(conversation, ana):
    message = cast.inbound(conversation, "refund")
    divide_words(at=cast.AT + timedelta(minutes=5), rows=1)
    Message.objects.filter(pk=message.pk).update(text="invoice")
    assert plain(ana, "invoice") == page_by_page(ana, "invoice", 5) == [message.pk]
    assert page_by_page(ana, "refund", 5) == []
    Message.objects.filter(pk=message.pk).update(at=cast.AT + timedelta(hours=1))
    assert page_by_page(ana, "invoice", 5) == [message.pk]
    Message.objects.filter(pk=message.pk).update(text="")
    assert not MessageWords.objects.exists()
    Message.objects.filter(pk=message.pk).update(text="again")
    message.delete()
    assert not MessageWords.objects.exists()


def test_a_status_leaves_the_words_alone(conversation):
    message = cast.outbound(conversation, "refund")
    with CaptureQueriesContext(connection) as queries:
        before = row_version()
        Message.objects.filter(pk=message.pk).update(status="read", rank=7)
    assert len(queries) == 2
    assert row_version() == before


def row_version() -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid, ctid, xmin FROM inbox_messagewords")
        return cursor.fetchall()


def test_a_full_part_is_ended_and_another_begun(conversation):
    for minute in range(4):
        cast.inbound(conversation, "refund", at=cast.AT + timedelta(minutes=minute))
    assert divide_words(at=cast.AT + timedelta(minutes=2), rows=5) is False
    assert divide_words(at=cast.AT + timedelta(minutes=2), rows=4) is True
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid, count(*) FROM inbox_messagewords GROUP BY 1 ORDER BY 1")
        assert [count for _, count in cursor.fetchall()] == [2, 2]
    assert search.parts_begin() == [cast.AT + timedelta(minutes=2)]


def test_moments_of_any_time_have_a_part(conversation, ana):
    divide_words(at=cast.AT, rows=0)
    for at in (cast.AT.replace(year=1999), cast.AT, cast.AT.replace(year=2199)):
        cast.inbound(conversation, "refund", at=at)
    assert page_by_page(ana, "refund", 2) == plain(ana, "refund")


def test_the_words_index_is_read_and_never_the_past(conversation):
    """Words that are nowhere or long ago, among 30,000 messages: no plan goes back in time."""
    with connection.cursor() as cursor:
        cursor.execute(MANY, [cast.AT, conversation.pk])
        cursor.execute("ANALYZE inbox_messagewords; SET LOCAL statement_timeout = 500")
    for words, wanted in (("rarest", 1), ("nowhere", 0)):
        with CaptureQueriesContext(connection) as queries:
            found = newest_hits(words, Conversation.objects.all(), None, 21)
        assert len(found) == wanted
        plans = [explain(query["sql"]) for query in queries if "WITH found" in query["sql"]]
        assert "_words" in plans[-1]
        assert all("Backward" not in plan for plan in plans)


MANY = """
INSERT INTO inbox_messagewords
SELECT %s::timestamptz + interval '1 second' * n, n, %s,
    inbox_words(CASE n WHEN 1 THEN 'rarest' ELSE 'hello word' || n %% 50 END)
FROM generate_series(1, 30000) n
"""


def explain(statement: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {statement}")
        return "\n".join(line for (line,) in cursor.fetchall())
