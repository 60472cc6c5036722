"""One sender: claims what may leave now, with many calls in flight, and saves how they ended.

A call is made only after its attempt was committed, and never twice by itself. Whatever ends
the process, the rows say how far it came: held but not begun is sent by the next sender, begun
but not settled is unknown.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime

from django.utils import timezone

from accounts.graph import open_session
from inbox.actions.attempts import Result, release_claims, settle_attempts
from inbox.actions.sweeps import expire_entries, rescue_claims
from inbox.outbox import (
    LEASE,
    claim_entries,
    is_stale,
    keep_claims,
    parse_receipt,
    stray_claims,
)
from inbox.sender.bell import Bell
from inbox.sender.budget import Budget
from inbox.sender.database import PASSING, Database
from inbox.sender.work import Work
from inbox.transports import find_transport

log = logging.getLogger("sash.send")
IN_FLIGHT = 400
LOOK_EVERY = 1.0
TICK = 0.02
SWEEP_EVERY = 5.0
KEEP_EVERY = LEASE.total_seconds() / 3
SAVE_TOGETHER = 200
# Longer than the longest call to send a message.
FAREWELL = 40.0


class Sender:
    """Runs until `stop` is called, then finishes what it began."""

    def __init__(
        self, *, in_flight: int = IN_FLIGHT, clock: Callable[[], datetime] = timezone.now
    ) -> None:
        self.worker = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"[:80]
        self._in_flight = in_flight
        self._clock = clock
        self._stopping = asyncio.Event()
        self._may_have_strays = False

    def stop(self) -> None:
        """Claim no more, finish what is in flight, then return from `run`."""
        self._stopping.set()

    async def run(self) -> None:
        """Send until stopped. PostgreSQL and Redis may come and go meanwhile."""
        self._bell, self._database, self._budget = Bell(), Database(), Budget()
        async with open_session(connections=self._in_flight) as session:
            self._session = session
            self._work = Work(
                worker=self.worker,
                database=self._database,
                session=session,
                budget=self._budget,
                clock=self._clock,
            )
            loops = [
                asyncio.create_task(loop)
                for loop in (
                    self._bell.listen(),
                    self._every(KEEP_EVERY, self._keep),
                    self._every(SWEEP_EVERY, self._sweep),
                    self._receipts(),
                )
            ]
            saving = asyncio.create_task(self._save())
            log.info("sender %s ready", self.worker)
            try:
                await self._claim()
                await self._finish()
            finally:
                for task in (*loops, saving):
                    task.cancel()
                await asyncio.gather(*loops, saving, return_exceptions=True)
                await self._bell.close()
                self._database.close()

    async def _claim(self) -> None:
        stopped = asyncio.create_task(self._stopping.wait())
        while not self._stopping.is_set():
            wait = await self._claim_once()
            if wait:
                rung = asyncio.create_task(self._bell.wait(wait))
                await asyncio.wait({rung, stopped}, return_when=asyncio.FIRST_COMPLETED)
                rung.cancel()
        stopped.cancel()

    async def _claim_once(self) -> float:
        """Claim what may leave now. Gives the seconds to wait before looking again."""
        try:
            await self._budget.refresh(self._database)
            quotas = self._budget.quotas(self._in_flight - len(self._work.held))
            if not quotas:
                await asyncio.sleep(TICK)
                return 0
            await self._free_strays()
            self._may_have_strays = True
            claims = await self._database.run(claim_entries, worker=self.worker, quotas=quotas)
            self._may_have_strays = False
        except PASSING as error:
            log.warning("database away: %s", error)
            return LOOK_EVERY
        if not claims:
            return LOOK_EVERY
        self._work.start(claims)
        return 0

    async def _free_strays(self) -> None:
        """After a claim without an answer: whether it was committed, only the rows know."""
        if not self._may_have_strays:
            return
        held = list(self._work.held)
        strays = await self._database.run(stray_claims, worker=self.worker, held=held)
        await self._database.run(
            release_claims, worker=self.worker, message_ids=strays, at=self._clock()
        )

    async def _save(self) -> None:
        """Ends are saved together: whatever came while the last ones were being saved."""
        results = self._work.results
        while True:
            batch = [await results.get()]
            while len(batch) < SAVE_TOGETHER and not results.empty():
                batch.append(results.get_nowait())
            await self._save_batch(batch)
            self._work.held.difference_update(result.message_id for result in batch)
            self._bell.rung.set()  # the next of the same pair may go
            for _ in batch:
                results.task_done()

    async def _save_batch(self, batch: list[Result]) -> None:
        try:
            await self._database.insist(settle_attempts, results=batch, at=self._clock())
        except Exception:
            if len(batch) == 1:
                log.exception("the end of message %s was not saved", batch[0].message_id)
                return
            for result in batch:
                await self._save_batch([result])

    async def _keep(self) -> None:
        held = list(self._work.held)
        await self._database.run(keep_claims, worker=self.worker, message_ids=held)

    async def _sweep(self) -> None:
        freed = await self._database.run(rescue_claims, at=self._clock())
        await self._database.run(expire_entries, at=self._clock())
        if freed:
            self._bell.rung.set()

    async def _every(self, seconds: float, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await work()
            except PASSING as error:
                log.warning("database away: %s", error)
            except Exception:
                log.exception("a sweep of the sender failed")
            await asyncio.sleep(seconds)

    async def _receipts(self) -> None:
        """Blue ticks and typing: at most once, and never in the way of a message."""
        while True:
            for row in await self._bell.take_receipts():
                receipt = parse_receipt(row)
                channel = self._budget.channels.get(receipt.channel_id)
                if channel is None or is_stale(receipt):
                    continue
                transport = find_transport(channel.transport)
                if address := transport.address_of(channel):
                    self._work.spawn(
                        transport.mark_read(
                            self._session,
                            address,
                            receipt.provider_id,
                            is_typing=receipt.is_typing,
                        )
                    )
            await self._bell.wait_for_receipt(LOOK_EVERY)

    async def _finish(self) -> None:
        """Let the calls in flight end and be saved; new ones are not begun."""
        with suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL):
                while self._work.tasks:
                    await asyncio.wait(set(self._work.tasks))
                await self._work.results.join()
        log.info("sender %s done, %d left", self.worker, len(self._work.held))
