"""The only place that locks a conversation for a change, and asks who may make it.

None as the person is Sash itself: a task, an administrator's command, the intake.
"""

from accounts.models import User
from inbox.models import Conversation, Participant
from inbox.queries.access import (
    NotPermitted,
    conversation_audiences,
    leads,
    user_audiences,
)


class WrongStatus(Exception):
    """The conversation is open, closed or archived where that cannot be; see `status`."""

    def __init__(self, status: str) -> None:
        self.status = status
        super().__init__(f"The conversation is {status}.")


def lock_conversation(
    conversation: Conversation, by: User | None, *statuses: Conversation.Status
) -> Conversation:
    """The fresh row, locked until the transaction ends, for somebody who may act on it.

    statuses: those in which the change makes sense; none: all but archived.
    Raises NotPermitted and WrongStatus.
    """
    locked = lock_to_see(conversation, by, *statuses)
    if by is not None and not may_act(by, locked):
        raise NotPermitted("Observers read and write notes; they do not act.")
    return locked


def lock_to_see(
    conversation: Conversation, by: User | None, *statuses: Conversation.Status
) -> Conversation:
    """As `lock_conversation`, for what everybody may do who sees it, observers too."""
    locked = Conversation.objects.select_for_update().get(pk=conversation.pk)
    if by is not None and not may_see(by, locked):
        raise NotPermitted("Only people who may see this conversation may do that.")
    allowed = statuses or (Conversation.Status.OPEN, Conversation.Status.CLOSED)
    if locked.status not in allowed:
        raise WrongStatus(locked.status)
    return locked


def lock_to_supervise(
    conversation: Conversation, by: User | None, *statuses: Conversation.Status
) -> Conversation:
    """As `lock_conversation`, for what only supervisors of the team and administrators may do."""
    locked = lock_conversation(conversation, by, *statuses)
    if by is not None and not leads(by, locked.team_id):
        raise NotPermitted("Only a supervisor of the team or an administrator may do that.")
    return locked


def may_see(user: User, conversation: Conversation) -> bool:
    """The person's audiences meet the conversation's."""
    return bool(user_audiences(user) & conversation_audiences(conversation))


def may_act(user: User, conversation: Conversation) -> bool:
    """May see it, and not merely as an observer, who reads and writes notes."""
    shared = user_audiences(user) & conversation_audiences(conversation)
    if shared - {f"user.{user.pk}"}:
        return True
    return bool(shared) and (
        conversation.assignee_id == user.pk
        or Participant.objects.filter(
            conversation=conversation,
            user=user,
            left_at__isnull=True,
            role__in=[Participant.Role.ASSIGNEE, Participant.Role.COLLABORATOR],
        ).exists()
    )
