"""Search: the words, their spelling, their order, and never what one may not see."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from core.formatting import HIT_END, HIT_START, format_snippet
from inbox.queries.search import SearchTooBroad, patience, search_messages
from tests import cast

pytestmark = pytest.mark.django_db


def texts(user, words, **kwargs):
    return [hit.text for hit in search_messages(user=user, words=words, **kwargs).messages]


@pytest.fixture
def said(conversation):
    for index, text in enumerate(["The invoice is late", "Açúcar e café", "invoice again"]):
        cast.inbound(conversation, text, at=cast.AT + timedelta(minutes=index))
    return conversation


def test_newest_first_without_regard_to_case_and_accents(said, ana):
    assert texts(ana, "INVOICE") == ["invoice again", "The invoice is late"]
    assert texts(ana, "acucar") == ["Açúcar e café"]


def test_phrases_alternatives_and_exclusions(said, ana):
    assert texts(ana, '"invoice is late"') == ["The invoice is late"]
    assert texts(ana, "invoice -late") == ["invoice again"]
    assert texts(ana, "late or café") == ["Açúcar e café", "The invoice is late"]


def test_page_after_page(said, ana):
    first = search_messages(user=ana, words="invoice", limit=1)
    assert [hit.text for hit in first.messages] == ["invoice again"]
    second = search_messages(user=ana, words="invoice", limit=1, before=first.next_key)
    assert [hit.text for hit in second.messages] == ["The invoice is late"]
    assert second.next_key == ""


def test_cleo_finds_nothing_and_sofia_does(said, cleo, sofia):
    assert texts(cleo, "invoice") == []
    assert len(texts(sofia, "invoice")) == 2


@pytest.mark.parametrize("words", ["'", '"', "a & | ! <->", "(((", ":*", "\\", "' OR 1=1 --", "%"])
def test_no_words_break_it(said, ana, words):
    client = Client()
    client.force_login(ana)
    for place in ("messages", "contacts", "archive"):
        assert client.get("/search/", {"q": words * 3, "in": place}).status_code == 200


def test_hits_are_marked_and_escaped_and_lead_to_the_message(conversation, ana):
    message = cast.inbound(conversation, "<img src=x onerror=alert(1)> my invoice <b>now</b>")
    client = Client()
    client.force_login(ana)
    html = client.get("/search/", {"q": "invoice"}).content.decode()
    assert "<mark>invoice</mark>" in html
    assert "<img src=x" not in html
    assert "<b>now</b>" not in html
    assert f"/conversations/{conversation.pk}/?message={message.pk}" in html


def test_a_customer_cannot_write_the_marks(conversation, ana):
    assert format_snippet(f"{HIT_START}{HIT_START}<i>{HIT_END}") == "<mark>&lt;i&gt;</mark>"
    assert format_snippet(f"{HIT_END}x{HIT_START}") == "x"


def test_only_the_archive_is_searched_there(said, ana):
    assert texts(ana, "invoice", archived=True) == []
    said.status = "archived"
    said.save()
    assert len(texts(ana, "invoice", archived=True)) == 2


def test_a_search_that_takes_too_long_is_given_up(db):
    with pytest.raises(SearchTooBroad), patience(20), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(5)")
