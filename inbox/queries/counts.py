"""How many rows each view of the rail holds: none is counted further than a person would."""

from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Func, IntegerField, QuerySet

from accounts.models import User
from inbox.models import Conversation, Mention
from inbox.queries.access import conversations_for, team_ids
from inbox.queries.views import OPEN, of_view
from inbox.queries.walks import IsAny, Joined, first_ids, ways_to

# What is more counts as this, so that a view's number costs the same however full it is.
MOST = 100
PREFIX = "count_"


class Size(Func):
    """How many entries an array has."""

    function = "cardinality"
    output_field = IntegerField()


class Different(Func):
    """How many different numbers an array holds."""

    template = "(SELECT count(DISTINCT each) FROM unnest(%(expressions)s) each)"
    output_field = IntegerField()


def count_views(user: User, at: datetime) -> dict[str, int]:
    """By view token, MOST standing for whatever is more. One query."""
    counts: Any = User.objects.values(**counting(user, at)).get(pk=user.pk)
    return read_counts(counts)


def read_counts(values: dict[str, Any]) -> dict[str, int]:
    """The numbers by token again, from what `counting` called them in a query."""
    return {
        name.removeprefix(PREFIX).replace("_", "-"): min(MOST, number)
        for name, number in values.items()
        if name.startswith(PREFIX)
    }


def counting(user: User, at: datetime) -> dict[str, Func]:
    """What to ask of a query for one row: a number for each view, as `count_<token>`."""
    rows = Conversation.objects.all()
    seen = conversations_for(user)
    counts: dict[str, Func] = {}
    for view in ("open", "unassigned", "closing"):
        counts[view] = Different(Joined(*ways_to(of_view(rows, user, view, at), user, MOST)))
    for view in (f"mine-{user.pk}", *(f"team-{pk}" for pk in team_ids(user))):
        counts[view] = Size(first_ids(of_view(rows, user, view, at), MOST))
    sleeping = first_ids(of_view(rows, user, "snoozed", at), None)
    counts["snoozed"] = Size(first_ids(seen.filter(IsAny(F("pk"), sleeping)), MOST))
    named = ArraySubquery(unseen(user).values("conversation"))
    awake = seen.filter(IsAny(F("pk"), named), status=OPEN)
    counts[f"mention-{user.pk}"] = Size(first_ids(awake, MOST))
    return {PREFIX + view.replace("-", "_"): number for view, number in counts.items()}


def unseen(user: User) -> QuerySet[Mention]:
    """The person's unseen mentions, wherever they are."""
    return Mention.objects.filter(user=user, seen_at__isnull=True).order_by()
