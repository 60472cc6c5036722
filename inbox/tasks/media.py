"""Customers' files, a few at a time beside each other."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from celery import shared_task
from django.db import connection
from django.utils import timezone

from inbox.actions.media import claim_attachments, fetch_attachment

BESIDE = 4
ROUNDS = 50  # then the next sweep goes on
SWEEP_LOCK = 0x5A5A_0002  # the number only has to differ from other locks


@shared_task(name="inbox.tasks.sweep_media")
def sweep_media() -> None:
    """Fetch every file that is due, in one worker: slow downloads must not take up the others."""
    with alone() as is_alone, ThreadPoolExecutor(BESIDE, thread_name_prefix="media") as pool:
        if not is_alone:
            return
        for _ in range(ROUNDS):
            if not (ids := claim_attachments(BESIDE)):
                return
            list(pool.map(_fetch, ids))


@shared_task(name="inbox.tasks.fetch_media")
def fetch_media(attachment_id: int) -> None:
    """Fetch one file now, such as one that an administrator asks for again."""
    fetch_attachment(attachment_id=attachment_id, at=timezone.now())


@contextmanager
def alone() -> Iterator[bool]:
    """Whether no other sweep runs; PostgreSQL lets go of one that died."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [SWEEP_LOCK])
        (is_alone,) = cursor.fetchone()
    try:
        yield is_alone
    finally:
        if is_alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [SWEEP_LOCK])


def _fetch(attachment_id: int) -> None:
    try:
        fetch_attachment(attachment_id=attachment_id, at=timezone.now())
    finally:
        connection.close()
