"""The only place that knows templates' variables and components by name.

Positional `{{1}}` or named `{{first_name}}`, in the components HEADER, BODY, FOOTER, BUTTONS.
"""

from __future__ import annotations

import re

from .store import Doc

VARIABLE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


def variables(text: str) -> list[str]:
    """Names or numbers in order of appearance, each once."""
    return list(dict.fromkeys(VARIABLE.findall(text)))


def fill(text: str, values: dict[str, str]) -> str:
    return VARIABLE.sub(lambda found: values.get(found.group(1), found.group(0)), text)


def component(template: Doc, kind: str) -> Doc:
    """The component of that type, or {}."""
    found = (c for c in template["components"] if c["type"].upper() == kind)
    return next(found, {})


def buttons_of(template: Doc) -> list[Doc]:
    buttons: list[Doc] = component(template, "BUTTONS").get("buttons", [])
    return buttons
