"""The only place for the small questions that every part of a message body is asked.

Raises GraphError 131008 (missing), 100 (too long) or 131009 (bad value), naming the parameter.
"""

from __future__ import annotations

from typing import Any

from .graph import GraphError
from .store import Doc


def part(parent: Doc, name: str, where: str = "") -> Doc:
    """A required object."""
    value = parent.get(name)
    if value is None:
        raise absent(f"{where}{name}")
    if not isinstance(value, dict):
        raise bad(f"{where}{name} is not an object.")
    return value


def items(parent: Doc, name: str, most: int, where: str = "") -> list[Doc]:
    """A required list of one to `most` objects."""
    value = parent.get(name)
    if not value:
        raise absent(f"{where}{name}")
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise bad(f"{where}{name} is not a list of objects.")
    if len(value) > most:
        raise bad(f"{where}{name} has {len(value)} elements; at most {most} are allowed.")
    return value


def text(parent: Doc, name: str, most: int, where: str = "", *, required: bool = True) -> str:
    """Text of one to `most` characters."""
    value = parent.get(name)
    if value is None or value == "":
        if required:
            raise absent(f"{where}{name}")
        return ""
    if not isinstance(value, str):
        raise bad(f"{where}{name} is not a string.")
    if not value.strip():
        raise bad(f"{where}{name} is blank.")
    if len(value) > most:
        raise GraphError(100, f"Param {where}{name} must be at most {most} characters long.")
    return value


def number(parent: Doc, name: str, low: float, high: float, where: str = "") -> float:
    """A number, or a string that is one, from `low` to `high`."""
    value: Any = parent.get(name)
    if value is None:
        raise absent(f"{where}{name}")
    try:
        found = float(value)
    except (TypeError, ValueError):
        raise bad(f"{where}{name} is not a number.") from None
    if not low <= found <= high:
        raise bad(f"{where}{name} is not between {low:g} and {high:g}.")
    return found


def distinct(values: list[str], where: str) -> None:
    if len(set(values)) != len(values):
        raise bad(f"{where} are not all different.")


def absent(name: str) -> GraphError:
    return GraphError(131008, f"The parameter {name} is missing.")


def bad(details: str) -> GraphError:
    return GraphError(131009, details)
