"""One conversation's thread: messages, notes and events in their order, page by page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from core.gathering import Gathered, gather
from core.prepared import Prepared
from inbox.models import Attachment, Conversation, Event, Message, Reaction
from inbox.queries.panes import NEWEST_EVENTS
from inbox.queries.views import make_key, parse_key
from inbox.queries.walks import IsAny, Joined

PAGE = 30  # twice what a screen shows; more come as somebody scrolls
FILE = (
    *("kind", "state", "filename", "mime_type", "size", "sha256"),
    *("width", "height", "duration", "is_voice", "is_animated"),
)
REACTION = ("emoji", "author_kind", "at", "user__name", "user__email")


@dataclass(frozen=True, slots=True)
class Thread:
    """Items oldest first; the keys before and after which more lie (empty: none).

    anchor: the message that the page was read around.
    """

    items: list[Message | Event]
    older_key: str
    newer_key: str
    anchor: int | None = None


def with_message_parts(rows: QuerySet[Message]) -> QuerySet[Message]:
    """What a bubble shows, in one query."""
    files = Attachment.objects.filter(message=OuterRef("pk")).order_by("pk")
    reactions = Reaction.objects.filter(message=OuterRef("pk")).order_by("at")
    return gather(
        rows.exclude(kind=Message.Kind.REACTION).select_related(
            "author", "quoted__author", "template", "channel", "outbox"
        ),
        attachments=Gathered(files, *FILE),
        reactions=Gathered(reactions, *REACTION),
    )


def read_thread(
    *,
    conversation: Conversation,
    before: str = "",
    after: str = "",
    around: int | None = None,
    unread: int = 0,
    limit: int = PAGE,
) -> Thread:
    """The newest page, the one before or after a key, or the one around a message.

    around: its id; where it is not here, the newest page. unread: how many of the customer's
    messages the reader has not seen, for the page around the first of them.

    The keyset is (at, id) of messages; events fall between them by their time. Two queries,
    and one where `conversation` brings its newest events along (see queries.panes).
    """
    place = ("id", around) if around else ("unread", unread)
    if place[1] and (thread := _around(conversation, *place, limit)):
        return thread
    if key := parse_key(after):
        return _newer(conversation, key, limit)
    return _older(conversation, parse_key(before), limit)


def _older(conversation: Conversation, key: tuple[datetime, int] | None, limit: int) -> Thread:
    found = older.read(limit, conversation.pk, *(key or ()))
    messages = found[:limit][::-1]
    has_more = len(found) > limit
    events = _events(
        conversation,
        since=messages[0].at if messages and has_more else None,
        until=key[0] if key else None,
    )
    return Thread(
        _merge(messages, events),
        make_key(messages[0].at, messages[0].pk) if has_more else "",
        make_key(messages[-1].at, messages[-1].pk) if messages and key else "",
    )


def _rows_of_older(limit: int, conversation: int, *key: Any) -> QuerySet[Message]:
    rows = with_message_parts(Message.objects.filter(conversation=conversation))
    if key:
        rows = rows.filter(_beyond(key[0], key[1], "lt"))
    return rows.order_by("-at", "-pk")[: limit + 1]


older = Prepared(_rows_of_older)


def _newer(conversation: Conversation, key: tuple[datetime, int], limit: int) -> Thread:
    rows = conversation.messages.filter(_beyond(*key, "gt"))
    found = list(with_message_parts(rows).order_by("at", "pk")[: limit + 1])
    messages = found[:limit]
    has_more = len(found) > limit
    events = _events(
        conversation, since=key[0], until=messages[-1].at if messages and has_more else None
    )
    last = make_key(messages[-1].at, messages[-1].pk) if has_more else ""
    return Thread(_merge(messages, events), "", last)


def nth_newest_inbound(conversation: int, number: int) -> Coalesce:
    """The id of the customer's message that far from the end, or of the first one."""
    rows = Message.objects.filter(conversation=conversation, direction=Message.Direction.IN)
    ids = rows.exclude(kind=Message.Kind.REACTION).values("pk")
    return Coalesce(
        Subquery(ids.order_by("-at", "-pk")[number - 1 : number]),
        Subquery(ids.order_by("at", "pk")[:1]),
    )


def _around(conversation: Conversation, kind: str, place: int, limit: int) -> Thread | None:
    """Half a page above a message, and a page from it on; None where it is not here."""
    half = limit // 2
    if kind == "id":
        found: list[Any] = around_message.read(limit, conversation.pk, place)
    else:
        found = around_unread.read((limit, place), conversation.pk)
    first = next((at for at, row in enumerate(found) if row.pk == row.anchor), None)
    if first is None:
        return None
    has_older, has_newer = first > half, len(found) - first > limit
    messages = found[first - half if has_older else 0 : first + limit]
    events = _events(
        conversation,
        since=messages[0].at if has_older else None,
        until=messages[-1].at if has_newer else None,
    )
    return Thread(
        _merge(messages, events),
        make_key(messages[0].at, messages[0].pk) if has_older else "",
        make_key(messages[-1].at, messages[-1].pk) if has_newer else "",
        found[first].pk,
    )


def _rows_around(limit: int, conversation: int, anchor: Value | Coalesce) -> QuerySet[Message]:
    """Adds `anchor`, the message that the page is about."""
    rows = Message.objects.filter(conversation=conversation).order_by()
    there = rows.filter(pk=anchor)
    moment = Subquery(there.values("at"))
    above = rows.filter(_beyond(moment, anchor, "lt")).order_by("-at", "-pk")[: limit // 2 + 1]
    below = rows.filter(_beyond(moment, anchor, "gt")).order_by("at", "pk")[:limit]
    ids = Joined(*[ArraySubquery(part.values("pk")) for part in (above, below, there)])
    page = with_message_parts(rows.filter(IsAny(F("pk"), ids))).annotate(anchor=anchor)
    return page.order_by("at", "pk")


around_message = Prepared(
    lambda limit, conversation, pk: _rows_around(
        limit, conversation, Value(pk, output_field=BigIntegerField())
    )
)
around_unread = Prepared(
    lambda shape, conversation: _rows_around(
        shape[0], conversation, nth_newest_inbound(conversation, shape[1])
    )
)


def _beyond(moment: Any, pk: Any, side: str) -> Q:
    # The first condition is where the index begins; the second is about ties.
    return Q(**{f"at__{side}e": moment}) & (
        Q(**{f"at__{side}": moment}) | Q(**{f"pk__{side}": pk})
    )


def _events(
    conversation: Conversation, *, since: datetime | None, until: datetime | None
) -> list[Event]:
    """Events in [since, until): each falls into exactly one page."""
    if (newest := known_events(conversation, since)) is not None:
        return [event for event in newest if _is_within(event, since, until)]
    rows = conversation.events.select_related("actor")
    if since is not None:
        rows = rows.filter(at__gte=since)
    if until is not None:
        rows = rows.filter(at__lt=until)
    return list(rows.order_by("-at", "-pk")[:200])[::-1]


def known_events(conversation: Conversation, since: datetime | None) -> list[Event] | None:
    """What the conversation has brought, oldest first, if it reaches back as far as that."""
    newest: list[Event] | None = getattr(conversation, "newest_events", None)
    if newest is None:
        return None
    is_all = len(newest) < NEWEST_EVENTS
    return newest[::-1] if is_all or (since is not None and newest[-1].at < since) else None


def _is_within(event: Event, since: datetime | None, until: datetime | None) -> bool:
    return (since is None or event.at >= since) and (until is None or event.at < until)


def _merge(messages: list[Message], events: list[Event]) -> list[Message | Event]:
    return sorted([*messages, *events], key=lambda item: (item.at, isinstance(item, Message)))
