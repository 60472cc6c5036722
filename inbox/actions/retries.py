"""A message that did not go, or may not have gone: what people decide about it.

Every new try is a new attempt of the same message, with its own id at Meta.
"""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from inbox.actions import pushes
from inbox.actions.gate import (
    InvalidMessage,
    admit_template,
    check_conversation,
    enter_gate,
    expiry_of,
)
from inbox.actions.reactions import take_back
from inbox.actions.waiting import answer_again, wait_again
from inbox.failures import Own, explain_failure
from inbox.models import Conversation, Message, OutboxEntry
from inbox.outbox import add_to_outbox

Status = Message.Status


class NotRetryable(InvalidMessage):
    """It did not fail, or trying the same again would do harm or nothing."""

    def __init__(self, reason: str) -> None:
        super().__init__({"message": [reason]})


class NothingToConfirm(NotRetryable):
    """Word of the message came meanwhile, or somebody else decided."""


@transaction.atomic
def retry_message(*, message: Message, by: User, at: datetime) -> Message:
    """Queue a failed message again, if its failure allows that and the gate lets it pass.

    Raises NotRetryable and what send_message raises.
    """
    conversation = enter_gate(message.conversation, by)
    locked = _lock(message)
    if locked.status != Status.FAILED:
        raise NotRetryable("This message has not failed.")
    failure = explain_failure(locked.error_code, locked.error_detail)
    if not failure.can_retry:
        raise NotRetryable(f"{failure.cause} {failure.advice}")
    _queue_again(locked, conversation, at)
    return locked


@transaction.atomic
def confirm_unknown(*, message: Message, resend: bool, by: User, at: datetime) -> Message:
    """Answer the question whether a message without an answer is to be sent again.

    Without resending it counts as failed, until Meta says otherwise. Raises NothingToConfirm
    and, to resend, what send_message raises.
    """
    conversation = enter_gate(message.conversation, by)
    locked = _lock(message)
    if locked.status != Status.UNKNOWN:
        raise NothingToConfirm("It is settled already.")
    if resend:
        _queue_again(locked, conversation, at)
        return locked
    OutboxEntry.objects.filter(message=locked).delete()
    fail_message(locked, Own.NOT_CONFIRMED, f"decided by {by}", at)
    pushes.message_changed(locked)
    return locked


def fail_message(message: Message, code: int | None, detail: str, at: datetime) -> None:
    """Write a failure with its reason on a locked message, and on its row in the lists.

    Whoever calls pushes.
    """
    message.status = Status.FAILED
    message.rank = Message.RANKS[Status.FAILED]
    message.error_code = code
    message.error_detail = detail[:1000]
    message.failed_at = at
    message.save(update_fields=["status", "rank", "error_code", "error_detail", "failed_at"])
    if message.kind == Message.Kind.REACTION:
        take_back(message, at=at)
        return
    Conversation.objects.filter(
        pk=message.conversation_id, last_message_at__lte=message.at, preview_failed=False
    ).update(preview_failed=True)
    wait_again(message.conversation_id)


def _lock(message: Message) -> Message:
    """The fresh row. Whoever wants both takes the outbox row before the message."""
    OutboxEntry.objects.select_for_update().filter(message=message).first()
    rows = Message.objects.select_for_update(of=("self",)).select_related(
        "conversation", "template", "channel"
    )
    return rows.get(pk=message.pk)


def _queue_again(message: Message, conversation: Conversation, at: datetime) -> None:
    is_free = message.template is None
    check_conversation(conversation, is_free=is_free, at=at)
    lane = OutboxEntry.objects.filter(message=message).values_list("lane", flat=True).first()
    if message.template is not None:
        is_bulk = lane == OutboxEntry.Lane.BULK
        admit_template(message.template, conversation, is_bulk=is_bulk, at=at)
    OutboxEntry.objects.filter(message=message).delete()
    message.status = Status.QUEUED
    message.rank = Message.RANKS[Status.QUEUED]
    message.provider_id = None
    message.error_code = None
    message.error_detail = ""
    message.failed_at = None
    message.save(
        update_fields=["status", "rank", "provider_id", "error_code", "error_detail", "failed_at"]
    )
    add_to_outbox(
        message,
        contact_id=conversation.contact_id,
        lane=OutboxEntry.Lane(lane if lane is not None else OutboxEntry.Lane.REPLY),
        expires_at=expiry_of(conversation, is_free=is_free, at=at),
        at=at,
    )
    Conversation.objects.filter(pk=conversation.pk, last_message_at__lte=message.at).update(
        preview_failed=False
    )
    answer_again(conversation.pk)
    pushes.message_changed(message)
