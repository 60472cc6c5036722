"""What time does to conversations by itself."""

from celery import shared_task
from django.utils import timezone

from inbox.actions.conversations import WAKE_BATCH, wake_conversations


@shared_task(name="inbox.tasks.wake_snoozed")
def wake_snoozed() -> None:
    """Put conversations whose time has come back into the lists."""
    while len(wake_conversations(at=timezone.now())) == WAKE_BATCH:
        pass
