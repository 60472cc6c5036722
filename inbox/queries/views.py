"""The lists of the inbox: which rows each holds, in which order, page by page.

A view is a token ("open", "team-3", "mine-7", "closing"). The same tokens are written on each
row (`view_tokens`), so that a pushed row finds its lists without asking the server.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Greatest

from accounts.models import User
from inbox.models import Conversation, Draft, Mention, ReadMark
from inbox.queries.access import conversations_for, team_ids
from inbox.window import SOON

PAGE = 40
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
OPEN = Conversation.Status.OPEN


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of a list and the key after which the next page begins (empty at the end)."""

    rows: list[Conversation]
    next_key: str


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
    seen = conversations_for(user)
    name, _, number = view.partition("-")
    if name == "team":
        return seen.filter(awake(at), team=int(number)) if number.isdecimal() else seen.none()
    if name == "mention":
        return seen.filter(Exists(unseen_mentions(user)))
    rule = view_rules(user, at).get(name)
    return seen.none() if rule is None else seen.filter(rule)


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
    """One page of a view by keyset: newest first, or the soonest closing first.

    after: the `next_key` of the page before ("<microseconds>.<id>"). Four queries at most.
    """
    rows = with_row_parts(in_view(user, view, at), user)
    if unread:
        rows = rows.filter(Q(unread__gt=0))
    if unanswered:
        rows = rows.filter(status=OPEN, waiting_since__isnull=False)
    if label is not None:
        rows = rows.filter(labels=label)
    field = "window_closes_at" if deadline_first or view == "closing" else "last_message_at"
    ascending = field == "window_closes_at"
    if ascending:
        rows = rows.filter(window_closes_at__gt=at)
    if key := parse_key(after):
        moment, pk = key
        beyond = "gt" if ascending else "lt"
        rows = rows.filter(
            Q(**{f"{field}__{beyond}": moment}) | Q(**{field: moment, f"pk__{beyond}": pk})
        )
    sign = "" if ascending else "-"
    found = list(rows.order_by(f"{sign}{field}", f"{sign}pk")[: limit + 1])
    more = found[:limit] if len(found) > limit else found
    return Page(
        more, make_key(getattr(more[-1], field), more[-1].pk) if len(found) > limit else ""
    )


def with_row_parts(rows: QuerySet[Conversation], user: User) -> QuerySet[Conversation]:
    """What a row shows, with the person's own unread count, draft mark and mention.

    Adds `unread`, `has_draft`, `is_mentioned` to each row.
    """
    seen = ReadMark.objects.filter(conversation=OuterRef("pk"), user=user).values("seen_count")
    drafts = Draft.objects.filter(conversation=OuterRef("pk"), user=user)
    return with_neutral_parts(rows).annotate(
        unread=Greatest(
            F("inbound_count") - Coalesce(Subquery(seen), 0), Value(0), output_field=IntegerField()
        ),
        has_draft=Exists(drafts),
        is_mentioned=Exists(unseen_mentions(user)),
    )


def with_neutral_parts(rows: QuerySet[Conversation]) -> QuerySet[Conversation]:
    """What every viewer's row needs: contact with identities, channel, people, labels."""
    return rows.select_related("contact", "channel__number", "team", "assignee").prefetch_related(
        "labels", "contact__identities"
    )


def mentioned_people(conversation_ids: list[int]) -> dict[int, list[int]]:
    """Conversation id -> ids of people with an unseen mention there."""
    found: dict[int, list[int]] = {}
    rows = Mention.objects.filter(conversation__in=conversation_ids, seen_at__isnull=True)
    for conversation_id, user_id in rows.values_list("conversation_id", "user_id").distinct():
        found.setdefault(conversation_id, []).append(user_id)
    return found


def count_views(user: User, at: datetime) -> dict[str, int]:
    """How many rows each view of the rail holds, counted in one pass over what is open."""
    seen = conversations_for(user).filter(status=OPEN)
    rules = view_rules(user, at)
    kinds = {name: rules[name] for name in ("open", "unassigned", "closing", "snoozed")}
    kinds[f"mine-{user.pk}"] = rules["mine"]
    kinds |= {f"team-{pk}": awake(at) & Q(team=pk) for pk in team_ids(user)}
    counts = seen.aggregate(
        **{key.replace("-", "_"): Count("pk", filter=rule) for key, rule in kinds.items()}
    )
    mentions = Mention.objects.filter(user=user, seen_at__isnull=True, conversation__in=seen)
    return {
        **{key: counts[key.replace("-", "_")] for key in kinds},
        f"mention-{user.pk}": mentions.values("conversation").distinct().count(),
    }


def make_key(moment: datetime | None, pk: int) -> str:
    """The place of a row in a list, as text for an address."""
    return f"{(moment - EPOCH) // timedelta(microseconds=1)}.{pk}" if moment else ""


def parse_key(key: str) -> tuple[datetime, int] | None:
    """The place again; None for nonsense, which reads from the beginning."""
    moment, _, pk = key.partition(".")
    if not (moment.isdecimal() and pk.isdecimal() and len(moment) < 18 and len(pk) < 19):
        return None
    return EPOCH + timedelta(microseconds=int(moment)), int(pk)
