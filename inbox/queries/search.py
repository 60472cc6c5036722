"""Search over messages, archived conversations and contacts, as far as the searcher may see.

Words are looked up in Sash's own text search configuration: case and accents do not matter,
"quoted phrases", or and -not work as in a web search. Newest first, page by page: `windows`
says how far back to look at a time, so that neither a frequent nor a rare word costs more than
the part of the past that its page comes from.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.search import SearchHeadline, SearchQuery
from django.core.exceptions import EmptyResultSet
from django.db import OperationalError, connection, transaction
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL
from psycopg.errors import QueryCanceled

from accounts.models import User
from core.formatting import HIT_END, HIT_START
from inbox.models import Conversation, Message, MessageWords
from inbox.models.words import Spaced, search_query
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

Rows = QuerySet[MessageWords]


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
    query = search_query(words[:LONGEST])
    rows = MessageWords.objects.all()
    if key := parse_key(before):
        older = Q(at__lt=key[0]) | Q(at=key[0], message_id__lt=key[1])
        rows = rows.filter(older, at__lte=key[0])
    seen = conversations_for(user)
    if archived:
        seen = seen.filter(status=Conversation.Status.ARCHIVED)
    with patience():
        found = newest_hits(rows, query, seen, limit + 1)
        messages = list(_with_snippets(found[:limit], query))
    last = messages[-1] if len(found) > limit else None
    return Hits(messages, make_key(last.at, last.pk) if last else "")


def newest_hits(
    rows: Rows, query: SearchQuery, seen: QuerySet[Conversation], wanted: int
) -> list[int]:
    """Ids of the newest messages that hold the words, found window by window, back in time."""
    found: list[int] = []
    upto: datetime | None = None
    for since in windows(rows):
        if since is not None and upto is not None and since >= upto:
            continue
        part = rows.filter(words=query)
        part = part if since is None else part.filter(at__gte=since)
        part = part if upto is None else part.filter(at__lt=upto)
        found += visible(part, seen, wanted - len(found))
        if len(found) == wanted:
            break
        upto = since
    return found


def visible(hits: Rows, seen: QuerySet[Conversation], wanted: int) -> list[int]:
    """The newest of the hits whose conversation is seen.

    Said in SQL, since PostgreSQL must keep to the order of work: first the index of the words,
    never a walk back through time that hopes to meet them; then, the newest first, as many
    conversations as are needed to fill the page.
    """
    columns = hits.order_by().values("at", "message_id", "conversation_id")
    here = seen.order_by().filter(pk=RawSQL("hits.conversation_id", ())).values("pk")
    try:
        hits_sql, hits_values = columns.query.sql_with_params()
        seen_sql, seen_values = here.query.sql_with_params()
    except EmptyResultSet:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            NEWEST_FIRST.format(hits=hits_sql, seen=seen_sql),
            [*hits_values, *seen_values, wanted],
        )
        return [pk for (pk,) in cursor.fetchall()]


# OFFSET 0 keeps PostgreSQL from turning the inner queries into joins.
NEWEST_FIRST = """
WITH found AS MATERIALIZED ({hits})
SELECT message_id
FROM (SELECT * FROM found ORDER BY at DESC, message_id DESC OFFSET 0) hits
WHERE EXISTS ({seen} OFFSET 0)
LIMIT %s
"""


def windows(rows: Rows) -> Iterator[datetime | None]:
    """Where each window into the past begins, the newest first; None is the beginning of time.

    They only divide the work: whatever they are, every hit lies in exactly one.
    """
    newest = list(
        rows.order_by("-at", "-message_id").values_list("at", flat=True)[: NEWEST_ROWS + 1]
    )
    if len(newest) > NEWEST_ROWS:
        yield newest[-1]
        yield newest[0] - WIDER * (newest[0] - newest[-1])
        begins = [moment for moment in parts_begin() if moment < newest[0]]
        yield from (begins[number] for number in PARTS if number < len(begins))
    yield None


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
