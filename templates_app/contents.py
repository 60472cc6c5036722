"""A template's components, read in one way whatever case Meta writes their types in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from core.files import kind_of_file
from templates_app.models import MessageTemplate

PLACE = re.compile(r"\{\{\s*([A-Za-z0-9_]+)\s*\}\}")
Values = Mapping[str, Any]
MEDIA = {"IMAGE": "image", "VIDEO": "video", "DOCUMENT": "document"}
# An authentication template's wording is Meta's own, and a list may leave it out.
AUTHENTICATION_BODY = "{{1}} is your verification code."


def fits(mime_type: str, header: str) -> bool:
    """May a file of this type stand in a header of this format?"""
    if header == "DOCUMENT":
        return mime_type == "application/pdf"
    return bool(mime_type) and kind_of_file(mime_type) == MEDIA.get(header)


class Kind(StrEnum):
    """What goes into a variable."""

    TEXT = "text"
    IMAGE = "image"
    VIDEO = "video"
    DOCUMENT = "document"
    LOCATION = "location"
    CODE = "code"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Variable:
    """One value to give. key: "header.1", "header.media", "body.first_name", "button.0"…

    before: the text in front of it, so that a guess can tell a greeting. limit: characters.
    """

    key: str
    kind: Kind
    label: str
    example: str = ""
    before: str = ""
    limit: int | None = None


def component(template: MessageTemplate, kind: str) -> dict[str, Any]:
    """The component of that type, or an empty one."""
    rows = template.components if isinstance(template.components, list) else []
    found = (r for r in rows if isinstance(r, dict) and str(r.get("type", "")).upper() == kind)
    return next(found, {})


def header_format(template: MessageTemplate) -> str:
    """TEXT, IMAGE, VIDEO, DOCUMENT, LOCATION, PRODUCT, GIF, or empty without a header."""
    header = component(template, "HEADER")
    return str(header.get("format", "TEXT")).upper() if header else ""


def body_text(template: MessageTemplate) -> str:
    """The body with its places."""
    text = component(template, "BODY").get("text")
    if text:
        return str(text)
    return AUTHENTICATION_BODY if is_authentication(template) else ""


def buttons(template: MessageTemplate) -> list[dict[str, Any]]:
    """The buttons in order."""
    rows = component(template, "BUTTONS").get("buttons")
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def button_kind(button: dict[str, Any]) -> str:
    return str(button.get("type", "")).upper()


def is_authentication(template: MessageTemplate) -> bool:
    return template.category == MessageTemplate.Category.AUTHENTICATION


def has_expiration(template: MessageTemplate) -> bool:
    """A limited-time offer that shows when it ends."""
    offer = component(template, "LIMITED_TIME_OFFER").get("limited_time_offer")
    return isinstance(offer, dict) and bool(offer.get("has_expiration"))


def variables(template: MessageTemplate) -> list[Variable]:
    """Everything that must be given before the template can be sent, in reading order."""
    found = [*_header_variables(template), *_text_variables(template, "body")]
    if has_expiration(template):
        found.append(Variable("offer.expires", Kind.TIME, "The offer ends at"))
    for index, button in enumerate(buttons(template)):
        if variable := _button_variable(template, index, button):
            found.append(variable)
    return found


def _header_variables(template: MessageTemplate) -> list[Variable]:
    form = header_format(template)
    if form in MEDIA:
        return [Variable("header.media", Kind(MEDIA[form]), f"Header {MEDIA[form]}")]
    if form == "LOCATION":
        return [Variable("header.location", Kind.LOCATION, "Header location")]
    return _text_variables(template, "header") if form == "TEXT" else []


def _text_variables(template: MessageTemplate, part: str) -> list[Variable]:
    row = component(template, part.upper())
    text = body_text(template) if part == "body" else str(row.get("text", ""))
    examples = examples_of(row, part)
    found: dict[str, Variable] = {}
    for match in PLACE.finditer(text):
        name = match[1]
        label = name.replace("_", " ") if not name.isdecimal() else f"{part.capitalize()} {name}"
        before = text[max(0, match.start() - 30) : match.start()]
        found.setdefault(
            name, Variable(f"{part}.{name}", Kind.TEXT, label, examples.get(name, ""), before)
        )
    return list(found.values())


def examples_of(row: Mapping[str, Any], part: str) -> dict[str, str]:
    """Variable name -> example, of a "header" or "body", from either way of writing them."""
    example = row.get("example")
    if not isinstance(example, dict):
        return {}
    named = example.get(f"{part}_text_named_params")
    if isinstance(named, list):
        rows = [each for each in named if isinstance(each, dict)]
        return {str(each.get("param_name")): str(each.get("example", "")) for each in rows}
    listed = example.get(f"{part}_text")
    if isinstance(listed, list) and listed and isinstance(listed[0], list):
        listed = listed[0]
    return {str(i): str(v) for i, v in enumerate(listed if isinstance(listed, list) else [], 1)}


def _button_variable(
    template: MessageTemplate, index: int, button: dict[str, Any]
) -> Variable | None:
    kind, text = button_kind(button), str(button.get("text", ""))
    example = button.get("example")
    sample = str((example[0] if example else "") if isinstance(example, list) else example or "")
    if kind == "COPY_CODE":
        return Variable(f"button.{index}", Kind.CODE, text or "Code to copy", sample, limit=20)
    if kind == "URL" and PLACE.search(str(button.get("url", ""))):
        if is_authentication(template):
            return None  # the code of the body is the end of the link
        return Variable(f"button.{index}", Kind.TEXT, f"End of the link “{text}”", sample)
    return None


def missing(template: MessageTemplate, values: Values, *, has_file: bool = False) -> list[str]:
    """Keys of variables without a value, in reading order."""
    given = clean(values)
    if has_file:
        given["header.media"] = "file"
    return [v.key for v in variables(template) if not given.get(v.key)]


def clean(values: Values) -> dict[str, Any]:
    """Values as they are sent: texts without line breaks, tabs and edges."""
    return {
        key: " ".join(value.split()) if isinstance(value, str) else value
        for key, value in values.items()
    }


def parse_moment(value: Any) -> datetime | None:
    """An aware moment from ISO text; without a zone it is none."""
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
