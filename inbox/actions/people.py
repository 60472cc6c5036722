"""What a change among people does to conversations: given back, and taken off open pages."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.dispatch import receiver

from accounts import signals
from accounts.models import Team, User
from inbox.actions import pushes
from inbox.actions.assignments import leave, return_to_queue
from inbox.models import Conversation, Participant

OPEN = Conversation.Status.OPEN


@receiver(signals.left_team)
def give_back_team(*, user: User, team: Team, by: User | None, at: datetime, **_: Any) -> None:
    """Whoever leaves a team has none of its conversations any more, closed ones neither."""
    if user.is_administrator:
        return
    theirs = Conversation.objects.filter(team=team, assignee=user)
    _give_back(theirs.filter(status=OPEN), by=by, at=at)
    rest = list(theirs.select_for_update().order_by("pk").values_list("pk", flat=True))
    Conversation.objects.filter(pk__in=rest).update(assignee=None)
    assigned = Participant.objects.filter(
        conversation__in=rest, user=user, role=Participant.Role.ASSIGNEE, left_at=None
    )
    leave(assigned, at)


@receiver(signals.person_left)
def give_back_all(*, user: User, by: User | None, at: datetime, **_: Any) -> None:
    """A leaver's open conversations go to the queues of their teams."""
    _give_back(Conversation.objects.filter(assignee=user, status=OPEN), by=by, at=at)
    leave(Participant.objects.filter(user=user, left_at=None), at)


def _give_back(rows: QuerySet[Conversation], *, by: User | None, at: datetime) -> None:
    for conversation in rows.select_for_update().order_by("pk"):
        return_to_queue(conversation, by=by, at=at)


@receiver(signals.access_changed)
def tell_pages(*, users: list[int], **_: Any) -> None:
    """Their rows, open conversations and sockets are asked again."""
    pushes.access_changed(users)


@receiver(signals.presence_changed)
def tell_colleagues(*, user: User, **_: Any) -> None:
    """The dot beside the name."""
    pushes.presence_changed(user)
