"""One key for every spelling of a number."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.identities import format_phone, phone_key, phone_keys, username_key, wa_id_key

areas = st.sampled_from(["11", "21", "47", "85", "99"])
digits8 = st.from_regex(r"[6-9][0-9]{7}", fullmatch=True)
REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)


@given(area=areas, local=digits8)
def test_brazilian_mobiles_with_and_without_the_ninth_digit_are_one(area, local):
    assert phone_key(f"55{area}{local}") == phone_key(f"+55 ({area}) 9{local}")


@given(area=areas, local=st.from_regex(r"[2-5][0-9]{7}", fullmatch=True))
def test_brazilian_landlines_stay_as_they_are(area, local):
    assert phone_key(f"55{area}{local}") == f"55{area}{local}"


@given(local=st.from_regex(r"[2-9][0-9]{9}", fullmatch=True))
def test_mexican_numbers_with_and_without_the_1_are_one(local):
    assert phone_key(f"521{local}") == phone_key(f"+52 {local}") == f"52{local}"


@given(local=st.from_regex(r"11[2-9][0-9]{7}", fullmatch=True))
def test_argentine_numbers_with_9_without_and_with_15_are_one(local):
    area, rest = local[:2], local[2:]
    spellings = {f"549{local}", f"54{local}", f"54{area}15{rest}", f"+54 9 {area} {rest}"}
    assert {phone_key(each) for each in spellings} == {f"549{local}"}


@given(region=st.sampled_from(REGIONS), one=st.integers(0, 9), other=st.integers(0, 9))
def test_different_numbers_have_different_keys(region, one, other):
    example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    if example is None or one == other:
        return
    text = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)[:-1]
    assert phone_key(f"{text}{one}") != phone_key(f"{text}{other}")


@given(region=st.sampled_from(REGIONS))
def test_a_key_is_its_own_key(region):
    example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    if example is None:
        return
    key = phone_key(phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164))
    assert phone_key(key) == wa_id_key(key) == key
    assert phone_key(format_phone(key)) == key


@given(st.text(max_size=60))
def test_no_text_breaks_it(text):
    assert phone_key(text) == "" or phone_key(text).isdecimal()
    assert isinstance(wa_id_key(text), str)
    assert all(key.isdecimal() for key in phone_keys(text, "BR"))
    format_phone(phone_key(text))


@pytest.mark.parametrize(
    ("typed", "region", "key"),
    [
        ("+34 612 34 56 78", "", "34612345678"),
        ("0034 612345678", "", "34612345678"),
        ("11 98765-4321", "BR", "5511987654321"),
        ("+39 02 1234567", "", "39021234567"),
        ("hello", "", ""),
        ("", "", ""),
        ("12", "", ""),
    ],
)
def test_numbers_as_people_type_them(typed, region, key):
    assert phone_key(typed, region) == key


def test_usernames_ignore_the_at_and_the_case():
    assert username_key(" @Diego.F ") == username_key("diego.f") == "diego.f"
