"""How a customer's addresses are recognised: one key for every spelling of the same address.

WhatsApp still writes some mobile numbers as they were before their country renumbered, so the
same person comes in two spellings: Brazil without the ninth digit, Mexico with a 1 after the
country code, Argentina without the 9 (or with the 15 of local dialling).
"""

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat

BRAZIL, MEXICO, ARGENTINA = 55, 52, 54
SHORTEST, LONGEST = 7, 15  # E.164 allows 15 digits
OLD_BRAZILIAN_MOBILE = re.compile(r"([1-9][1-9])([6-9]\d{7})")


@lru_cache(maxsize=65536)
def phone_key(text: str, region: str = "") -> str:
    """The digits under which a number is looked up; empty when the text is no number.

    region: two letters, for numbers that people type without a country code.
    """
    digits = "".join(str(int(char)) for char in text if char.isdecimal())
    number = _parse(text, digits, region)
    if number is not None:
        return f"{number.country_code}{_modern(number)}"
    return digits if SHORTEST <= len(digits) <= LONGEST else ""


def phone_keys(text: str, region: str = "") -> list[str]:
    """Every key that a typed number may stand under; none when the text is no number."""
    keys = {phone_key(text), phone_key(text, region)}
    return sorted(keys - {""})


def wa_id_key(wa_id: str) -> str:
    """The key of a WhatsApp id. One that is no number (Meta's test payloads) is its own key."""
    return (phone_key(wa_id) if wa_id.isdecimal() else "") or wa_id.strip()


def username_key(username: str) -> str:
    """Usernames come with and without the @, and their case does not count."""
    return username.strip().removeprefix("@").casefold()


def format_phone(key: str) -> str:
    """A key as people read numbers: +55 11 98765-4321."""
    number = _parse("", key, "")
    if number is None:
        return key
    return str(phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL))


def _parse(text: str, digits: str, region: str) -> PhoneNumber | None:
    if not SHORTEST <= len(digits) <= LONGEST + 2:
        return None
    is_national = region and not text.strip().startswith(("+", "00"))
    try:
        if is_national:
            return phonenumbers.parse(digits, region.upper())
        return phonenumbers.parse("+" + digits.removeprefix("00"))
    except NumberParseException:
        return None


def _modern(number: PhoneNumber) -> str:
    zeros = "0" * (number.number_of_leading_zeros or 1) if number.italian_leading_zero else ""
    national = zeros + str(number.national_number)
    if number.country_code == BRAZIL and (old := OLD_BRAZILIAN_MOBILE.fullmatch(national)):
        return f"{old[1]}9{old[2]}"
    if number.country_code == MEXICO and len(national) == 11 and national.startswith("1"):
        return national[1:]
    if number.country_code == ARGENTINA and len(national) == 10:
        return f"9{national}"
    return national
