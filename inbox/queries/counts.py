"""How many rows each view of the rail holds: none is counted further than a person would."""

from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Func, IntegerField, QuerySet

from accounts.models import User
from core.prepared import Prepared
from inbox.models import Conversation, Mention
from inbox.queries.access import conversations_for, shape_of, stand_in, team_ids
from inbox.queries.views import OPEN, awake, of_view
from inbox.queries.walks import IsAny, Joined, first_ids, ways_to

# What is more counts as this, so that a view's number costs the same however full it is.
MOST = 100
PREFIX = "count_"
WALKED = ("open", "unassigned", "closing")


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
    [row] = counts.read(shape_of(user), at, user.pk, *team_ids(user))
    return read_counts(user, row)


def rows_of_counts(shape: tuple[str, int], at: datetime, pk: int, *teams: int) -> QuerySet[User]:
    """The person's row, with a number for each view."""
    person = stand_in(shape, pk, teams)
    return User.objects.only("pk").annotate(**counting(person, at)).filter(pk=pk)


counts = Prepared(rows_of_counts)


def read_counts(user: User, row: User) -> dict[str, int]:
    """The numbers by token again, from what `counting` called them in a query."""
    values = {name: min(MOST, number) for name, number in vars(row).items() if is_count(name)}
    tokens = {f"mine-{user.pk}": "mine", f"mention-{user.pk}": "mention"}
    tokens |= {f"team-{pk}": f"team_{index}" for index, pk in enumerate(team_ids(user))}
    tokens |= {view: view for view in (*WALKED, "snoozed")}
    return {token: values[PREFIX + name] for token, name in tokens.items()}


def is_count(name: str) -> bool:
    return name.startswith(PREFIX)


def counting(user: User, at: datetime) -> dict[str, Func]:
    """What to ask of a query for one row: `count_open`, `count_team_0` and so on."""
    rows = Conversation.objects.all()
    seen = conversations_for(user)
    found: dict[str, Func] = {}
    for view in WALKED:
        found[view] = Different(Joined(*ways_to(of_view(rows, user, view, at), user, MOST)))
    found["mine"] = Size(first_ids(of_view(rows, user, "mine", at), MOST))
    for index, pk in enumerate(team_ids(user)):
        found[f"team_{index}"] = Size(first_ids(rows.filter(awake(at), team=pk), MOST))
    sleeping = first_ids(of_view(rows, user, "snoozed", at), None)
    found["snoozed"] = Size(first_ids(seen.filter(IsAny(F("pk"), sleeping)), MOST))
    named = ArraySubquery(unseen(user).values("conversation"))
    found["mention"] = Size(first_ids(seen.filter(IsAny(F("pk"), named), status=OPEN), MOST))
    return {PREFIX + view: number for view, number in found.items()}


def unseen(user: User) -> QuerySet[Mention]:
    """The person's unseen mentions, wherever they are."""
    return Mention.objects.filter(user=user, seen_at__isnull=True).order_by()
