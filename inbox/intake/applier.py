"""Takes stored deliveries and applies them in batches, in a thread beside the door or a worker.

The row is the queue: whoever claims it holds it for a lease, and what a dead process held is
taken again when its lease is over. A batch that fails is halved until the poison is alone in
quarantine; its neighbours pass.
"""

import logging
import random
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from inbox.actions.inbound.batch import Rejected, apply_parts
from inbox.actions.inbound.parts import Part, split_delivery
from inbox.actions.quarantine import quarantine
from inbox.models import WebhookDelivery

log = logging.getLogger("sash.intake")
LEASE = 60  # seconds
CLAIMED = 400  # deliveries at once
TOGETHER = 200  # deliveries in one transaction
BYTES = 1024 * 1024  # of bodies in one transaction, unless one alone is larger
TRIES = 3

CLAIM = """
UPDATE inbox_webhookdelivery SET lease_until = now() + make_interval(secs => %s)
WHERE id IN (
    SELECT id FROM inbox_webhookdelivery
    WHERE state = 'stored' AND (lease_until IS NULL OR lease_until < now())
    ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)
RETURNING id, octet_length(body)
"""


def apply_stored() -> int:
    """Apply everything that waits and nobody holds; the number of deliveries taken."""
    count = 0
    while claimed := _claim():
        count += len(claimed)
        for ids in _batches(claimed):
            apply_deliveries(ids)
    return count


def _claim() -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [LEASE, CLAIMED])
        return sorted(cursor.fetchall())


def _batches(claimed: list[tuple[int, int]]) -> Iterator[list[int]]:
    """Ids that go into one transaction, so that neither rows nor bytes are too many."""
    batch: list[int] = []
    held = 0
    for pk, size in claimed:
        if batch and (len(batch) == TOGETHER or held + size > BYTES):
            yield batch
            batch, held = [], 0
        batch.append(pk)
        held += size
    if batch:
        yield batch


def apply_deliveries(ids: Sequence[int]) -> None:
    """Apply deliveries in one transaction, or one by one when they cannot go together.

    A conflict of locks is tried again. What the database still refuses stays stored, for the
    next sweep after its lease.
    """
    for attempt in range(TRIES):
        try:
            _apply(ids)
            return
        except (OperationalError, InterfaceError) as error:
            log.warning("batch of %s not applied: %s", len(ids), error)
            connection.close_if_unusable_or_obsolete()
            time.sleep(random.uniform(0, 0.05 * 2**attempt))  # noqa: S311 - no secret
    for pk in ids if len(ids) > 1 else ():
        apply_deliveries([pk])


def _apply(ids: Sequence[int]) -> None:
    at = timezone.now()
    with transaction.atomic():
        rows = WebhookDelivery.objects.filter(pk__in=ids, state=WebhookDelivery.State.STORED)
        rows = rows.order_by("pk").select_for_update(skip_locked=True)
        parts: list[Part] = []
        counts: list[tuple[int, int]] = []
        for row in rows:
            own = split_delivery(bytes(row.body), received_at=row.received_at, delivery_id=row.pk)
            before = len(parts)
            parts += own
            counts.append((row.pk, len(parts) - before))
        quarantine(apply_or_halve(parts, at), at=at)
        _mark_applied(counts)


def apply_or_halve(parts: Sequence[Part], at: datetime) -> list[Rejected]:
    """Apply all that can be applied, and give back the rest. Raises OperationalError."""
    try:
        with transaction.atomic():
            return apply_parts(parts, at=at)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        if len(parts) == 1:
            return _alone(parts[0], at, error)
        middle = len(parts) // 2
        return apply_or_halve(parts[:middle], at) + apply_or_halve(parts[middle:], at)


def _alone(part: Part, at: datetime, error: Exception) -> list[Rejected]:
    """Once more, since another process may just have written the same; then it is the poison."""
    try:
        with transaction.atomic():
            return apply_parts([part], at=at)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.warning("one event of a webhook failed: %s", type(error).__name__)
        return [Rejected(part, "failed", f"{type(error).__name__}: {error}"[:2000])]


def _mark_applied(counts: list[tuple[int, int]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE inbox_webhookdelivery d SET state = 'applied', applied_at = now(),"
            " lease_until = NULL, events = n.events"
            " FROM unnest(%s::bigint[], %s::int[]) AS n (id, events) WHERE d.id = n.id",
            [[pk for pk, _ in counts], [events for _, events in counts]],
        )


class Applier:
    """One thread a process, started by the first delivery, that sleeps until it is woken."""

    def __init__(self) -> None:
        self._wanted = threading.Event()
        self._start = threading.Lock()
        self._thread: threading.Thread | None = None

    def wake(self, ids: Sequence[int] = ()) -> None:
        """There are rows to apply; returns at once."""
        self._wanted.set()
        if self._thread is None or not self._thread.is_alive():
            with self._start:
                if self._thread is None or not self._thread.is_alive():
                    self._thread = threading.Thread(target=self._run, name="applier", daemon=True)
                    self._thread.start()

    def _run(self) -> None:
        while True:
            self._wanted.wait()
            self._wanted.clear()
            try:
                apply_stored()
            except Exception:
                log.exception("deliveries wait for the next sweep")
            finally:
                connection.close()


applier = Applier()
