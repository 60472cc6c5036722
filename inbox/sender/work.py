"""A claimed row's way: upload its file, begin the attempt, make the call, hand over its end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from typing import Any

import aiohttp

from core import metrics
from inbox.actions.attempts import (
    Call,
    Result,
    begin_attempts,
    files_to_upload,
    release_claims,
    save_upload,
)
from inbox.failures import Own
from inbox.models import Attachment
from inbox.outbox import LEASE, Claim, hold_entries
from inbox.sender.budget import Budget
from inbox.sender.database import PASSING, Database
from inbox.transports import Outcome, Refused, Unknown, Uploaded, find_transport

log = logging.getLogger("sash.send")
# A call that cannot be made within this part of its lease is not made: another may hold it.
FRESH = LEASE.total_seconds() / 2


class Work:
    """All rows that this sender holds. `results` gets the end of each call."""

    def __init__(
        self,
        *,
        worker: str,
        database: Database,
        session: aiohttp.ClientSession,
        budget: Budget,
        clock: Callable[[], datetime],
    ) -> None:
        self.worker = worker
        self.held: set[int] = set()
        self.tasks: set[asyncio.Task[None]] = set()
        self.results: asyncio.Queue[Result] = asyncio.Queue()
        self._database = database
        self._session = session
        self._budget = budget
        self._clock = clock

    def start(self, claims: Sequence[Claim]) -> None:
        """Take claimed rows on."""
        self.held.update(claim.message_id for claim in claims)
        self.spawn(self._deliver(claims))

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("a step of sending failed", exc_info=error)

    async def _deliver(self, claims: Sequence[Claim]) -> None:
        ids, waits = self._budget.split(claims)
        try:
            if waits:
                await self._database.run(hold_entries, worker=self.worker, waits=waits)
                self.held.difference_update(waits)
            files = await self._database.run(files_to_upload, ids, self._clock())
        except PASSING:
            await self._release([claim.message_id for claim in claims])
            return
        with_files = {file.message_id for file in files}
        for file in files:
            self.spawn(self._upload(file))
        await self._begin([pk for pk in ids if pk not in with_files])

    async def _upload(self, file: Attachment) -> None:
        """WhatsApp's messages have one file each, so the call can begin after it."""
        channel = file.message.channel
        transport = find_transport(channel.transport)
        address = transport.address_of(channel)
        if address is not None:
            try:
                outcome = await transport.upload(self._session, address, file, self._clock())
            except Exception as error:
                log.exception("upload for message %s broke", file.message_id)
                name = f"{type(error).__name__} while uploading"
                outcome = Refused(Own.UNREACHABLE, name, may_retry=True)
            if isinstance(outcome, Refused):
                self._end(file.message_id, None, outcome)
                return
            await self._save(file, outcome)
        await self._begin([file.message_id])

    async def _save(self, file: Attachment, done: Uploaded) -> None:
        await self._database.insist(save_upload, file, done.media_id, done.expires_at)

    async def _begin(self, ids: Sequence[int]) -> None:
        if not ids:
            return
        started = asyncio.get_running_loop().time()
        try:
            calls = await self._database.run(
                begin_attempts, worker=self.worker, message_ids=ids, at=self._clock()
            )
        except PASSING:
            # The commit may have come through; the calls, for certain, were not made.
            await self._release(ids)
            return
        except Exception as error:
            await self._begin_alone(ids, error)
            return
        self.held.difference_update(set(ids) - {call.message_id for call in calls})
        for call in calls:
            self.spawn(self._call(call, started))

    async def _begin_alone(self, ids: Sequence[int], error: Exception) -> None:
        """One message that breaks holds up no other, and comes again when its lease ends."""
        if len(ids) == 1:
            log.error("message %s cannot be begun", ids[0], exc_info=error)
            self.held.difference_update(ids)
            return
        for pk in ids:
            await self._begin([pk])

    async def _call(self, call: Call, started: float) -> None:
        if asyncio.get_running_loop().time() - started > FRESH:
            late = Refused(Own.UNREACHABLE, "the call was not made in time", may_retry=True)
            self._end(call.message_id, call.attempt_id, late)
            return
        outcome = await self.hand_over(call)
        self._budget.learn(call, outcome)
        self._end(call.message_id, call.attempt_id, outcome)

    async def hand_over(self, call: Call) -> Outcome:
        """The one call. Whatever goes wrong in it leaves the message unknown."""
        transport = find_transport(call.transport)
        try:
            return await transport.send(self._session, call.address, call.body)
        except Exception as error:
            log.exception("call for message %s broke", call.message_id)
            return Unknown(f"{type(error).__name__} while sending")

    def _end(self, message_id: int, attempt_id: int | None, outcome: Outcome) -> None:
        metrics.SENDS.labels(type(outcome).__name__.lower()).inc()
        self.results.put_nowait(Result(message_id, attempt_id, outcome))

    async def _release(self, ids: Sequence[int]) -> None:
        await self._database.insist(
            release_claims, worker=self.worker, message_ids=ids, at=self._clock()
        )
        self.held.difference_update(ids)
