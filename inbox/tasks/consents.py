"""What customers are told after their word ended or resumed what they are sent."""

from celery import shared_task
from django.utils import timezone

from inbox.actions import consents


@shared_task(name="inbox.tasks.answer_consents")
def answer_consents() -> None:
    """Answer every word that is not answered yet."""
    consents.answer_consents(timezone.now())
