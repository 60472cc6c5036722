"""The life of a conversation: started, closed, reopened, snoozed, labelled."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.models import Channel, User
from inbox.actions import pushes
from inbox.actions.assignments import give_to, settle_assignee
from inbox.actions.contacts import find_or_create_contact
from inbox.actions.events import record_event
from inbox.actions.rights import lock_conversation, may_act
from inbox.actions.session_windows import closing_times
from inbox.models import Contact, Conversation, Label, Participant
from inbox.queries.access import NotPermitted, team_ids

OPEN = Conversation.Status.OPEN
CLOSED = Conversation.Status.CLOSED
WAKE_BATCH = 500
REOPENED = ["status", "closed_at", "closed_by", "close_reason"]
REOPENED += ["window_closes_at", "window_closed_announced"]


class AlreadyOpen(Exception):
    """The contact has another open conversation on this channel: go on there."""

    def __init__(self, conversation: Conversation) -> None:
        self.conversation = conversation
        super().__init__("The contact already has an open conversation on this channel.")


class InvalidSnooze(Exception):
    """A conversation sleeps until a moment that is still to come."""


@transaction.atomic
def start_conversation(
    *,
    channel: Channel,
    by: User,
    at: datetime,
    contact: Contact | None = None,
    phone: str = "",
    name: str = "",
) -> Conversation:
    """The contact's open conversation on the channel, or a new one that belongs to `by`.

    contact, or phone in any international spelling. Nothing is sent: unless the customer wrote
    within 24 hours, the first message must be a template, which the gate sees to.
    Raises NotPermitted and, from inbox.actions.contacts, InvalidContact.
    """
    if not may_write_from(by, channel):
        raise NotPermitted("This channel belongs to another team.")
    contact = contact or find_or_create_contact(phone=phone, name=name)
    try:
        with transaction.atomic():
            return _create(channel=channel, contact=contact, by=by, at=at)
    except IntegrityError:
        standing = Conversation.objects.get(contact=contact, channel=channel, status=OPEN)
    if not may_act(by, standing):
        raise NotPermitted("Another team is already speaking with this customer.")
    return standing


def may_write_from(user: User, channel: Channel) -> bool:
    """A channel is for its default team's people; one without a team is for everybody."""
    if not (user.is_active and channel.is_active):
        return False
    team_id = channel.default_team_id
    return user.is_administrator or team_id is None or team_id in team_ids(user)


def _create(*, channel: Channel, contact: Contact, by: User, at: datetime) -> Conversation:
    conversation = Conversation(
        contact=contact,
        channel=channel,
        team=channel.default_team,
        floor=Conversation.Floor.HUMAN,
        opened_at=at,
        last_message_at=at,
    )
    _take_over_window(conversation, at)
    conversation.save()
    Participant.objects.create(
        conversation=conversation, role=Participant.Role.CUSTOMER, contact=contact, joined_at=at
    )
    give_to(conversation, user=by, by=by, at=at)
    pushes.conversation_changed(conversation)
    record_event(conversation=conversation, kind="started", actor=by, at=at, channel=channel.name)
    return conversation


def _take_over_window(conversation: Conversation, at: datetime) -> None:
    """Of the contact on the channel: they may have written into another conversation."""
    key = (conversation.contact_id, conversation.channel_id)
    closes_at = closing_times([key]).get(key)
    conversation.window_closes_at = closes_at
    conversation.window_closed_announced = closes_at is None or closes_at <= at


@transaction.atomic
def close_conversation(
    *, conversation: Conversation, by: User | None, reason: str = "", at: datetime
) -> Conversation:
    """Done, until the customer writes again. Raises NotPermitted, WrongStatus."""
    locked = lock_conversation(conversation, by, OPEN)
    locked.status = CLOSED
    locked.closed_at = at
    locked.closed_by = by
    locked.close_reason = reason.strip()[:200]
    locked.snoozed_until = None
    locked.save(
        update_fields=["status", "closed_at", "closed_by", "close_reason", "snoozed_until"]
    )
    pushes.conversation_changed(locked)
    record_event(conversation=locked, kind="closed", actor=by, at=at, reason=locked.close_reason)
    return locked


@transaction.atomic
def reopen_conversation(
    *, conversation: Conversation, by: User | None, at: datetime
) -> Conversation:
    """Open again, as it was. Raises AlreadyOpen, NotPermitted, WrongStatus."""
    locked = lock_conversation(conversation, by, CLOSED)
    locked.status = OPEN
    locked.closed_at = None
    locked.closed_by = None
    locked.close_reason = ""
    _take_over_window(locked, at)
    try:
        with transaction.atomic():
            locked.save(update_fields=REOPENED)
    except IntegrityError:
        raise AlreadyOpen(
            Conversation.objects.get(
                contact=locked.contact_id, channel=locked.channel_id, status=OPEN
            )
        ) from None
    settle_assignee(locked, by=by, at=at)
    pushes.conversation_changed(locked)
    record_event(conversation=locked, kind="reopened", actor=by, at=at)
    return locked


@transaction.atomic
def snooze_conversation(
    *, conversation: Conversation, by: User, until: datetime, at: datetime
) -> Conversation:
    """Out of the lists until then, or until the customer writes. Raises InvalidSnooze."""
    if until <= at:
        raise InvalidSnooze("Choose a moment in the future.")
    locked = lock_conversation(conversation, by, OPEN)
    locked.snoozed_until = until
    locked.save(update_fields=["snoozed_until"])
    pushes.conversation_changed(locked)
    record_event(conversation=locked, kind="snoozed", actor=by, at=at, until=until.isoformat())
    return locked


@transaction.atomic
def wake_conversation(
    *, conversation: Conversation, by: User | None, at: datetime
) -> Conversation:
    """Back into the lists before its time; an awake one stays as it is."""
    locked = lock_conversation(conversation, by, OPEN)
    if locked.snoozed_until is not None:
        _wake(locked, by=by, at=at, why="person")
    return locked


@transaction.atomic
def wake_conversations(*, at: datetime, limit: int = WAKE_BATCH) -> list[int]:
    """Wake those whose time has come, a batch at a time; the ids of the woken."""
    due = Conversation.objects.filter(snoozed_until__lte=at).order_by("pk")
    rows = list(due.select_for_update(skip_locked=True)[:limit])
    for row in rows:
        _wake(row, by=None, at=at, why="time")
    return [row.pk for row in rows]


def _wake(conversation: Conversation, *, by: User | None, at: datetime, why: str) -> None:
    conversation.snoozed_until = None
    conversation.save(update_fields=["snoozed_until"])
    pushes.conversation_changed(conversation)
    record_event(conversation=conversation, kind="woken", actor=by, at=at, why=why)


@transaction.atomic
def set_labels(
    *, conversation: Conversation, labels: Iterable[Label], by: User | None, at: datetime
) -> Conversation:
    """Exactly these labels from now on; the event tells which came and went."""
    locked = lock_conversation(conversation, by)
    before = {label.pk: label.name for label in locked.labels.all()}
    after = {label.pk: label.name for label in labels}
    if before.keys() == after.keys():
        return locked
    locked.labels.set(after)
    locked.save(update_fields=["status"])  # gives the row its new seq
    added = sorted(name for pk, name in after.items() if pk not in before)
    removed = sorted(name for pk, name in before.items() if pk not in after)
    pushes.conversation_changed(locked)
    record_event(
        conversation=locked, kind="labelled", actor=by, at=at, added=added, removed=removed
    )
    return locked


@transaction.atomic
def set_priority(
    *,
    conversation: Conversation,
    priority: Conversation.Priority,
    by: User | None,
    at: datetime,
) -> Conversation:
    """How urgent people hold it to be."""
    locked = lock_conversation(conversation, by)
    was = locked.priority
    if was == priority:
        return locked
    locked.priority = priority
    locked.save(update_fields=["priority"])
    pushes.conversation_changed(locked)
    record_event(
        conversation=locked, kind="priority", actor=by, at=at, priority=int(priority), was=was
    )
    return locked
