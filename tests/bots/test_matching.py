"""Keywords and the wish for a person are found in hurried writing, and not where they are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.matching import asks_for_a_person, best_keyword, is_near
from core.folding import fold


@pytest.mark.parametrize(
    ("text", "keyword"),
    [
        ("precio", "precio"),
        ("¿PRECIO?", "precio"),
        ("cual es el presio por favor", "precio"),
        ("qual é o preço", "preco"),
        ("qual e o preco", "preço"),
        ("opnening hours", "opening hours"),
        ("価格を教えて", "価格"),
        ("가격이 얼마예요", "가격"),
        ("कीमत क्या है", "कीमत"),
        ("كَمِ السِّعْر", "السعر"),
        ("👍🏽 perfect", "👍"),
        ("STRASSE", "straße"),
    ],
)
def test_a_keyword_is_found_in_hurried_writing(text: str, keyword: str) -> None:
    found = best_keyword(text, ["unrelated", keyword])
    assert found is not None
    assert found[0] == keyword


@pytest.mark.parametrize(
    ("text", "keyword"),
    [
        ("hora de cerrar", "hola"),  # four letters: no typo is forgiven
        ("brice", "price"),  # another first letter
        ("precioso", "precio"),  # two letters more
        ("the prices of yesterday were high", "price list"),
        ("", "precio"),
        ("?!", "precio"),
        ("precio", ""),
        ("कमल", "कमाल"),  # a vowel sign makes another word
    ],
)
def test_another_word_is_no_keyword(text: str, keyword: str) -> None:
    assert best_keyword(text, [keyword]) is None


def test_letters_beat_typos_and_the_longer_keyword_beats_the_shorter() -> None:
    assert best_keyword("shipping", ["shopping", "shipping"]) == ("shipping", 3)
    assert best_keyword("the price list please", ["price", "price list"]) == ("price list", 2)


@pytest.mark.parametrize(
    "text",
    [
        "agent",
        "I want to talk to a HUMAN!",
        "quiero hablar con una persona",
        "hablar con alguien, por favor",
        "falar com um atendente",
        "quero uma pessoa",
        "agnet",
        "أريد موظف",
        "人工客服",
        "человек",
    ],
)
def test_the_wish_for_a_person_is_heard_in_many_languages(text: str) -> None:
    assert asks_for_a_person(text)


@pytest.mark.parametrize("text", ["hello", "quiero un helado", "urgent", "how much is it", ""])
def test_other_words_are_no_wish_for_a_person(text: str) -> None:
    assert not asks_for_a_person(text)


@given(st.text(max_size=300), st.text(max_size=40))
def test_any_text_is_answered_and_folding_twice_changes_nothing(text: str, keyword: str) -> None:
    assert fold(fold(text)) == fold(text)
    found = best_keyword(text, [keyword])
    assert found is None or found[0] == keyword


@given(st.text(alphabet="abcdefg", min_size=5, max_size=12), st.data())
def test_one_slip_after_the_first_letter_is_always_forgiven(
    word: str, data: st.DataObject
) -> None:
    place = data.draw(st.integers(1, len(word) - 1))
    letter = data.draw(st.sampled_from("abcxyz"))
    slips = [
        word[:place] + letter + word[place:],
        word[:place] + letter + word[place + 1 :],
        word[:place] + word[place + 1 :] if len(word) > 5 else word,
    ]
    assert all(is_near(word, slip) for slip in slips)
