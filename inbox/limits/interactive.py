"""Reply buttons, lists, links and location requests (Meta, "Interactive messages")."""

from collections.abc import Callable, Mapping
from typing import Any

from inbox.limits import numbers
from inbox.limits.fields import Errors, add_error, check_length, check_unique, require


def check_interactive(text: str, payload: Mapping[str, Any], errors: Errors) -> None:
    content = payload.get("interactive")
    content = content if isinstance(content, dict) else {}
    kind = str(content.get("type"))
    check = INTERACTIVE.get(kind)
    if check is None:
        add_error(errors, "interactive", "This kind of interactive message cannot be sent.")
        return
    body_limit = numbers.LIST_BODY if kind == "list" else numbers.INTERACTIVE_BODY
    require(errors, "interactive.body", _text_of(content, "body"), body_limit)
    check_length(errors, "interactive.footer", _text_of(content, "footer"), numbers.FOOTER)
    header = content.get("header")
    if isinstance(header, dict):
        _check_header(kind, header, errors)
    action = content.get("action")
    check(action if isinstance(action, dict) else {}, errors)


def _check_header(kind: str, header: Mapping[str, Any], errors: Errors) -> None:
    if header.get("type", "text") == "text":
        require(errors, "interactive.header", header.get("text"), numbers.HEADER)
    elif kind not in {"button", "cta_url"}:
        add_error(errors, "interactive.header", "Only text may stand above this message.")


def _check_buttons(action: Mapping[str, Any], errors: Errors) -> None:
    buttons = action.get("buttons")
    buttons = buttons if isinstance(buttons, list) else []
    if not 1 <= len(buttons) <= numbers.BUTTONS:
        add_error(errors, "interactive.buttons", f"From one to {numbers.BUTTONS} buttons.")
    replies = [
        b.get("reply") or {} if isinstance(b, dict) else {} for b in buttons[: numbers.BUTTONS]
    ]
    for index, reply in enumerate(replies):
        field = f"interactive.buttons.{index}"
        require(errors, f"{field}.title", reply.get("title"), numbers.BUTTON_TITLE)
        require(errors, f"{field}.id", reply.get("id"), numbers.BUTTON_ID)
    for name in ("title", "id"):
        check_unique(errors, "interactive.buttons", [reply.get(name) for reply in replies])


def _check_list(action: Mapping[str, Any], errors: Errors) -> None:
    require(errors, "interactive.button", action.get("button"), numbers.LIST_BUTTON)
    sections = action.get("sections")
    sections = [s for s in sections if isinstance(s, dict)] if isinstance(sections, list) else []
    if not 1 <= len(sections) <= numbers.SECTIONS:
        add_error(errors, "interactive.sections", f"From one to {numbers.SECTIONS} sections.")
    rows = [(i, j, row) for i, s in enumerate(sections) for j, row in enumerate(_rows(s))]
    if not 1 <= len(rows) <= numbers.ROWS:
        add_error(
            errors,
            "interactive.rows",
            f"From one to {numbers.ROWS} rows in all sections together.",
        )
    for index, section in enumerate(sections):
        check = require if len(sections) > 1 else check_length
        check(
            errors,
            f"interactive.sections.{index}.title",
            section.get("title"),
            numbers.SECTION_TITLE,
        )
    for i, j, row in rows:
        field = f"interactive.sections.{i}.rows.{j}"
        require(errors, f"{field}.title", row.get("title"), numbers.ROW_TITLE)
        require(errors, f"{field}.id", row.get("id"), numbers.ROW_ID)
        check_length(
            errors, f"{field}.description", row.get("description"), numbers.ROW_DESCRIPTION
        )
    check_unique(errors, "interactive.rows", [row.get("id") for _, _, row in rows])


def _rows(section: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows = section.get("rows")
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _check_link(action: Mapping[str, Any], errors: Errors) -> None:
    parameters = action.get("parameters")
    parameters = parameters if isinstance(parameters, dict) else {}
    require(errors, "interactive.display_text", parameters.get("display_text"), numbers.LINK_TEXT)
    require(errors, "interactive.url", parameters.get("url"), numbers.LINK_URL)
    if not str(parameters.get("url", "")).lower().startswith(("http://", "https://")):
        add_error(errors, "interactive.url", "A link begins with https://")


def _check_nothing(action: Mapping[str, Any], errors: Errors) -> None:
    """A location request has a body alone; a template is checked by its own rules."""


def _text_of(content: Mapping[str, Any], part: str) -> object:
    value = content.get(part)
    return value.get("text") if isinstance(value, dict) else None


INTERACTIVE: dict[str, Callable[[Mapping[str, Any], Errors], None]] = {
    "button": _check_buttons,
    "list": _check_list,
    "cta_url": _check_link,
    "location_request_message": _check_nothing,
}
