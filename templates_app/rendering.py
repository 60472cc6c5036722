"""Filling in a template: what it asks for, how it reads, and how Meta takes it.

Values are keyed as `variables` names them. Runs of white space become one space, because Meta
refuses line breaks inside a value, so the preview shows what the customer will read. Nothing
is ever sent empty (Meta, "Template components" and "Send templates").
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from templates_app.components import send_components
from templates_app.contents import (
    PLACE,
    Kind,
    Values,
    Variable,
    body_text,
    button_kind,
    buttons,
    clean,
    component,
    header_format,
    is_authentication,
    missing,
    parse_moment,
    variables,
)
from templates_app.models import MessageTemplate

__all__ = [
    "Kind",
    "RenderedTemplate",
    "Variable",
    "check_values",
    "missing",
    "prefill",
    "render",
    "send_components",
    "unsupported",
    "variables",
]

BODY_LIMIT, HEADER_LIMIT = 1024, 60
# Needs things that a message written by hand does not have: a catalogue, several files.
NOT_OFFERED = {"MPM", "SPM", "ORDER_DETAILS", "CATALOG"}
GREETING = re.compile(
    r"(?:^|\b)(?:hi|hello|hey|dear|hola|querid[oa]|estimad[oa]|olá|ola|oi|prezad[oa]|bonjour"
    r"|salut|hallo|ciao|buongiorno)[ ,!]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class RenderedTemplate:
    """How the customer reads it. header: {"format", "text"}; buttons: {"type", "text", "url"}."""

    header: dict[str, str] | None
    body: str
    footer: str
    buttons: list[dict[str, str]]


def prefill(template: MessageTemplate, facts: Mapping[str, str]) -> dict[str, str]:
    """First guesses for the values, each of which may be changed.

    facts: first_name, name, agent, agent_first_name, team, channel, phone, email, company.
    A named variable takes the fact of its name; a numbered one after a greeting is the
    first name.
    """
    guesses: dict[str, str] = {}
    for variable in variables(template):
        name = variable.key.partition(".")[2]
        wanted = ALIASES.get(name, name)
        if variable.kind is Kind.TEXT and GREETING.search(variable.before.rstrip("*_ ")):
            wanted = wanted if wanted in facts else "first_name"
        if variable.key.startswith(("header.", "body.")) and facts.get(wanted):
            guesses[variable.key] = facts[wanted]
    return guesses


def unsupported(template: MessageTemplate) -> str:
    """Why Sash cannot send this template although Meta would; empty when it can."""
    if component(template, "CAROUSEL"):
        return "Carousels cannot be sent from here yet."
    if header_format(template) in {"PRODUCT", "GIF"}:
        return "Headers of this kind cannot be sent from here yet."
    if any(button_kind(button) in NOT_OFFERED for button in buttons(template)):
        return "Buttons of products and orders cannot be sent from here yet."
    return ""


def check_values(
    template: MessageTemplate, values: Values, *, has_file: bool = False
) -> dict[str, list[str]]:
    """What is wrong, by key of the variable, or "body" and "header" as a whole."""
    errors = {
        key: ["This cannot be empty."] for key in missing(template, values, has_file=has_file)
    }
    given = clean(values)
    for variable in variables(template):
        value = given.get(variable.key)
        if value and (problem := _problem(variable, value)):
            errors.setdefault(variable.key, []).append(problem)
    rendered = render(template, values)
    head = rendered.header["text"] if rendered.header else ""
    for part, text, limit in (("body", rendered.body, BODY_LIMIT), ("header", head, HEADER_LIMIT)):
        if len(text) > limit:
            errors.setdefault(part, []).append(
                f"At most {limit} characters; these are {len(text)}."
            )
    return errors


def _problem(variable: Variable, value: Any) -> str:
    if variable.limit and len(str(value)) > variable.limit:
        return f"At most {variable.limit} characters."
    if variable.kind is Kind.TIME and parse_moment(value) is None:
        return "Give a date and a time."
    if variable.kind is Kind.LOCATION and not (
        isinstance(value, dict) and {"latitude", "longitude"} <= value.keys()
    ):
        return "Choose a place."
    return ""


def render(template: MessageTemplate, values: Values) -> RenderedTemplate:
    """The text with its values; a place without a value stays as it is written."""
    given, form = clean(values), header_format(template)
    header = None
    if form:
        text = str(component(template, "HEADER").get("text", "")) if form == "TEXT" else ""
        header = {"format": form, "text": _fill(text, "header", given)}
    return RenderedTemplate(
        header,
        _fill(body_text(template), "body", given),
        str(component(template, "FOOTER").get("text", "")),
        [_button(template, index, row, given) for index, row in enumerate(buttons(template))],
    )


def _fill(text: str, part: str, given: Mapping[str, Any]) -> str:
    return PLACE.sub(lambda match: str(given.get(f"{part}.{match[1]}") or match[0]), text)


def _button(
    template: MessageTemplate, index: int, button: dict[str, Any], given: Mapping[str, Any]
) -> dict[str, str]:
    kind = button_kind(button)
    shown = {"type": kind, "text": str(button.get("text", ""))}
    if url := button.get("url"):
        key = "body.1" if is_authentication(template) else f"button.{index}"
        value = given.get(key)
        shown["url"] = PLACE.sub(lambda match: str(value or match[0]), str(url))
    if kind == "PHONE_NUMBER":
        shown["phone"] = str(button.get("phone_number", ""))
    if kind == "COPY_CODE":
        shown["code"] = str(given.get(f"button.{index}") or "")
    return shown


ALIASES = {
    "customer_name": "name",
    "full_name": "name",
    "contact_name": "name",
    "customer": "first_name",
    "firstname": "first_name",
    "nombre": "first_name",
    "nome": "first_name",
    "agent_name": "agent",
    "business": "channel",
}
