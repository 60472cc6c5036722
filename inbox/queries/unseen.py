"""What came into a conversation that one open page has not shown."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from inbox.models import Conversation, Message

IN, OUT = Message.Direction.IN, Message.Direction.OUT
# What was begun so long before a page was opened was committed before it, or never.
LONGEST_WRITE = timedelta(minutes=1)
# Nobody has written anything by these.
WORDLESS = [Message.Kind.REACTION, Message.Kind.SYSTEM]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page has shown of one thread.

    since, opened_at: its cursor (see inbox.queries.changes) and the time when the thread was
    opened; messages: the ids of the newest bubbles on the page; sent: the client_uuids of what
    left this very page.
    """

    since: int
    opened_at: datetime
    messages: frozenset[int] = frozenset()
    sent: frozenset[UUID] = frozenset()


def unseen_messages(
    conversation: Conversation, seen: Seen, reader: User | None
) -> QuerySet[Message]:
    """The customer's and our own messages that are newer than the page and not on it.

    A message above the page's first bubble is older than what was shown, and one that was there
    long before the page is below what it has loaded, however late a tick on it gave the row a
    new number.
    """
    rows = conversation.messages.filter(
        direction__in=[IN, OUT],
        seq__gte=seen.since,
        created_at__gte=seen.opened_at - LONGEST_WRITE,
        pk__gt=min(seen.messages, default=0),
    )
    mine = rows.filter(author=reader, client_uuid__in=seen.sent) if reader else rows.none()
    return rows.exclude(kind__in=WORDLESS).exclude(pk__in=seen.messages).exclude(pk__in=mine)
