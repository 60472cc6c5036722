"""One conversation's thread: messages, notes and events in their order, page by page."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, Q, QuerySet

from inbox.models import Attachment, Conversation, Event, Message, Reaction
from inbox.queries.views import make_key, parse_key

PAGE = 50


@dataclass(frozen=True, slots=True)
class Thread:
    """Items oldest first; the keys before and after which more lie (empty: none)."""

    items: list[Message | Event]
    older_key: str
    newer_key: str


def with_message_parts(rows: QuerySet[Message]) -> QuerySet[Message]:
    """What a bubble shows, without a query a row."""
    return (
        rows.exclude(kind=Message.Kind.REACTION)
        .select_related("author", "quoted__author", "template", "channel")
        .prefetch_related(
            Prefetch("attachments", queryset=Attachment.objects.order_by("pk")),
            Prefetch("reactions", queryset=Reaction.objects.select_related("user").order_by("at")),
        )
        .defer("search")
    )


def read_thread(
    *,
    conversation: Conversation,
    before: str = "",
    after: str = "",
    around: int | None = None,
    limit: int = PAGE,
) -> Thread:
    """The newest page, the one before or after a key, or the one around a message id.

    The keyset is (at, id) of messages; events fall between them by their time.
    """
    rows = conversation.messages.all()
    if around is not None and (anchor := rows.filter(pk=around).first()):
        return _around(conversation, anchor, limit)
    if key := parse_key(after):
        return _newer(conversation, key, limit)
    return _older(conversation, parse_key(before), limit)


def _older(conversation: Conversation, key: tuple[datetime, int] | None, limit: int) -> Thread:
    rows = conversation.messages.all()
    if key:
        rows = rows.filter(_beyond(key, "lt"))
    found = list(with_message_parts(rows).order_by("-at", "-pk")[: limit + 1])
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


def _newer(conversation: Conversation, key: tuple[datetime, int], limit: int) -> Thread:
    rows = conversation.messages.filter(_beyond(key, "gt"))
    found = list(with_message_parts(rows).order_by("at", "pk")[: limit + 1])
    messages = found[:limit]
    has_more = len(found) > limit
    events = _events(
        conversation, since=key[0], until=messages[-1].at if messages and has_more else None
    )
    last = make_key(messages[-1].at, messages[-1].pk) if has_more else ""
    return Thread(_merge(messages, events), "", last)


def _around(conversation: Conversation, anchor: Message, limit: int) -> Thread:
    here = (anchor.at, anchor.pk)
    above = _older(conversation, here, limit // 2)
    rows = conversation.messages.filter(_beyond(here, "gt") | Q(pk=anchor.pk))
    found = list(with_message_parts(rows).order_by("at", "pk")[: limit // 2 + 1])
    messages = found[: limit // 2]
    has_more = len(found) > limit // 2
    events = _events(conversation, since=anchor.at, until=messages[-1].at if has_more else None)
    last = make_key(messages[-1].at, messages[-1].pk) if has_more else ""
    return Thread([*above.items, *_merge(messages, events)], above.older_key, last)


def _beyond(key: tuple[datetime, int], side: str) -> Q:
    return Q(**{f"at__{side}": key[0]}) | Q(**{"at": key[0], f"pk__{side}": key[1]})


def _events(
    conversation: Conversation, *, since: datetime | None, until: datetime | None
) -> list[Event]:
    """Events in [since, until): each falls into exactly one page."""
    rows = conversation.events.select_related("actor")
    if since is not None:
        rows = rows.filter(at__gte=since)
    if until is not None:
        rows = rows.filter(at__lt=until)
    return list(rows.order_by("-at", "-pk")[:200])[::-1]


def _merge(messages: list[Message], events: list[Event]) -> list[Message | Event]:
    return sorted([*messages, *events], key=lambda item: (item.at, isinstance(item, Message)))
