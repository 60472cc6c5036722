"""The lists themselves: one page of a view, by keyset, in one query."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import F, Q, QuerySet

from accounts.models import User
from core.prepared import Prepared
from inbox.models import Conversation
from inbox.queries.access import conversations_for, shape_of, stand_in, team_ids
from inbox.queries.cursor import Cursor
from inbox.queries.views import (
    OPEN,
    is_id,
    make_key,
    of_view,
    parse_key,
    unread_by,
    with_row_parts,
)
from inbox.queries.walks import IsAny, first_ids, is_reached

PAGE = 20
# Views that few rows can ever be in: all of them are read, by whichever index knows them.
RARE = {"snoozed", "mention"}
OTHERS = {"team", "open", "mine", "unassigned", "closing", "closed", "archived"}


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of a list and the key after which the next page begins (empty at the end).

    cursor: where catching up with these very rows begins; None where there are none.
    """

    rows: list[Conversation]
    next_key: str
    cursor: int | None = None


def list_conversations(
    *,
    user: User,
    view: str,
    at: datetime,
    after: str = "",
    deadline_first: bool = False,
    unread: bool = False,
    unanswered: bool = False,
    label: int | None = None,
    limit: int = PAGE,
) -> Page:
    """One page of a view by keyset: newest first, or the soonest closing first. One query.

    after: the `next_key` of the page before ("<microseconds>.<id>").
    """
    name, _, number = view.partition("-")
    if name not in RARE | OTHERS or (name == "team" and not is_id(number)):
        return Page([], "")
    field = "window_closes_at" if deadline_first or name == "closing" else "last_message_at"
    key = parse_key(after)
    shape = ListShape(
        shape_of(user), name, field, limit, unread, unanswered, label is not None, key is not None
    )
    values: list[datetime | int] = [at, user.pk, int(number) if name == "team" else 0]
    values += [label or 0, *(key or ()), *team_ids(user)]
    found: list[Any] = lists.read(shape, *values)
    page = found[:limit]
    last = page[-1] if len(found) > limit else None
    return Page(
        page,
        make_key(getattr(last, field), last.pk) if last else "",
        found[0].cursor if found else None,
    )


class ListShape(NamedTuple):
    """What changes the text of a list's query."""

    person: tuple[str, int]
    view: str
    field: str
    limit: int
    unread: bool
    unanswered: bool
    has_label: bool
    has_key: bool


def rows_of_list(
    shape: ListShape, at: datetime, pk: int, team: int, label: int, *rest: Any
) -> QuerySet[Conversation]:
    """A page of a list, and one row more. rest: the key to begin after, the person's teams."""
    key, teams = (rest[:2], rest[2:]) if shape.has_key else (None, rest)
    user = stand_in(shape.person, pk, teams)
    view = f"{shape.view}-{team}"
    rows = of_view(Conversation.objects.all(), user, view, at)
    if shape.unread:
        rows = rows.alias(number=unread_by(user)).filter(number__gt=0)
    if shape.unanswered:
        rows = rows.filter(status=OPEN, waiting_since__isnull=False)
    if shape.has_label:
        rows = rows.filter(labels=label)
    rows = in_order(rows, shape.field, at, key)
    seen = conversations_for(user).filter(is_among(rows, shape.view, user, shape.limit + 1))
    found = with_row_parts(seen, user).annotate(cursor=Cursor())
    return found.order_by(*rows.query.order_by)[: shape.limit + 1]


lists = Prepared(rows_of_list)


def is_among(rows: QuerySet[Conversation], view: str, user: User, limit: int) -> IsAny:
    """Narrows a query to what the first page of a view can hold."""
    if view in RARE:
        return IsAny(F("pk"), first_ids(rows, None))
    return is_reached(rows, user, limit)


def in_order(
    rows: QuerySet[Conversation], field: str, at: datetime, key: Sequence[Any] | None
) -> QuerySet[Conversation]:
    """The rows beyond a key: windows that are open by their end, all others newest first."""
    ascending = field == "window_closes_at"
    if ascending:
        rows = rows.filter(window_closes_at__gt=at)
    if key:
        moment, pk = key
        beyond = "gt" if ascending else "lt"
        # The first condition is where the index begins; the second is about ties.
        rows = rows.filter(
            Q(**{f"{field}__{beyond}e": moment}),
            Q(**{f"{field}__{beyond}": moment}) | Q(**{f"pk__{beyond}": pk}),
        )
    sign = "" if ascending else "-"
    return rows.order_by(f"{sign}{field}", f"{sign}pk")
