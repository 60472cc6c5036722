"""What the editor shows: fields with their errors, and the message as customers read it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.models import Waba
from templates_app import life
from templates_app.checking import (
    BODY_MOST,
    BUTTON_TEXT_MOST,
    FOOTER_MOST,
    HEADER_MOST,
    HEADERS,
    LINK_MOST,
    Errors,
    kind_words,
)
from templates_app.contents import fits
from templates_app.drafting import EDITED_BUTTONS, TEXT, Draft, places
from templates_app.languages import SUPPORTED
from templates_app.models import MessageTemplate
from templates_app.reasons import reason_words
from templates_app.rendering import render


def editor_context(
    row: MessageTemplate | None,
    waba: Waba,
    draft: Draft,
    *,
    errors: Errors | None = None,
    at: datetime,
) -> dict[str, Any]:
    """The whole editor. row: what is kept, if anything is."""
    errors = errors or {}
    why = row.why_not_editable(at) if row else ""
    is_new = row is None or row.status == life.DRAFT
    languages = sorted({*SUPPORTED, draft.language} - {""})
    return {
        **preview_context(row, draft),
        "template": row,
        "waba": waba,
        "draft": draft,
        "errors": errors,
        "examples": examples_of(draft, errors),
        "buttons": button_rows(draft, errors),
        "button_kinds": [(kind, kind_words(kind)) for kind in EDITED_BUTTONS],
        "languages": languages,
        "categories": MessageTemplate.Category.choices,
        "headers": HEADERS | {draft.header},
        "limits": {
            "header": HEADER_MOST,
            "body": BODY_MOST,
            "footer": FOOTER_MOST,
            "button": BUTTON_TEXT_MOST,
            "link": LINK_MOST,
        },
        "is_new": is_new,
        "is_locked": bool(why),
        "why": why,
        "reason": reason_words(row) if row else "",
        "siblings": siblings_of(row),
        "kept_parts": [part["type"] for part in draft.kept if part["type"] in KEPT_PARTS],
    }


KEPT_PARTS = {"CAROUSEL", "LIMITED_TIME_OFFER", "CALL_PERMISSION_REQUEST"}


def siblings_of(row: MessageTemplate | None) -> list[MessageTemplate]:
    """The same name in its languages, this one among them."""
    if row is None:
        return []
    rows = MessageTemplate.objects.filter(waba=row.waba_id, name=row.name)
    return list(rows.exclude(status=life.DELETED).order_by("language"))


def examples_of(draft: Draft, errors: Errors) -> list[dict[str, Any]]:
    """A field for the example of every variable, in reading order."""
    texts = [("header", draft.header_text if draft.header == TEXT else ""), ("body", draft.body)]
    return [
        {
            "key": f"{part}.{name}",
            "name": f"examples.{part}.{name}",
            "place": "{{" + name + "}}",
            "is_header": part == "header",
            "value": draft.examples.get(f"{part}.{name}", ""),
            "errors": errors.get(f"examples.{part}.{name}", []),
        }
        for part, text in texts
        for name in places(text)
    ]


def button_rows(draft: Draft, errors: Errors) -> list[dict[str, Any]]:
    """The buttons as rows of the editor."""
    return [
        {
            "button": button,
            "field": f"buttons.{index}",
            "index": index,
            "word": kind_words(button.kind),
            "has_place": bool(places(button.target)),
            "errors": {
                part: errors.get(f"buttons.{index}.{part}", [])
                for part in ("text", "target", "example")
            },
        }
        for index, button in enumerate(draft.buttons)
    ]


FIELDS = ("name", "language", "category", "header.text", "body", "footer", "minutes", "buttons")
BUTTON_FIELDS = {
    "QUICK_REPLY": ("text",),
    "PHONE_NUMBER": ("text", "target"),
    "URL": ("text", "target", "example"),
    "COPY_CODE": ("example",),
}


def fields_of(draft: Draft) -> list[str]:
    """Every field that has a place for its errors, the examples' aside."""
    rows = enumerate(draft.buttons)
    named = [
        f"buttons.{index}.{part}"
        for index, row in rows
        for part in BUTTON_FIELDS.get(row.kind, ())
    ]
    return [*FIELDS, *named]


def preview_context(row: MessageTemplate | None, draft: Draft) -> dict[str, Any]:
    """As WhatsApp draws it, with the examples for values."""
    shown = MessageTemplate(
        name=draft.name,
        language=draft.language,
        category=draft.category,
        components=draft.components(),
    )
    has_sample = row is not None and draft.header == "IMAGE" and fits(row.sample_type, "IMAGE")
    return {
        "rendered": render(shown, draft.values()),
        "sample_of": row if has_sample else None,
    }
