"""Reply buttons, lists, links and location requests as Meta's payload, from the builder's fields.

Each field is named as the gate names it in its errors ("interactive.buttons.0.title"), so that
an error finds its place.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from inbox.limits import numbers

Fields = Mapping[str, Any]
KINDS = ["button", "list", "cta_url", "location_request_message"]


def read_interactive(data: Fields) -> dict[str, Any]:
    """Meta's interactive object ("Interactive messages"); unknown types stay for the gate."""
    kind = _text(data, "type")
    content: dict[str, Any] = {"type": kind, "body": {"text": _text(data, "body")}}
    if kind != "location_request_message":
        if header := _text(data, "header"):
            content["header"] = {"type": "text", "text": header}
        if footer := _text(data, "footer"):
            content["footer"] = {"text": footer}
    read_action = ACTIONS.get(kind)
    content["action"] = read_action(data) if read_action else {}
    return content


def _buttons(data: Fields) -> dict[str, Any]:
    titles = [_text(data, f"buttons.{i}.title") for i in range(numbers.BUTTONS)]
    return {
        "buttons": [
            {"type": "reply", "reply": {"id": f"button-{i + 1}", "title": title}}
            for i, title in enumerate(_without_last_blanks(titles))
        ]
    }


def _list(data: Fields) -> dict[str, Any]:
    sections = [_section(data, i) for i in range(numbers.SECTIONS)]
    filled = [section for section in sections if section["rows"] or section.get("title")]
    return {"button": _text(data, "button"), "sections": filled}


def _section(data: Fields, index: int) -> dict[str, Any]:
    titles = _without_last_blanks(
        [_text(data, f"sections.{index}.rows.{i}.title") for i in range(numbers.ROWS)]
    )
    rows = []
    for i, title in enumerate(titles):
        row = {"id": f"row-{index + 1}-{i + 1}", "title": title}
        if description := _text(data, f"sections.{index}.rows.{i}.description"):
            row["description"] = description
        rows.append(row)
    title = _text(data, f"sections.{index}.title")
    return {"title": title, "rows": rows} if title else {"rows": rows}


def _link(data: Fields) -> dict[str, Any]:
    parameters = {"display_text": _text(data, "display_text"), "url": _text(data, "url")}
    return {"name": "cta_url", "parameters": parameters}


def _location(data: Fields) -> dict[str, Any]:
    return {"name": "send_location"}


def _text(data: Fields, name: str) -> str:
    return str(data.get(f"interactive.{name}", "")).replace("\0", "").strip()


def _without_last_blanks(texts: Iterable[str]) -> list[str]:
    kept = list(texts)
    while kept and not kept[-1]:
        kept.pop()
    return kept


ACTIONS = {
    "button": _buttons,
    "list": _list,
    "cta_url": _link,
    "location_request_message": _location,
}
