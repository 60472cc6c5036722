"""Customers' files, a few at a time beside each other."""

from concurrent.futures import ThreadPoolExecutor

from celery import shared_task
from django.db import connection
from django.utils import timezone

from inbox.actions.media import claim_attachments, fetch_attachment

BESIDE = 4
ROUNDS = 50  # then the next sweep goes on


@shared_task(name="inbox.tasks.sweep_media")
def sweep_media() -> None:
    """Fetch every file that is due."""
    with ThreadPoolExecutor(BESIDE, thread_name_prefix="media") as pool:
        for _ in range(ROUNDS):
            if not (ids := claim_attachments(BESIDE)):
                return
            list(pool.map(_fetch, ids))


@shared_task(name="inbox.tasks.fetch_media")
def fetch_media(attachment_id: int) -> None:
    """Fetch one file now, such as one that an administrator asks for again."""
    fetch_attachment(attachment_id=attachment_id, at=timezone.now())


def _fetch(attachment_id: int) -> None:
    try:
        fetch_attachment(attachment_id=attachment_id, at=timezone.now())
    finally:
        connection.close()
