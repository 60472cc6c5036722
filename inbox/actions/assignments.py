"""Whose conversation it is: taken, given back, assigned, handed over, joined and left."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Greatest

from accounts.models import Team, User
from inbox.actions import pushes
from inbox.actions.events import record_event
from inbox.actions.rights import lock_conversation, lock_to_see, may_act
from inbox.models import Assignment, Conversation, Participant
from inbox.queries.access import ALL, NotPermitted, conversation_audiences, user_audiences

OPEN = Conversation.Status.OPEN
COLLABORATOR = Participant.Role.COLLABORATOR
OBSERVER = Participant.Role.OBSERVER


class AlreadyAssigned(Exception):
    """Somebody was quicker: `user` has the conversation."""

    def __init__(self, user: User) -> None:
        self.user = user
        super().__init__(f"{user} already has this conversation.")


class CannotBeAssigned(Exception):
    """The person left, or may not see the conversations of the team."""


@transaction.atomic
def take_conversation(*, conversation: Conversation, by: User, at: datetime) -> Conversation:
    """Mine, if nobody's; the first of two wins. Raises AlreadyAssigned, NotPermitted."""
    locked = lock_conversation(conversation, by, OPEN)
    if locked.assignee_id == by.pk:
        return locked
    if locked.assignee is not None and locked.assignee.is_active:
        raise AlreadyAssigned(locked.assignee)
    locked.floor = Conversation.Floor.HUMAN
    give_to(locked, user=by, by=by, at=at)
    pushes.conversation_changed(locked)
    record_event(conversation=locked, kind="taken", actor=by, at=at, user=by.pk, name=str(by))
    return locked


@transaction.atomic
def give_back_conversation(
    *, conversation: Conversation, by: User | None, at: datetime
) -> Conversation:
    """Nobody's again, in the queue of its team. Raises NotPermitted, WrongStatus."""
    locked = lock_conversation(conversation, by, OPEN)
    if locked.assignee_id is not None:
        return_to_queue(locked, by=by, at=at)
    return locked


def return_to_queue(conversation: Conversation, *, by: User | None, at: datetime) -> None:
    """Take a locked conversation from its assignee, and tell everybody."""
    before = conversation_audiences(conversation)
    was = conversation.assignee
    give_to(conversation, user=None, by=by, at=at)
    lost = before - conversation_audiences(conversation)
    pushes.conversation_changed(conversation, lost=lost)
    record_event(
        conversation=conversation,
        kind="given_back",
        actor=by,
        at=at,
        user=was and was.pk,
        name=str(was or ""),
        team=str(conversation.team or ""),
    )


def settle_assignee(conversation: Conversation, *, by: User | None, at: datetime) -> None:
    """An opened conversation whose assignee has left Sash goes back to its team."""
    assignee = conversation.assignee
    if assignee is not None and not assignee.is_active:
        return_to_queue(conversation, by=by, at=at)


@transaction.atomic
def assign_conversation(
    *,
    conversation: Conversation,
    by: User | None,
    at: datetime,
    team: Team | None = None,
    user: User | None = None,
    note: str = "",
) -> Conversation:
    """Hand over to a person, a team, or a person of a team, with a note for whoever gets it.

    team None: the team stays. user None: the team's queue. The person must be able to see the
    team's conversations. Raises CannotBeAssigned, NotPermitted, WrongStatus.
    """
    locked = lock_conversation(conversation, by, OPEN)
    target = team or locked.team
    if user is not None and not may_be_given(user, target):
        raise CannotBeAssigned(f"{user} may not see the conversations of {target}.")
    if (target, user) == (locked.team, locked.assignee):
        return locked
    before, was = conversation_audiences(locked), (locked.assignee, locked.team)
    locked.team = target
    locked.floor = Conversation.Floor.HUMAN
    give_to(locked, user=user, by=by, at=at, note=note)
    pushes.conversation_changed(locked, lost=before - conversation_audiences(locked))
    record_event(
        conversation=locked,
        kind="assigned",
        actor=by,
        at=at,
        note=note.strip()[:1000],
        **_named("", user, target),
        **_named("from_", *was),
    )
    return locked


def _named(prefix: str, user: User | None, team: Team | None) -> dict[str, int | str | None]:
    return {
        f"{prefix}user": user.pk if user else None,
        f"{prefix}name": str(user or ""),
        f"{prefix}team": team.pk if team else None,
        f"{prefix}team_name": str(team or ""),
    }


def may_be_given(user: User, team: Team | None) -> bool:
    """Active, and a member of the team or an administrator; without a team, anybody."""
    if team is None or not user.is_active:
        return user.is_active
    return bool(user_audiences(user) & {ALL, f"team.{team.pk}"})


def give_to(
    conversation: Conversation,
    *,
    user: User | None,
    by: User | None,
    at: datetime,
    note: str = "",
) -> None:
    """Write the new assignee of a locked conversation, its history and its participants."""
    was = conversation.assignee_id
    conversation.assignee = user
    conversation.save(update_fields=["assignee", "team", "floor"])
    conversation.assignments.filter(ended_at__isnull=True).update(ended_at=at)
    Assignment.objects.create(
        conversation=conversation,
        team=conversation.team,
        user=user,
        by=by,
        note=note.strip()[:1000],
        at=at,
    )
    if was == (user and user.pk):
        return
    active = conversation.participants.filter(left_at__isnull=True)
    leave(active.filter(role=Participant.Role.ASSIGNEE), at)
    if user is not None:
        Participant.objects.create(
            conversation=conversation, role=Participant.Role.ASSIGNEE, user=user, joined_at=at
        )


@transaction.atomic
def add_collaborator(
    *,
    conversation: Conversation,
    user: User,
    by: User,
    at: datetime,
    role: Participant.Role = COLLABORATOR,
) -> Conversation:
    """Let a colleague of any team take part, or watch as an observer; who is in stays in.

    Raises CannotBeAssigned for a leaver, NotPermitted, WrongStatus.
    """
    if role not in (COLLABORATOR, OBSERVER):
        raise ValueError(f"{role} is not a role that one can be asked into")
    locked = lock_conversation(conversation, by)
    if not user.is_active:
        raise CannotBeAssigned(f"{user} has left.")
    present = _asked_in(locked, user)
    if present.filter(role=role).exists():
        return locked
    leave(present, at)
    Participant.objects.create(conversation=locked, role=role, user=user, joined_at=at)
    locked.save(update_fields=["status"])  # gives the row its new seq
    pushes.conversation_changed(locked)
    record_event(
        conversation=locked,
        kind="joined",
        actor=by,
        at=at,
        user=user.pk,
        name=str(user),
        role=str(role),
    )
    return locked


@transaction.atomic
def remove_collaborator(
    *, conversation: Conversation, user: User, by: User | None, at: datetime
) -> Conversation:
    """A collaborator or observer leaves, or is taken out by somebody who may act.

    Raises NotPermitted, WrongStatus.
    """
    locked = lock_to_see(conversation, by)
    if by is not None and by != user and not may_act(by, locked):
        raise NotPermitted("Observers may take only themselves out.")
    before = conversation_audiences(locked)
    if not leave(_asked_in(locked, user), at):
        return locked
    locked.save(update_fields=["status"])  # gives the row its new seq
    pushes.conversation_changed(locked, lost=before - conversation_audiences(locked))
    record_event(conversation=locked, kind="left", actor=by, at=at, user=user.pk, name=str(user))
    return locked


def _asked_in(conversation: Conversation, user: User) -> QuerySet[Participant]:
    return conversation.participants.filter(
        user=user, left_at__isnull=True, role__in=[COLLABORATOR, OBSERVER]
    )


def leave(participants: QuerySet[Participant], at: datetime) -> int:
    """End these participations, never before they began; how many there were."""
    return participants.update(left_at=Greatest(F("joined_at"), Value(at)))
