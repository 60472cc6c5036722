"""What changed since a cursor, for pages that lost their connection.

The cursor is the oldest transaction still running when it was read: every row that commits
later has a number of at least that, so asking `seq >= cursor` may repeat rows but never
misses one. Repeats do no harm, since a page replaces what it already shows.
"""

from dataclasses import dataclass
from typing import TypeVar

from django.db import connection

from accounts.models import User
from inbox.models import Conversation, Event, Message
from inbox.queries.access import conversations_for
from inbox.queries.cursor import Cursor
from inbox.queries.threads import with_message_parts
from inbox.queries.views import with_row_parts

TOO_MANY = 200
# A restore begins anew beyond all numbers before it: see the function inbox_cursor.
EPOCH_BITS = 40
Row = TypeVar("Row")


class CursorTooOld(Exception):
    """More changed than catching up is worth, or the cursor is not of this database: reload."""


@dataclass(frozen=True, slots=True)
class ThreadChanges:
    """Messages and events new or changed since the cursor, oldest first."""

    messages: list[Message]
    events: list[Event]
    cursor: int


def read_cursor() -> int:
    """The cursor of this moment; read it before the rows that it stands for."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {Cursor.template}")
        row = cursor.fetchone()
    return int(row[0])


def parse_cursor(text: str) -> int:
    """A cursor from an address. Raises CursorTooOld for nonsense."""
    if not text.isdecimal() or len(text) > 18:
        raise CursorTooOld
    return int(text)


def changed_conversations(
    *, user: User, since: int, limit: int = TOO_MANY
) -> tuple[list[Conversation], int]:
    """Rows that changed, as far as the person may see them, and the next cursor.

    Raises CursorTooOld beyond `limit` rows or for a cursor from another database.
    """
    cursor = _next_cursor(since)
    rows = with_row_parts(conversations_for(user).filter(seq__gte=since), user)
    return _bounded(list(rows.order_by("last_message_at")[: limit + 1]), limit), cursor


def changed_in_thread(
    *, conversation: Conversation, since: int, limit: int = TOO_MANY
) -> ThreadChanges:
    """What is new or changed in one thread. Raises CursorTooOld as above."""
    cursor = _next_cursor(since)
    messages = with_message_parts(conversation.messages.filter(seq__gte=since))
    events = conversation.events.filter(seq__gte=since).select_related("actor")
    return ThreadChanges(
        _bounded(list(messages.order_by("at", "pk")[: limit + 1]), limit),
        _bounded(list(events.order_by("at", "pk")[: limit + 1]), limit),
        cursor,
    )


def changed_anywhere(*, since: int, limit: int = 1000) -> tuple[list[tuple[int, int]], int]:
    """(id, seq) of every conversation that changed: the hub's own check for lost pushes."""
    cursor = read_cursor()
    rows = Conversation.objects.filter(seq__gte=since).order_by("seq")
    return list(rows.values_list("pk", "seq")[:limit]), cursor


def _next_cursor(since: int) -> int:
    cursor = read_cursor()
    if since > cursor or since >> EPOCH_BITS != cursor >> EPOCH_BITS:
        raise CursorTooOld
    return cursor


def _bounded(rows: list[Row], limit: int) -> list[Row]:
    if len(rows) > limit:
        raise CursorTooOld
    return rows
