"""Celery's door to the ground."""

from celery import shared_task
from django.utils import timezone

from core.mails import send_due


@shared_task(name="core.tasks.send_mails")
def send_mails() -> None:
    """Every mail that is due."""
    send_due(timezone.now())
