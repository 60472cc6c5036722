"""Fetches customers' files from Meta: soon, again when it fails, verified, and only from Meta.

Meta, "Media": the id leads to an address that lives five minutes and needs the token; ids of
webhooks live seven days. The row is the queue: a lease while somebody fetches it.
"""

import asyncio
import logging
import random
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from accounts.graph import Answer, NoAnswer, NotReached, call, open_session
from core.fetching import FetchFailed, FetchRefused, allowed_hosts, fetch_file
from core.inspection import inspect_file
from core.media import StoredFile, delete_file
from inbox.actions import pushes
from inbox.actions.inbound.content import sha256_hex
from inbox.models import Attachment

log = logging.getLogger("sash.media")
LARGEST = 100 * 1024 * 1024  # Meta passes on nothing larger
LEASE = 240  # seconds
TRIES = 10
FIRST_WAIT, LONGEST_WAIT = 2.0, 3600.0  # seconds; ten tries reach over several hours
AGENT = "Mozilla/5.0 (compatible; Sash)"  # Meta refuses some that are not a browser's
MEDIA_ID = re.compile(r"[A-Za-z0-9_-]{1,200}")
NO_SUCH_FILE = {100, 131052}

CLAIM = """
UPDATE inbox_attachment SET lease_until = now() + make_interval(secs => %s)
WHERE id IN (
    SELECT id FROM inbox_attachment
    WHERE state = 'pending' AND next_attempt_at <= now()
      AND (lease_until IS NULL OR lease_until < now())
    ORDER BY next_attempt_at, id LIMIT %s FOR UPDATE SKIP LOCKED)
RETURNING id
"""


class NotFetched(Exception):
    """The file could not be had. is_final: trying again would not help."""

    def __init__(self, reason: str, *, is_final: bool) -> None:
        self.is_final = is_final
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Job:
    """What is needed to fetch one file, without the database."""

    media_id: str
    phone_number_id: str
    token: str
    mime_type: str
    sha256: str


def claim_attachments(limit: int) -> list[int]:
    """Ids of files that are due and that nobody else fetches; held for four minutes."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [LEASE, limit])
        return [pk for (pk,) in cursor.fetchall()]


def fetch_attachment(*, attachment_id: int, at: datetime) -> Attachment | None:
    """Fetch one claimed file and write down how it went; None when it is not pending."""
    rows = Attachment.objects.select_related("message__channel__number__waba")
    row = rows.filter(pk=attachment_id, state=Attachment.State.PENDING).first()
    if row is None:
        return None
    try:
        stored = asyncio.run(fetch(job_of(row)))
    except NotFetched as failure:
        return _settle_failure(row, failure, at)
    except Exception as error:  # a stranger's file may break what looks at it
        log.exception("file %s could not be taken", row.pk)
        broken = NotFetched(f"{type(error).__name__} while taking it", is_final=False)
        return _settle_failure(row, broken, at)
    return _settle_success(row, stored)


def job_of(row: Attachment) -> Job:
    """Raises NotFetched for a channel that has no number any more."""
    number = row.message.channel.number
    if number is None:
        raise NotFetched("the channel has no number any more", is_final=True)
    return Job(
        media_id=row.provider_media_id,
        phone_number_id=number.phone_number_id,
        token=number.waba.access_token,
        mime_type=row.mime_type,
        sha256=row.sha256,
    )


async def fetch(job: Job) -> StoredFile:
    """Look up, download, verify, inspect. Raises NotFetched."""
    about = await _look_up(job)
    url = about.get("url")
    if not isinstance(url, str):
        raise NotFetched("Meta gave no address", is_final=False)
    stored = await _download(url, job.token)
    expected = job.sha256 or sha256_hex(str(about.get("sha256") or ""))
    if expected and stored.sha256 != expected:
        delete_file(stored.name)
        raise NotFetched("the file is not the one that was announced", is_final=False)
    return await asyncio.to_thread(inspect_file, stored, declared=job.mime_type)


async def _look_up(job: Job) -> dict[str, object]:
    if not MEDIA_ID.fullmatch(job.media_id):  # it becomes a part of the address
        raise NotFetched("the media id is malformed", is_final=True)
    guard = {"phone_number_id": job.phone_number_id}
    try:
        async with open_session(connections=1) as session:
            answer = await call(session, "GET", job.media_id, token=job.token, params=guard)
    except (NotReached, NoAnswer) as error:
        raise NotFetched(str(error), is_final=False) from None
    if answer.is_ok and answer.body is not None:
        return answer.body
    raise NotFetched(_words(answer), is_final=_is_gone(answer))


def _words(answer: Answer) -> str:
    return answer.error.detail if answer.error else f"HTTP {answer.status}"


def _is_gone(answer: Answer) -> bool:
    return (
        answer.status in {400, 404}
        and answer.error is not None
        and (answer.error.code in NO_SUCH_FILE)
    )


async def _download(url: str, token: str) -> StoredFile:
    allowed = allowed_hosts(settings.WHATSAPP_GRAPH_URL, settings.WHATSAPP_MEDIA_HOSTS)
    headers = {"Authorization": f"Bearer {token}", "User-Agent": AGENT}
    try:
        return await fetch_file(url, allowed=allowed, headers=headers, limit=LARGEST)
    except FetchRefused as error:
        raise NotFetched(str(error), is_final=True) from None
    except FetchFailed as error:
        raise NotFetched(str(error), is_final=False) from None


@transaction.atomic
def _settle_success(row: Attachment, stored: StoredFile) -> Attachment:
    kept = Attachment.objects.select_for_update().get(pk=row.pk)
    if kept.state != Attachment.State.PENDING:
        delete_file(stored.name)
        return kept
    kept.stored_name = stored.name
    kept.size = stored.size
    kept.sha256 = stored.sha256
    kept.mime_type = stored.mime_type[:150]
    kept.width, kept.height, kept.duration = stored.width, stored.height, stored.duration
    kept.state = Attachment.State.READY
    kept.error = ""
    _save(kept)
    return kept


@transaction.atomic
def _settle_failure(row: Attachment, failure: NotFetched, at: datetime) -> Attachment:
    """Again after a while, with jitter, until it has been tried often enough."""
    kept = Attachment.objects.select_for_update().get(pk=row.pk)
    if kept.state != Attachment.State.PENDING:
        return kept
    kept.attempts += 1
    kept.error = str(failure)[:500]
    if failure.is_final or kept.attempts >= TRIES:
        kept.state = Attachment.State.FAILED
        log.warning("file %s given up: %s", kept.pk, kept.error)
    wait = min(FIRST_WAIT * 3**kept.attempts, LONGEST_WAIT)
    kept.next_attempt_at = at + timedelta(seconds=random.uniform(wait / 2, wait))  # noqa: S311
    _save(kept)
    return kept


def _save(row: Attachment) -> None:
    row.lease_until = None
    row.save()
    if row.state == Attachment.State.PENDING:
        return
    pushes.touch_messages([row.message_id])
    pushes.message_changed(row.message)
