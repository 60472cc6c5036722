"""Search over messages, archived conversations and contacts, as far as the searcher may see.

Words are looked up in Sash's own text search configuration: case and accents do not matter,
"quoted phrases", or and -not work as in a web search. Newest first, page by page.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.contrib.postgres.search import SearchHeadline, SearchQuery
from django.db import OperationalError, connection, transaction
from django.db.models import Q, QuerySet
from psycopg.errors import QueryCanceled

from accounts.models import User
from core.formatting import HIT_END, HIT_START
from inbox.models import Conversation, Message
from inbox.models.messages import Words, search_query
from inbox.queries.access import messages_for
from inbox.queries.views import make_key, parse_key

PAGE = 20
PATIENCE_MS = 3000
LONGEST = 200


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
    rows = messages_for(user).filter(search=query)
    if archived:
        rows = rows.filter(conversation__status=Conversation.Status.ARCHIVED)
    if key := parse_key(before):
        rows = rows.filter(Q(at__lt=key[0]) | Q(at=key[0], pk__lt=key[1]))
    with patience():
        found = list(rows.order_by("-at", "-pk").values_list("pk", flat=True)[: limit + 1])
        messages = list(_with_snippets(found[:limit], query))
    last = messages[-1] if len(found) > limit else None
    return Hits(messages, make_key(last.at, last.pk) if last else "")


def _with_snippets(pks: list[int], query: SearchQuery) -> QuerySet[Message]:
    """Only the rows of this page are read and cut, since cutting is what costs."""
    headline = SearchHeadline(
        Words("text"),
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
        .defer("search")
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
