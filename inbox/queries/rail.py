"""What stands in the rail beside every page: views with counts, numbers, colleagues."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Membership, PhoneNumber, Presence, Team, User
from core.gathering import Gathered, gather
from core.prepared import Prepared
from inbox.models import Conversation
from inbox.queries.access import shape_of, stand_in, team_ids
from inbox.queries.counts import read_counts, rows_of_counts
from inbox.queries.views import awake

MOST_COLLEAGUES = 60
COLLEAGUE = ("name", "open_count", "presence__state", "presence__last_seen_at")


@dataclass(frozen=True, slots=True)
class Rail:
    """counts: by view token, as view_tokens writes them."""

    counts: dict[str, int]
    teams: list[Team]
    numbers: list[PhoneNumber]
    colleagues: list[User]


def read_rail(user: User, at: datetime) -> Rail:
    """Everything the rail shows to one person, in one query."""
    [found] = rails.read(shape_of(user), at, user.pk, *team_ids(user))
    row = vars(found)
    return Rail(
        counts=read_counts(user, found),
        teams=row["rail_teams"],
        numbers=row["rail_numbers"],
        colleagues=row["rail_colleagues"],
    )


def rows_of_rail(shape: tuple[str, int], at: datetime, pk: int, *teams: int) -> QuerySet[User]:
    """The person's row, with all that stands beside their pages."""
    user = stand_in(shape, pk, teams)
    return gather(
        rows_of_counts(shape, at, pk, *teams),
        rail_teams=Gathered(teams_of(user), "name"),
        rail_numbers=Gathered(numbers_of(user), "display_phone_number", "quality_rating"),
        rail_colleagues=Gathered(colleagues_of(user, at), *COLLEAGUE),
    )


rails = Prepared(rows_of_rail)


def teams_of(user: User) -> QuerySet[Team]:
    """Administrators have every team's view, others their own teams'."""
    teams = Team.objects.order_by("name")
    return teams if user.is_administrator else teams.filter(pk__in=team_ids(user))


def numbers_of(user: User) -> QuerySet[PhoneNumber]:
    """Numbers in use by the person's teams, or by no team in particular."""
    numbers = PhoneNumber.objects.filter(channel__is_active=True).order_by("display_phone_number")
    if user.is_administrator:
        return numbers
    own = Q(channel__default_team__in=team_ids(user))
    return numbers.filter(own | Q(channel__default_team__isnull=True))


def colleagues_of(user: User, at: datetime) -> QuerySet[User]:
    """Active members of the person's teams with `open_count`, the person included."""
    open_counts = (
        Conversation.objects.filter(awake(at), assignee=OuterRef("pk"))
        .order_by()
        .values("assignee")
        .annotate(number=Count("pk"))
        .values("number")
    )
    people = User.objects.filter(is_active=True)
    if not user.is_administrator:
        inside = Membership.objects.filter(user=OuterRef("pk"), team__in=team_ids(user))
        people = people.filter(Q(Exists(inside)) | Q(pk=user.pk))
    return people.annotate(open_count=Coalesce(Subquery(open_counts), 0)).order_by("name", "pk")[
        :MOST_COLLEAGUES
    ]


def shown_presence(user: User, at: datetime) -> str:
    """available, away or offline, as colleagues see it."""
    try:
        return user.presence.shown(at)
    except Presence.DoesNotExist:
        return "offline"
