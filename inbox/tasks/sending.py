"""What the sender leaves to time; it does the like itself while it runs."""

from celery import shared_task
from django.utils import timezone

from inbox.actions.sweeps import ask_about_unknown, expire_entries, rescue_claims


@shared_task(name="inbox.tasks.sweep_unknown")
def sweep_unknown() -> None:
    """Free what a dead sender held, ask about what stayed unknown, fail what is too late."""
    at = timezone.now()
    rescue_claims(at=at)
    ask_about_unknown(at=at)
    expire_entries(at=at)
