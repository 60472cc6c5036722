"""Who may see what: one rule, told twice, as a query and as audiences.

The query authorises every read; the audiences authorise every push without a query. A test
holds that both give the same answer for everybody.
"""

from collections.abc import Iterable, Sequence

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Membership, Team, User
from core.live import EVERYONE
from inbox.models import Contact, Conversation, Message, Participant

ALL = "all"
SUPERVISORS = "supervisors"


class NotPermitted(Exception):
    """This person may not do that here; the text says what would be needed."""


def conversations_for(user: User | AnonymousUser) -> QuerySet[Conversation]:
    """The conversations that a person may see; for anybody else they do not exist.

    Administrators: all. Supervisors: those of their teams and those without a team. Agents:
    those of their teams. Everybody: those where they are assigned or take part now.
    """
    if not isinstance(user, User) or not user.is_active:
        return Conversation.objects.none()
    if user.is_administrator:
        return Conversation.objects.all()
    allowed = Q(team__in=team_ids(user)) | Q(assignee=user) | Q(takes_part(user))
    if user.is_supervisor:
        allowed |= Q(team__isnull=True)
    return Conversation.objects.filter(allowed)


def messages_for(user: User | AnonymousUser) -> QuerySet[Message]:
    """Messages and notes of the conversations that a person may see."""
    return Message.objects.filter(conversation__in=conversations_for(user))


def contacts_for(user: User | AnonymousUser) -> QuerySet[Contact]:
    """Contacts with a conversation that the person may see, or with none at all yet."""
    if not isinstance(user, User) or not user.is_active:
        return Contact.objects.none()
    if user.is_administrator:
        return Contact.objects.all()
    seen = conversations_for(user).filter(contact=OuterRef("pk"))
    anybody = Conversation.objects.filter(contact=OuterRef("pk"))
    return Contact.objects.filter(Exists(seen) | ~Exists(anybody))


def takes_part(user: User) -> Exists:
    """The person is a participant who has not left."""
    return Exists(
        Participant.objects.filter(conversation=OuterRef("pk"), user=user, left_at__isnull=True)
    )


def team_ids(user: User) -> list[int]:
    """The person's teams, read once a request: a session's person brings them along."""
    cached: list[int] | None = getattr(user, "_team_ids", None)
    if cached is None:
        cached = sorted(membership.team_id for membership in user.memberships.all())
        user._team_ids = cached  # type: ignore[attr-defined]
    return cached


def shape_of(user: User) -> tuple[str, int]:
    """What of a person changes the text of the queries above."""
    return user.role, len(team_ids(user))


def stand_in(shape: tuple[str, int], pk: int, teams: Sequence[int]) -> User:
    """Somebody of this shape, for a query that is written before it is known who asks."""
    user = User(pk=pk, role=shape[0])
    user._team_ids = list(teams)  # type: ignore[attr-defined]
    return user


def leads(user: User, team: Team | int | None) -> bool:
    """May this person supervise (archive, restore, bulk) the team's conversations?"""
    if user.is_administrator:
        return True
    if not user.is_supervisor:
        return False
    return team is None or (team.pk if isinstance(team, Team) else team) in team_ids(user)


def user_audiences(user: User) -> set[str]:
    """The audiences that one person belongs to, read afresh."""
    return audiences_of_people([user])[user.pk]


def audiences_of_people(users: Iterable[User]) -> dict[int, set[str]]:
    """The same for many people, with one query."""
    people = {user.pk: user for user in users}
    teams: dict[int, list[int]] = {}
    rows = Membership.objects.filter(user__in=people).values_list("user_id", "team_id")
    for user_id, team_id in rows:
        teams.setdefault(user_id, []).append(team_id)
    return {pk: _audiences_of_person(user, teams.get(pk, ())) for pk, user in people.items()}


def _audiences_of_person(user: User, teams: Iterable[int]) -> set[str]:
    if not user.is_active:
        return set()
    audiences = {EVERYONE, f"user.{user.pk}", *(f"team.{pk}" for pk in teams)}
    if user.is_administrator:
        audiences.add(ALL)
    if user.is_supervisor:
        audiences.add(SUPERVISORS)
    return audiences


def conversation_audiences(conversation: Conversation) -> set[str]:
    """The audiences that may see a conversation now."""
    people = Participant.objects.filter(
        conversation=conversation, left_at__isnull=True, user__isnull=False
    ).values_list("user_id", flat=True)
    return audiences_of(conversation.team_id, conversation.assignee_id, people)


def audiences_of(team_id: int | None, assignee_id: int | None, people: Iterable[int]) -> set[str]:
    """The rule itself, for callers that read many conversations at once."""
    users = {pk for pk in (assignee_id, *people) if pk is not None}
    return {ALL, group_of(team_id), *(f"user.{pk}" for pk in users)}


def group_of(team_id: int | None) -> str:
    """The one audience that a conversation's team makes."""
    return SUPERVISORS if team_id is None else f"team.{team_id}"


def audiences_of_many(
    conversations: "QuerySet[Conversation] | list[Conversation]",
) -> dict[int, set[str]]:
    """Audiences of many conversations with one query."""
    rows = list(conversations)
    people: dict[int, list[int]] = {}
    for conversation_id, user_id in Participant.objects.filter(
        conversation__in=rows, left_at__isnull=True, user__isnull=False
    ).values_list("conversation_id", "user_id"):
        people.setdefault(conversation_id, []).append(user_id)
    return {
        row.pk: audiences_of(row.team_id, row.assignee_id, people.get(row.pk, ())) for row in rows
    }


def with_people(rows: QuerySet[Conversation]) -> QuerySet[Conversation]:
    """Adds what `audiences_of_row` reads: `people`, the ids of who takes part now."""
    parts = Participant.objects.filter(
        conversation=OuterRef("pk"), left_at__isnull=True, user__isnull=False
    )
    return rows.annotate(people=ArraySubquery(parts.order_by().values("user")))


def audiences_of_row(row: Conversation) -> set[str]:
    """The audiences of a row that `with_people` read."""
    people: list[int] = row.people  # type: ignore[attr-defined]
    return audiences_of(row.team_id, row.assignee_id, people)


def people_who_may_see(conversation: Conversation) -> QuerySet[User]:
    """Active people who may see a conversation: whom one may mention or assign."""
    allowed = (
        Q(role=User.Role.ADMINISTRATOR)
        | Q(pk=conversation.assignee_id)
        | Q(
            pk__in=Participant.objects.filter(
                conversation=conversation, left_at__isnull=True, user__isnull=False
            ).values("user")
        )
    )
    if conversation.team_id is None:
        allowed |= Q(role=User.Role.SUPERVISOR)
    else:
        allowed |= Q(memberships__team=conversation.team_id)
    return User.objects.filter(allowed, is_active=True).distinct()
