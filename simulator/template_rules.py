"""The only place that checks a template before it is reviewed.

Limits and formats of Meta's page "Template components".
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from .graph import GraphError
from .store import Doc
from .template_text import VARIABLE, component, variables

NAME = re.compile(r"^[a-z0-9_]{1,512}$")
LANGUAGE = re.compile(r"^[a-z]{2,3}(_[A-Za-z]{2,4})?$")
PARAMETER = re.compile(r"^[a-z_][a-z0-9_]*$")
CATEGORIES = ("MARKETING", "UTILITY", "AUTHENTICATION")
FORMATS = ("TEXT", "IMAGE", "VIDEO", "DOCUMENT", "LOCATION", "PRODUCT", "GIF")
TYPES = (
    "HEADER", "BODY", "FOOTER", "BUTTONS", "LIMITED_TIME_OFFER", "CAROUSEL",
    "CALL_PERMISSION_REQUEST",
)  # fmt: skip
BUTTONS_MOST = {"QUICK_REPLY": 10, "URL": 2, "PHONE_NUMBER": 1, "COPY_CODE": 1}
OTHER_BUTTONS = (
    "OTP", "FLOW", "CATALOG", "MPM", "SPM", "VOICE_CALL", "ORDER_DETAILS", "REQUEST_CONTACT_INFO",
)  # fmt: skip
WITHOUT_TEXT = ("COPY_CODE", "OTP")


def clean_components(given: Any) -> list[Doc]:
    """The components with types in capitals. Raises GraphError for one that is not known."""
    if not isinstance(given, list) or not given or not all(isinstance(c, dict) for c in given):
        raise invalid("components is not a list of objects.")
    found = [{**one, "type": str(one.get("type", "")).upper()} for one in given]
    if unknown := [one["type"] for one in found if one["type"] not in TYPES]:
        raise invalid(f"Unknown component type {unknown[0]!r}.")
    for one in found:
        if "format" in one:
            one["format"] = str(one["format"]).upper()
        if not isinstance(one.get("example") or {}, dict):
            raise invalid("example is not an object.")
        if one["type"] == "BUTTONS":
            one["buttons"] = _clean_buttons(one.get("buttons"))
    return found


def _clean_buttons(given: Any) -> list[Doc]:
    if not isinstance(given, list) or not all(isinstance(button, dict) for button in given):
        raise invalid("buttons is not a list of objects.")
    return [{**button, "type": str(button.get("type", "")).upper()} for button in given]


def check_template(template: Doc) -> None:
    """Name, language, category, format and every component. Raises GraphError 100."""
    if not NAME.match(template["name"]):
        raise invalid("name has lower-case letters, digits and underscores, at most 512.")
    if not LANGUAGE.match(template["language"]):
        raise invalid(f"Language {template['language']!r} is not supported.")
    if template["category"] not in CATEGORIES:
        raise invalid(f"category is one of {', '.join(CATEGORIES)}.")
    named = template["parameter_format"] == "NAMED"
    if not component(template, "BODY"):
        raise invalid("A template needs a body.")
    if template["category"] != "AUTHENTICATION":
        _check_body(component(template, "BODY"), named=named)
        _check_footer(component(template, "FOOTER"))
    _check_header(component(template, "HEADER"), named=named)
    _check_buttons(component(template, "BUTTONS").get("buttons", []))


def _check_body(body: Doc, *, named: bool) -> None:
    text = _text(body, "body", 1024)
    if not text:
        raise invalid("The body needs a text.")
    stripped = text.strip()
    whole = [(found.start(), found.end()) for found in VARIABLE.finditer(stripped)]
    if whole and (whole[0][0] == 0 or whole[-1][1] == len(stripped)):
        raise invalid("Variables can't be at the start or end of the template.", 2388299)
    if any(first[1] == second[0] for first, second in pairwise(whole)):
        raise invalid("Variables stand next to each other without text between them.", 2388299)
    names = _check_variables(text, named=named)
    example = body.get("example") or {}
    given = _examples(example, named=named)
    if missing := set(names) - given:
        raise invalid(f"The body has no example for {', '.join(sorted(missing))}.", 2388043)


def _examples(example: Doc, *, named: bool) -> set[str]:
    """Names or numbers of the variables that have an example."""
    rows = example.get("body_text_named_params" if named else "body_text") or []
    if not isinstance(rows, list):
        raise invalid("The body's example is not a list.")
    if named:
        return {str(one.get("param_name")) for one in rows if isinstance(one, dict)}
    row = rows[0] if rows and isinstance(rows[0], list) else rows
    return {str(n + 1) for n in range(len(row))}


def _check_variables(text: str, *, named: bool) -> list[str]:
    names = variables(text)
    if named and not all(PARAMETER.match(name) for name in names):
        raise invalid("Named variables have lower-case letters, digits and underscores.")
    if not named and sorted(names) != sorted(str(n + 1) for n in range(len(names))):
        raise invalid("Variables are numbered from 1 without gaps.", 2388072)
    return names


def _check_header(header: Doc, *, named: bool) -> None:
    if not header:
        return
    form = header.get("format", "TEXT")
    if form not in FORMATS:
        raise invalid(f"The header's format is one of {', '.join(FORMATS)}.")
    example = header.get("example") or {}
    if form in ("IMAGE", "VIDEO", "DOCUMENT") and not example.get("header_handle"):
        raise invalid("A header with a file needs a sample in example.header_handle.", 2388273)
    if form == "TEXT":
        names = _check_variables(_text(header, "header", 60), named=named)
        if len(names) > 1:
            raise invalid("The header can have one variable.")
        if names and not (example.get("header_text") or example.get("header_text_named_params")):
            raise invalid("The header's variable has no example.", 2388043)


def _check_footer(footer: Doc) -> None:
    if footer and variables(_text(footer, "footer", 60)):
        raise invalid("The footer cannot have variables.")


def _check_buttons(buttons: list[Doc]) -> None:
    if len(buttons) > 10:
        raise invalid("A template has at most 10 buttons.")
    for kind in {button["type"] for button in buttons}:
        if kind not in BUTTONS_MOST and kind not in OTHER_BUTTONS:
            raise invalid(f"Unknown button type {kind!r}.")
        count = sum(button["type"] == kind for button in buttons)
        if count > BUTTONS_MOST.get(kind, 1):
            raise invalid(f"There are too many buttons of type {kind}.")
    for button in buttons:
        if button["type"] not in WITHOUT_TEXT and not _text(button, "text", 25):
            raise invalid("A button needs a text.")
        _check_target(button)


def _check_target(button: Doc) -> None:
    kind = button["type"]
    if kind == "URL":
        url = _text(button, "url", 2000)
        if not url.startswith(("http://", "https://")):
            raise invalid("A URL button needs a http or https address.")
        found = VARIABLE.findall(url)
        if len(found) > 1 or (found and not url.rstrip().endswith("}}")):
            raise invalid("A URL button can have one variable, at its end.")
        if found and not button.get("example"):
            raise invalid("The URL button's variable has no example.", 2388043)
    if kind == "PHONE_NUMBER" and not _text(button, "phone_number", 20):
        raise invalid("A phone button needs a phone_number.")
    if kind == "COPY_CODE" and not button.get("example"):
        raise invalid("A copy-code button needs an example.", 2388043)


def _text(part: Doc, name: str, most: int) -> str:
    value = part.get("text" if name in ("body", "header", "footer") else name) or ""
    if not isinstance(value, str) or len(value) > most:
        raise invalid(f"{name} has at most {most} characters.", 2388040)
    return value


def invalid(why: str, subcode: int = 2388023) -> GraphError:
    more = {"is_transient": False, "error_user_title": "Invalid template", "error_user_msg": why}
    return GraphError(100, subcode=subcode, message="Invalid parameter", more=more)
