"""Closing a conversation's window: at its time, or because Meta says that it is closed."""

from datetime import datetime

from django.db import transaction

from inbox.actions import pushes
from inbox.actions.session_windows import refuse_windows
from inbox.models import Conversation

BATCH = 500


@transaction.atomic
def announce_closed_windows(*, at: datetime, limit: int = BATCH) -> int:
    """Tell the open pages of conversations whose window has closed. Gives how many."""
    rows = Conversation.objects.select_for_update(skip_locked=True)
    due = rows.filter(window_closed_announced=False, window_closes_at__lte=at)
    closed = list(due.order_by("window_closes_at")[:limit])
    Conversation.objects.filter(pk__in=[row.pk for row in closed]).update(
        window_closed_announced=True
    )
    for conversation in closed:
        pushes.window_changed(conversation)
        pushes.conversation_changed(conversation)
    return len(closed)


@transaction.atomic
def close_window(*, conversation: Conversation, at: datetime) -> None:
    """Meta refused free text (131047): the window is closed, whatever we thought."""
    rows = Conversation.objects.filter(pk=conversation.pk, window_closes_at__gt=at)
    if not rows.update(window_closes_at=at, window_closed_announced=True):
        return
    refuse_windows({(conversation.contact_id, conversation.channel_id): at})
    conversation.refresh_from_db()
    pushes.window_changed(conversation)
    pushes.conversation_changed(conversation)
