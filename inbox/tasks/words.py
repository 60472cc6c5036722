"""What keeps search quick as messages become many."""

from celery import shared_task
from django.utils import timezone

from inbox.actions import words


@shared_task(name="inbox.tasks.divide_words")
def divide_words() -> None:
    """Begin another part of the words' table when the newest is full."""
    words.divide_words(at=timezone.now())
