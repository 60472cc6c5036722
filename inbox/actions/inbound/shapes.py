"""Reads values of a webhook without trusting their types, and says what was wrong with them."""

from datetime import UTC, datetime
from typing import Any

LONGEST_ID = 200  # what the columns hold; Meta's own ids stay under 150
NEWEST = 4_102_444_800  # the year 2100


class Unreadable(Exception):
    """A part of a webhook that cannot be applied. reason: a short name; detail: for people."""

    def __init__(self, reason: str, detail: str = "") -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(f"{reason}: {detail}")


def mapping(value: Any, name: str) -> dict[str, Any]:
    """A JSON object; none at all is an empty one."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Unreadable("wrong_type", f"{name} is not an object")
    return value


def sequence(value: Any, name: str) -> list[Any]:
    """A JSON list; none at all is an empty one."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise Unreadable("wrong_type", f"{name} is not a list")
    return value


def string(value: Any, name: str) -> str:
    """Text; none at all is empty."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Unreadable("wrong_type", f"{name} is not text")
    return value


def identifier(value: Any, name: str) -> str:
    """An id, which Meta writes as text in one place and as a number in another."""
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    text = string(value, name).strip()
    if len(text) > LONGEST_ID:
        raise Unreadable("too_long", f"{name} is longer than {LONGEST_ID} characters")
    return text


def moment(value: Any, name: str = "timestamp") -> datetime:
    """Unix seconds, as text or as a whole number."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 12:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < NEWEST:
        raise Unreadable("bad_timestamp", f"{name} is not a time in seconds")
    return datetime.fromtimestamp(value, UTC)


def code(value: Any) -> int | None:
    """An error code that fits its column."""
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if abs(value) < 2**31 else None
