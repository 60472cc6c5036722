"""Parts of webhooks that could not be applied: kept with their reason, replayed or discarded."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.models import User
from core import metrics
from core.events import record
from inbox.actions.inbound.batch import Rejected, apply_parts
from inbox.actions.inbound.parts import split_delivery
from inbox.models import QuarantinedEvent


class ReplayFailed(Exception):
    """It still cannot be applied; the event says why now."""


def quarantine(rejected: Iterable[Rejected], *, at: datetime) -> None:
    """Keep what a batch gave back, each with a webhook that holds it alone."""
    rows = QuarantinedEvent.objects.bulk_create(
        QuarantinedEvent(
            delivery_id=each.part.delivery_id,
            reason=each.reason[:60],
            detail=each.detail,
            content=each.part.content(),
            created_at=at,
        )
        for each in rejected
    )
    metrics.QUARANTINED.inc(len(rows))


def replay_quarantined(*, event: QuarantinedEvent, by: User | None, at: datetime) -> None:
    """Apply a quarantined part again, and resolve it. Raises ReplayFailed.

    An event that is resolved or discarded already stays as it is.
    """
    problem = _replay(event, at)
    event.refresh_from_db()
    if problem is not None:
        reason, detail = problem
        QuarantinedEvent.objects.filter(pk=event.pk).update(reason=reason, detail=detail)
    record(
        kind="quarantine.replayed",
        actor=by,
        at=at,
        subject=event,
        problem=problem[0] if problem else "",
    )
    if problem is not None:
        raise ReplayFailed(f"{problem[0]}: {problem[1]}")


def _replay(event: QuarantinedEvent, at: datetime) -> tuple[str, str] | None:
    """(reason, detail) when it failed again."""
    try:
        with transaction.atomic():
            row = QuarantinedEvent.objects.select_for_update().get(pk=event.pk)
            if row.resolved_at is not None:
                return None
            received_at = row.delivery.received_at if row.delivery else row.created_at
            parts = list(split_delivery(row.content.encode(), received_at=received_at))
            rejected = apply_parts(parts, at=at)
            row.replays += 1
            row.resolved_at = None if rejected else at
            row.save(update_fields=["replays", "resolved_at"])
    except Exception as error:
        return "failed", f"{type(error).__name__}: {error}"[:2000]
    return (rejected[0].reason, rejected[0].detail) if rejected else None


@transaction.atomic
def discard_quarantined(*, event: QuarantinedEvent, by: User | None, at: datetime) -> None:
    """Leave a part unapplied for good; it stays readable until the journal is trimmed."""
    row = QuarantinedEvent.objects.select_for_update().get(pk=event.pk)
    if row.resolved_at is not None:
        return
    row.resolved_at = row.discarded_at = at
    row.save(update_fields=["resolved_at", "discarded_at"])
    record(kind="quarantine.discarded", actor=by, at=at, subject=row, reason=row.reason)
