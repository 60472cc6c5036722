"""Writes deliveries to the journal, many with one commit, over a connection pool of its own.

While one commit runs, what arrives gathers; it all shares the next one. Nothing waits on
purpose, unless what was stored before is still on its way into the conversations: then for some
hundredths of a second at most, so that a flood is seen at the pace at which it is answered.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import psycopg
from django.db import connections
from psycopg.errors import LockNotAvailable, QueryCanceled
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from core.rows import as_json
from inbox.intake.applier import Delivery

log = logging.getLogger("sash.intake")
WAITING = 2000  # deliveries
HELD = 64 * 1024 * 1024  # bytes of bodies that wait
TOGETHER = 400
PATIENCE = 2.0  # seconds for a connection; Meta counts answers above one second against us
TURN, TURNS = 0.005, 10  # seconds that the applier gets when it is behind, and how often
PATIENT = (PoolTimeout, LockNotAvailable, QueryCanceled)  # waited long enough already
STATEMENT = "-c statement_timeout=3000 -c lock_timeout=1000"

# All bodies are one parameter: an array of them costs more than all the rest of the door.
STORE = """
INSERT INTO inbox_webhookdelivery (received_at, app_id, body, state, lease_until)
SELECT received_at, app_id, substring(%b FROM first FOR size), 'stored',
    now() + make_interval(secs => %s)
FROM json_to_recordset(%s)
    AS n (received_at timestamptz, app_id bigint, number int, first int, size int)
ORDER BY number
RETURNING id
"""


class Applies(Protocol):
    """Who applies what is stored; see inbox.intake.applier."""

    def lease(self) -> int | None: ...

    def take(self, deliveries: Sequence[Delivery] = ()) -> None: ...

    def is_behind(self) -> bool: ...


class JournalUnavailable(Exception):
    """The delivery is not stored: too many wait, or the database is away. Meta sends it again."""


@dataclass(slots=True)
class Waiting:
    """One delivery on its way into the journal."""

    received_at: datetime
    app_id: int
    body: bytes
    stored: asyncio.Future[int]


class Journal:
    """The writer of one event loop; the pool is opened with the first delivery."""

    def __init__(self, applier: Applies) -> None:
        self._applier = applier
        self._waiting: list[Waiting] = []
        self._held = 0
        self._writer: asyncio.Task[None] | None = None
        self._pool: AsyncConnectionPool[Any] | None = None

    async def store(self, body: bytes, app_id: int, received_at: datetime) -> int:
        """The id of the committed row. Raises JournalUnavailable."""
        if len(self._waiting) >= WAITING or self._held + len(body) > HELD:
            raise JournalUnavailable("too many deliveries wait")
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._waiting.append(Waiting(received_at, app_id, body, future))
        self._held += len(body)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_all())
        return await future

    async def close(self) -> None:
        """Give the connections back; used where an event loop ends before the process."""
        if self._pool is not None:
            await self._pool.close()
            self._pool = None

    async def _write_all(self) -> None:
        while self._waiting:
            await self._give_way()
            batch, self._waiting = self._waiting[:TOGETHER], self._waiting[TOGETHER:]
            lease = self._applier.lease()
            try:
                ids = await self._write(batch, lease)
            except Exception as error:
                log.warning("journal not written: %s", error)
                # Nobody waits for a second failure: Meta sends it all again.
                batch, self._waiting = batch + self._waiting, []
                _fail(batch)
            else:
                _succeed(batch, ids)
                self._hand_over(batch, ids, lease)
            finally:
                self._held -= sum(len(each.body) for each in batch)

    async def _give_way(self) -> None:
        """A process that only stored would starve its own applier of the interpreter."""
        for _ in range(TURNS):
            if not self._applier.is_behind():
                return
            await asyncio.sleep(TURN)

    def _hand_over(self, batch: list[Waiting], ids: list[int], lease: int | None) -> None:
        pairs = zip(ids, batch, strict=True) if lease else ()
        self._applier.take([Delivery(pk, each.received_at, each.body) for pk, each in pairs])

    async def _write(self, batch: list[Waiting], lease: int | None) -> list[int]:
        """One commit. A connection that broke while idle is replaced once."""
        try:
            return await self._insert(batch, lease)
        except PATIENT:
            raise
        except (psycopg.OperationalError, psycopg.InterfaceError):
            return await self._insert(batch, lease)

    async def _insert(self, batch: list[Waiting], lease: int | None) -> list[int]:
        pool = await self._open()
        rows, first = [], 1
        for number, each in enumerate(batch):
            about = {"received_at": each.received_at, "app_id": each.app_id, "number": number}
            rows.append(about | {"first": first, "size": len(each.body)})
            first += len(each.body)
        bodies = b"".join([each.body for each in batch])
        async with pool.connection() as connection:
            cursor = await connection.execute(STORE, [bodies, lease, as_json(rows)])
            return [row[0] for row in await cursor.fetchall()]

    async def _open(self) -> AsyncConnectionPool[Any]:
        if self._pool is None:
            pool: AsyncConnectionPool[Any] = AsyncConnectionPool(
                kwargs=connection_parameters(),
                min_size=1,
                max_size=1,
                timeout=PATIENCE,
                reconnect_timeout=PATIENCE,
                open=False,
                name="journal",
            )
            await pool.open()
            self._pool = pool
        return self._pool


def connection_parameters() -> dict[str, Any]:
    """Those of Django's database, without what belongs to its cursors."""
    parameters = connections["default"].get_connection_params()
    for name in ("cursor_factory", "context"):
        parameters.pop(name, None)
    return parameters | {
        "autocommit": True,
        "options": STATEMENT,
        "connect_timeout": 2,
        "prepare_threshold": 0,
        "application_name": "sash journal",
    }


def _succeed(batch: list[Waiting], ids: list[int]) -> None:
    for each, pk in zip(batch, ids, strict=True):
        if not each.stored.done():
            each.stored.set_result(pk)


def _fail(batch: list[Waiting]) -> None:
    for each in batch:
        if not each.stored.done():
            each.stored.set_exception(JournalUnavailable("the database is away"))
