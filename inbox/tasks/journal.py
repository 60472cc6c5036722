"""What time does for the webhook journal, whatever became of the process that wrote it."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from inbox.actions.early_events import join_orphans
from inbox.actions.journal import trim
from inbox.intake.applier import apply_stored

KEPT = timedelta(days=30)


@shared_task(name="inbox.tasks.sweep_journal")
def sweep_journal() -> None:
    """Apply what a dead process left, and join what missed its message by a hair."""
    apply_stored()
    join_orphans(at=timezone.now())


@shared_task(name="inbox.tasks.trim_journal")
def trim_journal() -> None:
    """Forget the bodies of webhooks after 30 days."""
    trim(before=timezone.now() - KEPT)
