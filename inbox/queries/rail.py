"""What stands in the rail beside every page: views with counts, numbers, colleagues."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import PhoneNumber, Presence, Team, User
from inbox.models import Conversation
from inbox.queries.access import team_ids
from inbox.queries.views import awake, count_views


@dataclass(frozen=True, slots=True)
class Rail:
    """counts: by view token, as view_tokens writes them."""

    counts: dict[str, int]
    teams: list[Team]
    numbers: list[PhoneNumber]
    colleagues: list[User]


def read_rail(user: User, at: datetime) -> Rail:
    """Everything the rail shows to one person; six queries."""
    return Rail(
        counts=count_views(user, at),
        teams=list(teams_of(user)),
        numbers=list(numbers_of(user)),
        colleagues=list(colleagues_of(user, at)),
    )


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
        people = people.filter(Q(memberships__team__in=team_ids(user)) | Q(pk=user.pk))
    return (
        people.distinct()
        .annotate(open_count=Coalesce(Subquery(open_counts), 0))
        .select_related("presence")
        .order_by("name", "pk")[:60]
    )


def shown_presence(user: User, at: datetime) -> str:
    """available, away or offline, as colleagues see it."""
    try:
        return user.presence.shown(at)
    except Presence.DoesNotExist:
        return "offline"
