"""The lists of the inbox: which rows each holds, in which order, page by page.

A view is a token ("open", "team-3", "mine-7", "closing"). The same tokens are written on each
row (`view_tokens`), so that a pushed row finds its lists without asking the server.
"""

from datetime import UTC, datetime, timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Greatest

from accounts.models import User
from core.gathering import Gathered, gather
from inbox.models import Conversation, Draft, Identity, Label, Mention, ReadMark
from inbox.queries.access import conversations_for
from inbox.window import SOON

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
OPEN = Conversation.Status.OPEN


def view_tokens(conversation: Conversation, *, mentioned: list[int], at: datetime) -> list[str]:
    """The lists that a row belongs to, for everybody at once.

    mentioned: ids of people with an unseen mention in it.
    """
    tokens = [f"mention-{pk}" for pk in mentioned]
    if conversation.status != OPEN:
        return [*tokens, str(conversation.status)]
    if conversation.is_snoozed(at):
        return [*tokens, "snoozed"]
    tokens.append("open")
    if conversation.assignee_id is not None:
        tokens.append(f"mine-{conversation.assignee_id}")
    else:
        tokens.append("unassigned")
    if conversation.team_id is not None:
        tokens.append(f"team-{conversation.team_id}")
    if is_closing(conversation, at):
        tokens.append("closing")
    return tokens


def is_closing(conversation: Conversation, at: datetime) -> bool:
    """The customer waits for us and the window closes within four hours."""
    closes_at = conversation.window_closes_at
    return (
        conversation.waiting_since is not None
        and closes_at is not None
        and at < closes_at <= at + SOON
    )


def in_view(user: User, view: str, at: datetime) -> QuerySet[Conversation]:
    """The rows of one view, as far as the person may see them. An unknown view is empty."""
    return of_view(conversations_for(user), user, view, at)


def of_view(
    rows: QuerySet[Conversation], user: User, view: str, at: datetime
) -> QuerySet[Conversation]:
    """Those of the rows that belong to one view."""
    name, _, number = view.partition("-")
    if name == "team":
        return rows.filter(awake(at), team=int(number)) if is_id(number) else rows.none()
    if name == "mention":
        return rows.filter(Exists(unseen_mentions(user)))
    rule = view_rules(user, at).get(name)
    return rows.none() if rule is None else rows.filter(rule)


def is_id(text: str) -> bool:
    """The number of a row, or what stands for one until it is known."""
    return text.removeprefix("-").isdecimal()


def view_rules(user: User, at: datetime) -> dict[str, Q]:
    """What each simple view asks of a row."""
    return {
        "open": awake(at),
        "mine": awake(at) & Q(assignee=user),
        "unassigned": awake(at) & Q(assignee__isnull=True),
        "closing": awake(at) & closing(at),
        "snoozed": Q(status=OPEN, snoozed_until__gt=at),
        "closed": Q(status=Conversation.Status.CLOSED),
        "archived": Q(status=Conversation.Status.ARCHIVED),
    }


def awake(at: datetime) -> Q:
    """Open and not snoozed."""
    return Q(status=OPEN) & (Q(snoozed_until__isnull=True) | Q(snoozed_until__lte=at))


def closing(at: datetime) -> Q:
    """As `is_closing`, for a query."""
    return Q(waiting_since__isnull=False, window_closes_at__gt=at, window_closes_at__lte=at + SOON)


def unseen_mentions(user: User) -> QuerySet[Mention]:
    """The person's unseen mentions in the conversation of an outer query."""
    return Mention.objects.filter(conversation=OuterRef("pk"), user=user, seen_at__isnull=True)


def with_row_parts(rows: QuerySet[Conversation], user: User) -> QuerySet[Conversation]:
    """What a row shows, with the person's own unread count, draft mark and mention.

    Adds `unread`, `has_draft`, `is_mentioned` to each row.
    """
    return with_marks(with_neutral_parts(rows), user)


def with_marks(rows: QuerySet[Conversation], user: User) -> QuerySet[Conversation]:
    """What is one person's own on a row: `unread`, `has_draft`, `is_mentioned`."""
    return rows.annotate(
        unread=unread_by(user),
        has_draft=Exists(Draft.objects.filter(conversation=OuterRef("pk"), user=user)),
        is_mentioned=Exists(unseen_mentions(user)),
    )


def unread_by(user: User) -> Greatest:
    """How many of the customer's messages the person has not seen."""
    seen = ReadMark.objects.filter(conversation=OuterRef("pk"), user=user).values("seen_count")
    return Greatest(
        F("inbound_count") - Coalesce(Subquery(seen), 0), Value(0), output_field=IntegerField()
    )


def with_neutral_parts(rows: QuerySet[Conversation]) -> QuerySet[Conversation]:
    """What every viewer's row needs, in one query: contact, assignee, labels, who is named.

    Adds `mentioned`, the ids of the people with an unseen mention.
    """
    mentions = Mention.objects.filter(conversation=OuterRef("pk"), seen_at__isnull=True)
    labels = Label.objects.filter(conversations=OuterRef("pk")).order_by("pk")
    return gather(
        rows.select_related("contact", "assignee"),
        labels=Gathered(labels, "name", "colour"),
        contact__identities=identities_of("contact"),
    ).annotate(mentioned=ArraySubquery(mentions.order_by().values("user").distinct()))


def identities_of(contact: str) -> Gathered:
    """By what a contact is known; contact: where their id stands in the outer query."""
    return Gathered(Identity.objects.filter(contact=OuterRef(contact)), "kind", "key", "value")


def make_key(moment: datetime | None, pk: int) -> str:
    """The place of a row in a list, as text for an address."""
    return f"{(moment - EPOCH) // timedelta(microseconds=1)}.{pk}" if moment else ""


def parse_key(key: str) -> tuple[datetime, int] | None:
    """The place again; None for nonsense, which reads from the beginning."""
    moment, _, pk = key.partition(".")
    if not (moment.isdecimal() and pk.isdecimal() and len(moment) < 18 and len(pk) < 19):
        return None
    return EPOCH + timedelta(microseconds=int(moment)), int(pk)
