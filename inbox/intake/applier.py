"""Takes stored deliveries and applies them in batches, in a thread beside the door or a worker.

The row is the queue: whoever stored or claimed it holds it for a lease, and what a dead process
held is taken again when its lease is over. A batch that fails is halved until the poison is
alone in quarantine; its neighbours pass.
"""

import atexit
import logging
import random
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from core.rows import as_json, fetch
from inbox.actions.inbound.batch import Rejected, apply_parts
from inbox.actions.inbound.parts import Part, split_delivery
from inbox.actions.quarantine import quarantine

log = logging.getLogger("sash.intake")
LEASE = 30  # seconds
CLAIMED = 400  # deliveries at once
TOGETHER = 200  # deliveries in one transaction
BYTES = 1024 * 1024  # of bodies in one transaction, unless one alone is larger
BEHIND = 50  # deliveries that wait in memory: some hundredths of a second
HELD = 64 * 1024 * 1024  # bytes of bodies that wait in memory
TRIES = 3
FAREWELL = 5.0  # seconds for what waits when the process ends

CLAIM = """
UPDATE inbox_webhookdelivery SET lease_until = now() + make_interval(secs => %s)
WHERE id IN (
    SELECT id FROM inbox_webhookdelivery
    WHERE state = 'stored' AND (lease_until IS NULL OR lease_until < now())
    ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)
RETURNING id, received_at, body
"""
# Takes the row as applied before it is, in the same transaction; who was quicker has it.
MARK = """
WITH n AS (SELECT * FROM json_to_recordset(%s) AS n (id bigint, events int)),
mine AS MATERIALIZED (
    SELECT d.id, n.events FROM inbox_webhookdelivery d JOIN n ON n.id = d.id
    WHERE d.state = 'stored' ORDER BY d.id FOR UPDATE OF d SKIP LOCKED)
UPDATE inbox_webhookdelivery d
SET state = 'applied', applied_at = clock_timestamp(), lease_until = NULL, events = mine.events
FROM mine WHERE d.id = mine.id RETURNING d.id
"""


class Delivery(NamedTuple):
    """One row of the journal."""

    pk: int
    received_at: datetime
    body: bytes


def apply_stored() -> int:
    """Apply everything that waits and nobody holds; the number of deliveries taken."""
    count = 0
    while claimed := _claim():
        count += len(claimed)
        for batch in _batches(claimed):
            apply_deliveries(batch)
    return count


def _claim() -> list[Delivery]:
    return sorted(Delivery(*row) for row in fetch(CLAIM, LEASE, CLAIMED))


def _batches(claimed: Iterable[Delivery]) -> Iterator[list[Delivery]]:
    """What goes into one transaction, so that neither rows nor bytes are too many."""
    batch: list[Delivery] = []
    held = 0
    for each in claimed:
        if batch and (len(batch) == TOGETHER or held + len(each.body) > BYTES):
            yield batch
            batch, held = [], 0
        batch.append(each)
        held += len(each.body)
    if batch:
        yield batch


def apply_deliveries(batch: Sequence[Delivery]) -> None:
    """Apply deliveries in one transaction, or one by one when they cannot go together.

    A conflict of locks is tried again. What the database still refuses stays stored, for the
    next sweep after its lease.
    """
    for attempt in range(TRIES):
        try:
            _apply(batch)
            return
        except (OperationalError, InterfaceError) as error:
            log.warning("batch of %s not applied: %s", len(batch), error)
            connection.close_if_unusable_or_obsolete()
            time.sleep(random.uniform(0, 0.05 * 2**attempt))  # noqa: S311 - no secret
    for each in batch if len(batch) > 1 else ():
        apply_deliveries([each])


def _apply(batch: Sequence[Delivery]) -> None:
    at = timezone.now()
    parts = {
        each.pk: list(split_delivery(each.body, received_at=each.received_at, delivery_id=each.pk))
        for each in batch
    }
    try:
        with transaction.atomic():
            mine = _mark_applied(parts)
            quarantine(apply_parts(mine, at=at), at=at)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        with transaction.atomic():
            mine = _mark_applied(parts)
            quarantine(_apply_or_halve(mine, at), at=at)


def _mark_applied(parts: dict[int, list[Part]]) -> list[Part]:
    """The parts of the deliveries that nobody else has applied meanwhile, or does just now."""
    events = [{"id": pk, "events": len(own)} for pk, own in parts.items()]
    taken = {pk for (pk,) in fetch(MARK, as_json(events))}
    return [part for pk, own in parts.items() if pk in taken for part in own]


def _apply_or_halve(parts: Sequence[Part], at: datetime) -> list[Rejected]:
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
        return _apply_or_halve(parts[:middle], at) + _apply_or_halve(parts[middle:], at)


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


class Applier:
    """One thread a process, started by the first delivery, that sleeps until it is handed some.

    What it is handed was stored with a lease, so it needs no claim.
    """

    def __init__(self) -> None:
        self._waiting: deque[Delivery] = deque()
        self._given = self._taken = 0  # bytes of bodies, each counted by one thread alone
        self._is_short = False
        self._wanted = threading.Event()
        self._idle = threading.Event()
        self._idle.set()
        self._start = threading.Lock()
        self._thread: threading.Thread | None = None

    def lease(self) -> int | None:
        """Seconds for which to hold what is stored for this process.

        None when it has too much already: then whoever has time claims it, and perhaps we.
        """
        return LEASE if self._given - self._taken < HELD else None

    def take(self, deliveries: Sequence[Delivery] = ()) -> None:
        """Apply these soon, or without any what nobody holds; returns at once."""
        self._idle.clear()
        self._given += sum(len(each.body) for each in deliveries)
        self._waiting.extend(deliveries)
        self._is_short |= not deliveries
        self._wanted.set()
        if self._thread is None or not self._thread.is_alive():
            with self._start:
                if self._thread is None or not self._thread.is_alive():
                    self._thread = threading.Thread(target=self._run, name="applier", daemon=True)
                    self._thread.start()
                    atexit.register(self.finish)

    def is_behind(self) -> bool:
        """Whether more waits than is soon applied."""
        return len(self._waiting) > BEHIND

    def finish(self) -> bool:
        """Wait, but not for long, until everything is applied; whether it is."""
        return self._idle.wait(FAREWELL)

    def _run(self) -> None:
        while True:
            self._wanted.wait()
            self._wanted.clear()
            try:
                self._apply_waiting()
                if self._is_short:
                    self._is_short = False
                    apply_stored()
            except Exception:
                log.exception("deliveries wait for the next sweep")
            finally:
                connection.close()
            if not self._waiting:
                self._idle.set()

    def _apply_waiting(self) -> None:
        while self._waiting:
            claimed = [self._waiting.popleft() for _ in range(min(len(self._waiting), CLAIMED))]
            self._taken += sum(len(each.body) for each in claimed)
            for batch in _batches(claimed):
                apply_deliveries(batch)


applier = Applier()
