"""Search finds words whatever their case, accents and punctuation, and only what one may see."""

from datetime import datetime, timedelta

import pytest
from django.db import connection

from accounts.models import User
from inbox.models import Conversation
from inbox.queries.search import SearchTooBroad, patience, search_messages
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("¿Dónde está mi pedido?", "donde"),
        ("¿Dónde está mi pedido?", "¿dónde está"),
        ("Não chegou", "NAO"),
        ("“Invoice 2291”—please", "2291"),
        ("شكرا، متى سيصل الطلب؟", "الطلب"),
        ("order A-17 late", '"order A-17"'),
        ("order A-17 late", "“A-17 late”"),
    ],
)
def test_words_are_found_without_their_accents_and_marks(
    conversation: Conversation, ana: User, text: str, words: str
) -> None:
    message = cast.inbound(conversation, text)
    assert [hit.pk for hit in search_messages(user=ana, words=words).messages] == [message.pk]


def test_quotes_of_any_shape_ask_for_a_phrase(conversation: Conversation, ana: User) -> None:
    cast.inbound(conversation, "late order A-17")
    assert not search_messages(user=ana, words="“A-17 late”").messages


def test_an_outsider_finds_nothing(conversation: Conversation, ana: User, cleo: User) -> None:
    cast.inbound(conversation, "the blue invoice")
    assert search_messages(user=ana, words="invoice").messages
    assert not search_messages(user=cleo, words="invoice").messages


def test_pages_go_from_the_newest_back_and_never_overlap(
    conversation: Conversation, ana: User, at: datetime
) -> None:
    for index in range(7):
        cast.inbound(conversation, f"invoice {index}", at=at + timedelta(minutes=index // 2))
    found: list[str] = []
    key = ""
    for _ in range(5):
        hits = search_messages(user=ana, words="invoice", before=key, limit=3)
        found += [hit.text for hit in hits.messages]
        key = hits.next_key
        if not key:
            break
    assert found == [f"invoice {index}" for index in reversed(range(7))]


@pytest.mark.parametrize("words", ["", "'", '"', "\\", "a & | ! ( )", "<b>", "🦄"])
def test_nonsense_finds_nothing_and_breaks_nothing(
    conversation: Conversation, ana: User, words: str
) -> None:
    cast.inbound(conversation, "hello")
    assert not search_messages(user=ana, words=words).messages


def test_a_search_that_takes_too_long_is_given_up(
    db: None,
) -> None:
    with pytest.raises(SearchTooBroad), patience(20), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(5)")
