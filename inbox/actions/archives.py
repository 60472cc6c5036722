"""Archives: transcripts frozen, chained by their digests, restored, verified and handed out.

digest = SHA-256 of the previous digest (64 hexadecimal digits, none for the first) and the
transcript as canonical JSON. The archive's own columns are repeated in the transcript, and the
digest in the thread's event, so that a row changed, replaced or removed in psql is noticed.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.db.models.fields.json import KeyTextTransform

from accounts.models import User
from core.events import record
from inbox.actions import pushes
from inbox.actions.conversations import close_conversation
from inbox.actions.events import record_event
from inbox.actions.rights import lock_to_supervise, may_see
from inbox.models import Archive, Conversation, Event
from inbox.queries.access import NotPermitted
from inbox.queries.transcripts import Transcript, person, read_transcript, stamp

OPEN, CLOSED, ARCHIVED = (
    Conversation.Status.OPEN,
    Conversation.Status.CLOSED,
    Conversation.Status.ARCHIVED,
)
# One archive at a time adds itself to the chain; the number only has to differ from other locks.
CHAIN_LOCK = 0x5A5A_0001


@dataclass(frozen=True, slots=True)
class Broken:
    """One archive that is not as it was written; archive_id None: it is gone."""

    archive_id: int | None
    conversation_id: int
    reason: str


@transaction.atomic
def archive_conversation(*, conversation: Conversation, by: User | None, at: datetime) -> Archive:
    """Freeze the transcript and put the conversation away; an open one is closed first.

    For supervisors of the team and administrators. Raises NotPermitted, WrongStatus.
    """
    locked = lock_to_supervise(conversation, by, OPEN, CLOSED)
    if locked.status == OPEN:
        locked = close_conversation(conversation=locked, by=by, at=at)
    locked.status = ARCHIVED
    locked.save(update_fields=["status"])
    transcript = read_transcript(locked, at=at)
    transcript["archived"] = {"at": stamp(at), "by": person(by)}
    archive = _append(locked, transcript, by=by, at=at)
    pushes.conversation_changed(locked)
    record_event(
        conversation=locked,
        kind="archived",
        actor=by,
        at=at,
        archive=archive.pk,
        digest=archive.digest,
    )
    return archive


def _append(
    conversation: Conversation, transcript: Transcript, *, by: User | None, at: datetime
) -> Archive:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])
    last = Archive.objects.order_by("-pk").values_list("digest", flat=True).first() or ""
    return Archive.objects.create(
        conversation=conversation,
        archived_by=by,
        archived_at=at,
        transcript=transcript,
        previous_digest=last,
        digest=compute_digest(last, transcript),
    )


def compute_digest(previous: str, transcript: Transcript) -> str:
    """SHA-256 in hexadecimal of the previous digest and the canonical transcript."""
    canonical = json.dumps(transcript, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256((previous + canonical).encode()).hexdigest()


@transaction.atomic
def restore_conversation(
    *, conversation: Conversation, by: User | None, at: datetime
) -> Conversation:
    """Out of the archive, closed; the frozen transcript stays in the chain.

    For supervisors of the team and administrators. Raises NotPermitted, WrongStatus.
    """
    locked = lock_to_supervise(conversation, by, ARCHIVED)
    archive = locked.archives.select_for_update().get(restored_at__isnull=True)
    archive.restored_at, archive.restored_by = at, by
    archive.save(update_fields=["restored_at", "restored_by"])
    locked.status = CLOSED
    locked.save(update_fields=["status"])
    pushes.conversation_changed(locked)
    record_event(conversation=locked, kind="restored", actor=by, at=at, archive=archive.pk)
    return locked


def open_transcript(
    *, conversation: Conversation, by: User, purpose: str, at: datetime
) -> Transcript:
    """The transcript for an export: the frozen one of an archived conversation, else today's.

    purpose: "pdf", "json" or "csv", for the audit log. Raises NotPermitted.
    """
    if not may_see(by, conversation):
        raise NotPermitted("Only people who may see this conversation may export it.")
    record(kind="conversation.exported", actor=by, at=at, subject=conversation, format=purpose)
    standing = conversation.archives.filter(restored_at__isnull=True).first()
    if standing is not None and conversation.status == ARCHIVED:
        frozen: Transcript = standing.transcript
        return frozen
    return read_transcript(conversation, at=at)


def verify_archives() -> list[Broken]:
    """Follow the whole chain; what is broken, in its order."""
    return [*_broken_links(), *_missing()]


def _broken_links() -> Iterator[Broken]:
    previous = ""
    for archive in Archive.objects.order_by("pk").iterator(chunk_size=100):
        if reason := _wrong(archive, previous):
            yield Broken(archive.pk, archive.conversation_id, reason)
        previous = archive.digest


def _wrong(archive: Archive, previous: str) -> str:
    if archive.previous_digest != previous:
        return "does not follow the archive before it"
    if compute_digest(archive.previous_digest, archive.transcript) != archive.digest:
        return "the transcript was changed"
    return "" if _columns_agree(archive) else "the row does not agree with its transcript"


def _columns_agree(archive: Archive) -> bool:
    told: dict[str, Any] = archive.transcript.get("archived", {})
    by = told.get("by")
    return (
        archive.transcript.get("conversation", {}).get("id") == archive.conversation_id
        and told.get("at") == stamp(archive.archived_at)
        # Whoever archived it may have been deleted since.
        and archive.archived_by_id in {None, by and by["id"]}
    )


def _missing() -> Iterator[Broken]:
    """Archives that the threads tell of and that are not there with that digest."""
    there = Archive.objects.filter(
        digest=OuterRef("digest"), conversation=OuterRef("conversation")
    )
    told = Event.objects.filter(kind="archived").annotate(
        digest=KeyTextTransform("digest", "data")
    )
    gone = told.filter(~Exists(there)).order_by("pk")
    for conversation_id, digest in gone.values_list("conversation_id", "digest"):
        yield Broken(None, conversation_id, f"archive {digest or ''} is not there")
