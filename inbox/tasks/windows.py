"""What the clock does to open pages."""

from celery import shared_task
from django.utils import timezone

from inbox.actions.windows import BATCH, announce_closed_windows


@shared_task(name="inbox.tasks.announce_closed_windows")
def announce_closed() -> None:
    """Turn open composers into template pickers where the window has just closed."""
    while announce_closed_windows(at=timezone.now()) == BATCH:
        pass
