"""The beginning of a list in a time that does not grow with the inbox.

A person sees conversations in several ways: through each team, as the assignee, as a guest. One
query over all of them reads everything before it sorts. Here each way is a short walk along an
index from the list's own end, and only what the walks found is sorted.
"""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, BooleanField, F, Func, OuterRef, QuerySet

from accounts.models import Team, User
from inbox.models import Conversation, Participant

GUESTS = [Participant.Role.COLLABORATOR, Participant.Role.OBSERVER]
Rows = QuerySet[Conversation]


class IsAny(Func):
    """id = ANY(array): the array is made first, and its rows are looked up by their ids."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = BooleanField()


class Joined(Func):
    """Arrays one behind the other."""

    template = "%(expressions)s"
    arg_joiner = " || "
    output_field = BigIntegerField()


class Unnested(Func):
    """An array as rows."""

    function = "unnest"
    set_returning = True
    output_field = BigIntegerField()


def is_reached(rows: Rows, user: User, limit: int) -> IsAny:
    """The condition of being among the first that some way of seeing leads to.

    rows: a view in its order, without regard to who asks. Only `conversations_for` decides who
    may see; this narrows it to what is worth asking for, and never leaves out what it allows.
    """
    return IsAny(F("pk"), Joined(*ways_to(rows, user, limit)))


def ways_to(rows: Rows, user: User, limit: int) -> list[ArraySubquery]:
    """An array of ids for each way of seeing that the person has, as `conversations_for` says."""
    ways = [through_teams(rows, user, limit)]
    if user.is_administrator or user.is_supervisor:
        ways.append(first_ids(rows.filter(team__isnull=True), limit))
    if not user.is_administrator:
        ways += [first_ids(row, limit) for row in own(rows, user)]
    return ways


def through_teams(rows: Rows, user: User, limit: int) -> ArraySubquery:
    """One walk a team, of those that the person is in; an administrator sees every team's."""
    teams = Team.objects.all() if user.is_administrator else user.teams.all()
    walk = first_ids(rows.filter(team=OuterRef("pk")), limit)
    return ArraySubquery(teams.order_by().values_list(Unnested(walk)))


def own(rows: Rows, user: User) -> list[Rows]:
    """What a person sees in whatever team: theirs, and where somebody asked them in."""
    active = Participant.objects.filter(user=user, role__in=GUESTS, left_at__isnull=True)
    guest = IsAny(F("pk"), ArraySubquery(active.values("conversation")))
    return [rows.filter(assignee=user), rows.filter(guest)]


def first_ids(rows: Rows, limit: int | None) -> ArraySubquery:
    """Their ids, the first ones alone where there is a limit."""
    return ArraySubquery((rows.order_by() if limit is None else rows[:limit]).values("pk"))
