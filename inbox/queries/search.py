"""Search over messages, archived conversations and contacts, as far as the searcher may see.

Words are looked up in Sash's own text search configuration: case and accents do not matter,
"quoted phrases", or and -not work as in a web search. Newest first, page by page: `windows`
says how far back to look at a time, so that neither a frequent nor a rare word costs more than
the part of the past that its page comes from.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.postgres.search import SearchHeadline, SearchQuery
from django.core.exceptions import EmptyResultSet
from django.db import OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from psycopg.errors import QueryCanceled

from accounts.models import User
from core.formatting import HIT_END, HIT_START
from inbox.models import Conversation, Message
from inbox.models.words import Spaced, search_query, spaced
from inbox.queries.access import conversations_for
from inbox.queries.views import make_key, parse_key

PAGE = 20
PATIENCE_MS = 3000
LONGEST = 200
# Frequent words fill a page from so many of the newest messages, or from a time so much longer;
# then come whole parts of the table (see migration 0011): the newest, four more, the rest.
NEWEST_ROWS = 1000
WIDER = 8
PARTS = (0, 4)

Key = tuple[datetime, int]
Moment = datetime | str  # or PostgreSQL's own "infinity" and "-infinity"
MICROSECOND = timedelta(microseconds=1)


class SearchTooBroad(Exception):
    """The database needed longer than a person waits: ask for rarer words."""


@dataclass(frozen=True, slots=True)
class Hits:
    """Messages with `.snippet` (see core.formatting.format_snippet), and where to go on."""

    messages: list[Message]
    next_key: str


def search_messages(
    *, user: User, words: str, archived: bool = False, before: str = "", limit: int = PAGE
) -> Hits:
    """A page of messages that hold the words. Raises SearchTooBroad."""
    seen = conversations_for(user)
    if archived:
        seen = seen.filter(status=Conversation.Status.ARCHIVED)
    with patience():
        found = newest_hits(words[:LONGEST], seen, parse_key(before), limit + 1)
        query = search_query(words[:LONGEST])
        messages = list(_with_snippets(found[:limit], query)) if found else []
    last = messages[-1] if len(found) > limit else None
    return Hits(messages, make_key(last.at, last.pk) if last else "")


def newest_hits(
    words: str, seen: QuerySet[Conversation], key: Key | None, wanted: int
) -> list[int]:
    """Ids of the newest messages before the key that hold the words and are in what is seen.

    Said in SQL, since PostgreSQL must keep to the order of work: first the index of the words,
    never a walk back through time that hopes to meet them; then, the newest first, as many
    conversations as are needed to fill the page.
    """
    here = seen.order_by().filter(pk=RawSQL("hits.conversation_id", ())).values("pk")
    try:
        seen_sql, seen_values = here.query.sql_with_params()
    except EmptyResultSet:
        return []
    statement = NEWEST_FIRST.format(seen=seen_sql)
    place: tuple[Moment, int] = key or ("infinity", 0)
    upto: Moment = key[0] + MICROSECOND if key else "infinity"
    found: list[int] = []
    with connection.cursor() as cursor:
        for since in windows(cursor, place):
            room = wanted - len(found)
            cursor.execute(statement, [spaced(words), since, upto, *place, *seen_values, room])
            found += [pk for (pk,) in cursor.fetchall()]
            if len(found) == wanted:
                break
            upto = since
    return found


# OFFSET 0 keeps PostgreSQL from turning the inner queries into joins.
NEWEST_FIRST = """
WITH found AS MATERIALIZED (
    SELECT at, message_id, conversation_id FROM inbox_messagewords
    WHERE words @@ websearch_to_tsquery('sash', %s)
        AND at >= %s::timestamptz AND at < %s::timestamptz
        AND (at, message_id) < (%s::timestamptz, %s)
)
SELECT message_id
FROM (SELECT * FROM found ORDER BY at DESC, message_id DESC OFFSET 0) hits
WHERE EXISTS ({seen} OFFSET 0)
LIMIT %s
"""


def windows(cursor: CursorWrapper, place: tuple[Moment, int]) -> Iterator[Moment]:
    """Where each window into the past begins, the newest first.

    They only divide the work: whatever they are, every hit lies in exactly one.
    """
    cursor.execute(NEWEST, [*place, NEWEST_ROWS])
    ((first, last, count),) = cursor.fetchall()
    if count == NEWEST_ROWS:
        begins = [last, first - WIDER * (first - last)]
        yield from begins
        parts = [moment for moment in parts_begin() if moment < begins[-1]]
        yield from (parts[number] for number in PARTS if number < len(parts))
    yield "-infinity"


NEWEST = """
SELECT max(at), min(at), count(*) FROM (
    SELECT at FROM inbox_messagewords WHERE (at, message_id) < (%s::timestamptz, %s)
    ORDER BY at DESC, message_id DESC LIMIT %s
) newest
"""


def parts_begin() -> list[datetime]:
    """When the parts of the table begin, the newest first; the oldest has no beginning."""
    with connection.cursor() as cursor:
        cursor.execute(BEGINS)
        return [moment for (moment,) in cursor.fetchall()]


BEGINS = r"""
SELECT moment FROM (
    SELECT substring(pg_get_expr(relpartbound, oid) FROM 'FROM \(''(.*)''\) TO')::timestamptz
    FROM pg_inherits JOIN pg_class ON oid = inhrelid
    WHERE inhparent = 'inbox_messagewords'::regclass
) parts (moment)
WHERE moment IS NOT NULL ORDER BY moment DESC
"""


def _with_snippets(pks: list[int], query: SearchQuery) -> QuerySet[Message]:
    """Only the rows of this page are read and cut, since cutting is what costs."""
    headline = SearchHeadline(
        Spaced("text"),
        query,
        config="sash",
        start_sel=HIT_START,
        stop_sel=HIT_END,
        max_words=30,
        min_words=12,
        max_fragments=1,
    )
    return (
        Message.objects.filter(pk__in=pks)
        .annotate(snippet=headline)
        .select_related("conversation__contact", "conversation__team", "author")
        .order_by("-at", "-pk")
    )


@contextmanager
def patience(milliseconds: int = PATIENCE_MS) -> Iterator[None]:
    """Give up a query that takes longer. Raises SearchTooBroad."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT set_config('statement_timeout', %s, true)", [str(milliseconds)]
                )
            yield
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise SearchTooBroad from error
        raise
