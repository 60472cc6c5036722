"""Pieces of HTML, the same for the page, for an answer and for a push. For everybody alike:
no fragment holds anything of one person (unread, drafts), which `marks` brings apart."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.models import User
from inbox.models import Conversation, Event, Message
from inbox.queries.rail import shown_presence
from inbox.queries.views import view_tokens

# What scripts listen to: the element named stands for "ask for me again".
HEADER, PANEL, COMPOSER, COUNTS, LIST, CATCH_UP, GONE = (
    "header",
    "panel",
    "composer",
    "counts",
    "list",
    "catch-up",
    "gone",
)


def prepare_rows(conversations: Sequence[Conversation], at: datetime) -> Sequence[Conversation]:
    """Give each row the tokens of the lists it belongs to (`row.tokens`)."""
    for row in conversations:
        tokens = view_tokens(row, mentioned=row.mentioned, at=at)  # type: ignore[attr-defined]
        row.tokens = " ".join(tokens)  # type: ignore[attr-defined]
    return conversations


def rows_frame(
    conversations: Sequence[Conversation], at: datetime, *, prepared: bool = False
) -> SafeString:
    """Rows, new or changed; the page puts each where it belongs or takes it away."""
    rows = conversations if prepared else prepare_rows(conversations, at)
    return render_to_string("inbox/live/rows.html", {"rows": rows, "at": at})


def gone_frame(conversation_ids: Iterable[int]) -> SafeString:
    """Rows that these viewers may no longer see: ids alone."""
    return render_to_string("inbox/live/gone.html", {"ids": list(conversation_ids)})


def marks_frame(conversations: Iterable[Conversation]) -> SafeString:
    """One person's own marks; rows as `queries.views.with_row_parts` annotates them."""
    return render_to_string("inbox/live/marks.html", {"rows": list(conversations)})


def thread_frame(conversation_id: int, items: Iterable[Message | Event]) -> SafeString:
    """Bubbles and lines of one thread, new or changed."""
    context = {"conversation_id": conversation_id, "items": list(items)}
    return render_to_string("inbox/live/items.html", context)


def cursor_frame(element: str, url: str, cursor: int) -> SafeString:
    """The next place to catch up from."""
    context = {"element": element, "url": url, "cursor": cursor}
    return render_to_string("inbox/live/cursor.html", context)


def signal_frame(*names: str, conversation_id: int | None = None, within: int = 0) -> SafeString:
    """Words to the page's scripts, such as "your header is stale".

    within: the milliseconds of which each page takes a moment of its own to act.
    """
    context = {"names": names, "conversation_id": conversation_id, "within": within}
    return render_to_string("inbox/live/signals.html", context)


def toast_frame(text: str, undo: str = "", method: str = "post") -> SafeString:
    """A word at the foot of the page; undo: the address that takes the change back."""
    context = {"text": text, "undo": undo, "method": method}
    return render_to_string("inbox/live/toast.html", context)


def person_frame(kind: str, conversation_id: int, person: User, *, is_now: bool) -> SafeString:
    """Somebody types or looks; kind: "typing" or "viewing"."""
    context = {"kind": kind, "conversation_id": conversation_id, "person": person}
    return render_to_string("inbox/live/person.html", {**context, "is_now": is_now})


def presence_frame(person: User, at: datetime) -> SafeString:
    """A colleague's state in the rail."""
    context = {"person": person, "state": shown_presence(person, at)}
    return render_to_string("inbox/live/presence.html", context)


def counts_frame(counts: Mapping[str, int]) -> SafeString:
    """One person's numbers of the rail, by view token."""
    numbers = format_html_join("", '<data value="{}">{}</data>', counts.items())
    return format_html(
        '<div hx-swap-oob="beforeend:#signals"><live-counts>{}</live-counts></div>', numbers
    )
