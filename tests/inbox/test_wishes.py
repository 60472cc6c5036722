"""Words that end or resume what a customer is sent, in whatever language and spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.wishes import OWN, Vocabulary, Wish

SASHS = Vocabulary()


@pytest.mark.parametrize(
    ("text", "language", "is_opt_in"),
    [
        ("STOP", "en", False),
        ("  stop. ", "en", False),
        ("Stop all!", "en", False),
        ("START", "en", True),
        ("Baja", "es", False),
        ("cancelar suscripcion", "es", False),
        ("ALTA", "es", True),
        ("Sair", "pt", False),
        ("nao receber", "pt", False),
        ("إيقاف", "ar", False),
        ("arret", "fr", False),
        ("Abmelden", "de", False),
    ],
)
def test_a_word_is_known_in_any_spelling(text: str, language: str, is_opt_in: bool) -> None:
    wish = SASHS.find(text)
    assert wish is not None
    assert (wish.language, wish.is_opt_in) == (language, is_opt_in)


@pytest.mark.parametrize(
    "text", ["", "🛑", "please stop by tomorrow", "stop it now", "I want to start", "s" * 5000]
)
def test_anything_else_is_no_wish(text: str) -> None:
    assert SASHS.find(text) is None


def test_no_word_means_two_things() -> None:
    words = [word for row in OWN for word in row.words]
    assert len(SASHS.by_word) == len(words)


def test_a_row_of_the_administrators_stands_in_place_of_ours() -> None:
    own = Vocabulary([Wish("en", False, ("quit",), "Done.")])
    assert own.find("stop") is None
    assert own.find("Quit!") == Wish("en", False, ("quit",), "Done.")
    assert own.find("baja") is not None, "other languages keep their words"


def test_the_answer_is_in_the_customers_language_where_there_is_one() -> None:
    stop = SASHS.find("stop")
    assert stop is not None
    assert "BAJA" not in SASHS.answer(stop, "es_MX")
    assert SASHS.answer(stop, "es_MX").startswith("No recibirá")
    assert SASHS.answer(stop, "pt-BR").startswith("Você não")
    assert SASHS.answer(stop, "ja") == stop.answer
    assert SASHS.answer(stop, "") == stop.answer


@given(st.text(max_size=60))
def test_any_text_is_looked_up_without_harm(text: str) -> None:
    wish = SASHS.find(text)
    assert wish is None or wish in OWN
