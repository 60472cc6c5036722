"""What time does to the outbox: a dead sender's rows are freed, doubts are asked about, and what
waited too long fails."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction

from inbox.actions import pushes
from inbox.actions.retries import fail_message
from inbox.failures import Own
from inbox.models import Attempt, Message, OutboxEntry
from inbox.transports import Transport, find_transport

State, Status = OutboxEntry.State, Message.Status
ASK_AFTER = timedelta(minutes=2)


@transaction.atomic
def rescue_claims(*, at: datetime, limit: int = 500) -> int:
    """Free what a sender held when it died. Gives how many rows.

    Begun: nobody knows whether the call was made, so it is unknown. Not begun: queued again.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT message_id FROM inbox_outboxentry WHERE state = 'claimed'"
            " AND lease_until < now() ORDER BY message_id LIMIT %s FOR UPDATE SKIP LOCKED",
            [limit],
        )
        ids = [pk for (pk,) in cursor.fetchall()]
    if not ids:
        return 0
    begun = Attempt.objects.filter(message__in=ids, outcome=Attempt.Outcome.STARTED)
    doubtful = set(begun.values_list("message_id", flat=True))
    begun.update(
        outcome=Attempt.Outcome.UNKNOWN, finished_at=at, error_detail="the sender stopped"
    )
    entries = OutboxEntry.objects.filter(pk__in=ids)
    entries.exclude(pk__in=doubtful).update(state=State.QUEUED, claimed_by="", lease_until=None)
    entries.filter(pk__in=doubtful).update(
        state=State.UNKNOWN, claimed_by="", lease_until=None, not_before=at + ASK_AFTER
    )
    unknown = {"status": Status.UNKNOWN, "rank": Message.RANKS[Status.UNKNOWN]}
    rows = Message.objects.filter(pk__in=doubtful, rank__lt=unknown["rank"])
    rows.update(**unknown)
    push_messages(list(Message.objects.filter(pk__in=doubtful)))
    return len(ids)


@transaction.atomic
def expire_entries(*, at: datetime, limit: int = 500) -> int:
    """Fail what waited in the queue until it was too late. Gives how many."""
    rows = OutboxEntry.objects.select_for_update(skip_locked=True, of=("self",))
    due = list(
        rows.filter(state=State.QUEUED, expires_at__lte=at)
        .select_related("message__conversation", "message__channel", "message__quoted")
        .order_by("pk")[:limit]
    )
    for entry in due:
        message = entry.message
        last = message.attempts.order_by("-number").first()
        reason = too_late(
            transport=find_transport(message.channel.transport),
            kind=message.kind,
            window_closes_at=message.conversation.window_closes_at,
            expires_at=entry.expires_at,
            at=at,
        )
        detail = f"last refusal: {last.error_code} {last.error_detail}" if last else ""
        fail_message(message, reason or Own.EXPIRED, detail, at)
        OutboxEntry.objects.filter(pk=entry.pk).delete()
    push_messages([entry.message for entry in due])
    return len(due)


@transaction.atomic
def ask_about_unknown(*, at: datetime, limit: int = 500) -> int:
    """Two minutes without a word: from now on the message asks its people what to do.

    Rows of messages that were settled by the provider's news go. Gives how many now ask.
    """
    rows = OutboxEntry.objects.select_for_update(skip_locked=True, of=("self",))
    unknown = rows.filter(state=State.UNKNOWN, asked_at__isnull=True)
    settled = unknown.exclude(message__status=Status.UNKNOWN).values("pk")[:limit]
    OutboxEntry.objects.filter(pk__in=[row["pk"] for row in settled]).delete()
    due = list(unknown.filter(not_before__lte=at).select_related("message")[:limit])
    OutboxEntry.objects.filter(pk__in=[entry.pk for entry in due]).update(asked_at=at)
    push_messages([entry.message for entry in due], touch=True)
    return len(due)


def push_messages(messages: Sequence[Message], *, touch: bool = False) -> None:
    """Redraw messages; touch gives rows that did not change themselves a new seq."""
    if touch:
        pushes.touch_messages(message.pk for message in messages)
    changes: dict[int, set[int]] = {}
    for message in messages:
        if message.kind != Message.Kind.REACTION:
            changes.setdefault(message.conversation_id, set()).add(message.pk)
    if changes:
        pushes.messages_changed(changes)


def too_late(
    *,
    transport: Transport,
    kind: str,
    window_closes_at: datetime | None,
    expires_at: datetime | None,
    at: datetime,
) -> Own | None:
    """Why a queued message may not leave any more, by the clock."""
    if kind != Message.Kind.TEMPLATE and not transport.window_of(window_closes_at).is_open(at):
        return Own.WINDOW_CLOSED
    if expires_at is not None and expires_at <= at:
        return Own.EXPIRED
    return None
