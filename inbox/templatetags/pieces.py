"""Rows, bubbles and lines: drawn once for everybody, and kept as long as they stay the same.

They hold nothing of one person, so that whoever looks next, and every push, gets the very
same HTML. A piece is known by everything that its template reads.
"""

from collections.abc import Callable, Hashable
from datetime import datetime
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from inbox.models import Conversation, Event, Message
from inbox.queries.names import name_of
from inbox.templatetags.ui import window_chip

register = template.Library()
MOST_KEPT = 8_000  # about a kilobyte each
kept: dict[Hashable, SafeString] = {}
ROW = (
    *("pk", "seq", "contact_id", "status", "priority", "assignee_id", "floor", "tokens", "sleeps"),
    *("last_message_at", "window_closes_at", "waiting_since", "snoozed_until", "inbound_count"),
    *("preview", "preview_author", "preview_failed", "chip"),
)
MESSAGE = (
    *("pk", "seq", "direction", "kind", "author_kind", "author_id", "author_name", "client_uuid"),
    *("status", "text", "at", "is_forwarded", "edited_at", "revoked_at", "error_code"),
    *("error_detail", "quoted_id", "quoted_provider_id", "asks_to_resend"),
)
QUOTED = ("direction", "kind", "author_kind", "author_name", "text", "revoked_at")
FILE = (
    *("pk", "kind", "state", "filename", "mime_type", "size"),
    *("width", "height", "duration", "is_voice", "is_animated"),
)


@register.simple_tag
def row_piece(row: Conversation, at: datetime) -> SafeString:
    """A row of a list; `row.tokens` says of which ones."""
    row.chip = window_chip(row.window, at, is_row=True)  # type: ignore[attr-defined]
    row.sleeps = row.is_snoozed(at)  # type: ignore[attr-defined]
    labels = [(label.pk, label.name, label.colour) for label in row.labels.all()]
    names = name_of(row.contact), row.assignee and row.assignee.first_name
    key = ("row", *facts(row, ROW), *names, *labels)
    return keep(key, lambda: draw("inbox/_row.html", {"row": row}))


@register.simple_tag
def item_piece(item: Message | Event) -> SafeString:
    """What stands in a thread: a bubble, or a slim line."""
    if isinstance(item, Event):
        return draw("inbox/_event.html", {"item": item})
    if item.kind == Message.Kind.TEMPLATE:
        return draw("inbox/_message.html", {"item": item})
    files = [facts(file, FILE) for file in item.attachments.all()]
    reactions = [(row.emoji, row.author_kind, str(row.user)) for row in item.reactions.all()]
    quoted = (*facts(item.quoted, QUOTED), str(item.quoted.author)) if item.quoted else ()
    around = (str(item.author), repr(item.payload), quoted)
    key = ("message", *facts(item, MESSAGE), *around, *files, *reactions)
    return keep(key, lambda: draw("inbox/_message.html", {"item": item}))


def facts(thing: Any, names: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple([getattr(thing, name) for name in names])


def keep(key: tuple[Any, ...], make: Callable[[], SafeString]) -> SafeString:
    """What was made for this key in this language before, or what is made now."""
    whole = (get_language(), *key)
    if (piece := kept.get(whole)) is None:
        if len(kept) >= MOST_KEPT:
            kept.clear()
        kept[whole] = piece = make()
    return piece


def draw(name: str, context: dict[str, Any]) -> SafeString:
    return render_to_string(name, context)
