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
from time import monotonic

from django.utils import timezone

from accounts.graph import open_session
from inbox.actions.attempts import Taken, release_claims, take_messages
from inbox.actions.settling import Result, settle_attempts
from inbox.actions.sweeps import expire_entries, rescue_claims
from inbox.outbox import (
    LEASE,
    Slot,
    claim_entries,
    keep_claims,
    stray_claims,
)
from inbox.sender.bell import Bell
from inbox.sender.database import PASSING, Database
from inbox.sender.dealing import Dealer
from inbox.sender.numbers import Numbers
from inbox.sender.receipts import deliver_receipts
from inbox.sender.work import TICK, Work

log = logging.getLogger("sash.send")
IN_FLIGHT = 1000
LOOK_EVERY = 1.0
DEAL_EVERY = 1.0
COUNT_EVERY = 0.04
SWEEP_EVERY = 5.0
KEEP_EVERY = LEASE.total_seconds() / 4
SAVE_TOGETHER, SAVE_EVERY = 500, 0.02
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
        self._stopping, self._dealt = asyncio.Event(), asyncio.Event()
        self._may_have_strays = False

    def stop(self) -> None:
        """Claim no more, finish what is in flight, then return from `run`."""
        self._stopping.set()

    async def run(self) -> None:
        """Send until stopped. PostgreSQL and Redis may come and go meanwhile."""
        self._bell, self._numbers = Bell(), Numbers(self._in_flight)
        self._claiming, self._saving, self._database = Database(), Database(), Database()
        async with open_session(connections=self._in_flight) as session:
            self._session = session
            self._work = Work(
                worker=self.worker,
                database=self._database,
                session=session,
                numbers=self._numbers,
                clock=self._clock,
            )
            self._dealer = Dealer(self.worker, self._database, self._numbers, self._work)
            loops = [
                asyncio.create_task(loop)
                for loop in (
                    self._bell.listen(),
                    self._every(DEAL_EVERY, self._deal),
                    self._every(COUNT_EVERY, self._dealer.count_inbound),
                    self._every(KEEP_EVERY, self._keep),
                    self._every(SWEEP_EVERY, self._sweep),
                    self._send_receipts(),
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
                await self._dealer.leave()
                await self._bell.close()
                for database in (self._claiming, self._saving, self._database):
                    database.close()

    async def _claim(self) -> None:
        stopped = asyncio.create_task(self._stopping.wait())
        looked = 0.0
        while not self._stopping.is_set():
            now = asyncio.get_running_loop().time()
            is_news = self._bell.rung.is_set() or now - looked >= LOOK_EVERY
            if is_news:
                self._bell.rung.clear()
                self._numbers.wet()
                looked = now
            await self._claim_once(now, is_news=is_news)
            waits = {
                asyncio.create_task(event.wait())
                for event in (self._bell.rung, self._work.has_room)
            }
            seconds = max(0.0, looked + LOOK_EVERY - asyncio.get_running_loop().time())
            await asyncio.wait(
                {*waits, stopped}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED
            )
            for task in waits:
                task.cancel()
            self._work.has_room.clear()
        stopped.cancel()

    async def _claim_once(self, now: float, *, is_news: bool) -> None:
        """Claim and begin what may leave soon."""
        quotas = self._numbers.quotas(len(self._work.held), now, is_news=is_news)
        if not quotas:
            return
        try:
            await self._free_strays()
            self._may_have_strays = True
            taken = await self._take(quotas)
            self._may_have_strays = False
        except PASSING as error:
            log.warning("database away: %s", error)
            await asyncio.sleep(LOOK_EVERY)
            return
        self._numbers.note(quotas, taken.claims, seconds=monotonic() - now)
        self._work.start(taken)

    async def _take(self, quotas: dict[Slot, int]) -> Taken:
        """In one transaction; what breaks together is claimed first, and begun alone."""
        try:
            return await self._claiming.run(
                take_messages,
                worker=self.worker,
                quotas=quotas,
                pair_wait=lambda pair: self._numbers.pairs.wait(pair, monotonic()),
                at=self._clock(),
            )
        except PASSING:
            raise
        except Exception:
            log.exception("a batch cannot be begun together")
        claims = await self._claiming.run(claim_entries, worker=self.worker, quotas=quotas)
        await self._work.begin_alone(claims)
        return Taken()

    async def _free_strays(self) -> None:
        """After a claim without an answer: whether it was committed, only the rows know."""
        if not self._may_have_strays:
            return
        held = list(self._work.held)
        strays = await self._claiming.run(stray_claims, worker=self.worker, held=held)
        await self._claiming.run(
            release_claims, worker=self.worker, message_ids=strays, at=self._clock()
        )

    async def _deal(self) -> None:
        if await self._dealer.deal():
            self._bell.rung.set()
        self._dealt.set()

    async def _save(self) -> None:
        """Ends are saved together: whatever came while the last ones were being saved."""
        results = self._work.results
        while True:
            batch = [await results.get()]
            while len(batch) < SAVE_TOGETHER and not results.empty():
                batch.append(results.get_nowait())
            await self._save_batch(batch)
            for _ in batch:
                results.task_done()
            self._numbers.wet(self._work.end(batch))  # the next of the same pair may go
            self._work.has_room.set()
            await asyncio.sleep(SAVE_EVERY)

    async def _save_batch(self, batch: list[Result]) -> None:
        try:
            await self._saving.insist(settle_attempts, results=batch, at=self._clock())
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

    async def _send_receipts(self) -> None:
        await self._dealt.wait()
        await deliver_receipts(self._bell, self._numbers, self._work, self._session)

    async def _finish(self) -> None:
        """Let the calls in flight end and be saved; new ones are not begun."""
        with suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL):
                while self._work.tasks or self._numbers.busy():
                    tasks = set(self._work.tasks) or {asyncio.create_task(asyncio.sleep(TICK))}
                    await asyncio.wait(tasks, timeout=LOOK_EVERY)
                await self._work.results.join()
        log.info("sender %s done, %d left", self.worker, len(self._work.held))
