"""A claimed row's way: upload its file, begin the attempt, wait for its moment, make the call."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

import aiohttp

from core import metrics
from inbox.actions.attempts import (
    Call,
    Taken,
    begin_attempts,
    release_claims,
    save_upload,
)
from inbox.actions.settling import Result
from inbox.actions.turns import slow_turns
from inbox.failures import Own
from inbox.models import Attachment
from inbox.outbox import LEASE, Claim
from inbox.sender.database import PASSING, Database
from inbox.sender.numbers import Numbers
from inbox.transports import Accepted, Outcome, Refused, Unknown, Uploaded, find_transport

log = logging.getLogger("sash.send")
# A call that cannot be made within this part of its lease is not made: another may hold it.
FRESH = LEASE.total_seconds() / 2
TICK = 0.005


class Work:
    """All rows that this sender holds. `results` gets the end of each call."""

    def __init__(
        self,
        *,
        worker: str,
        database: Database,
        session: aiohttp.ClientSession,
        numbers: Numbers,
        clock: Callable[[], datetime],
    ) -> None:
        self.worker = worker
        self.held: dict[int, int] = {}  # message id -> channel id
        self.tasks: set[asyncio.Task[None]] = set()
        self.results: asyncio.Queue[Result] = asyncio.Queue()
        self.has_room = asyncio.Event()
        self._database = database
        self._session = session
        self._numbers = numbers
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._begun: dict[int, float] = {}

    def start(self, taken: Taken) -> None:
        """Take claimed rows on."""
        self.held.update((claim.message_id, claim.channel_id) for claim in taken.claims)
        for claim, file in taken.uploads:
            self.spawn(self._upload(claim, file))
        self._queue(taken.calls)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("a step of sending failed", exc_info=error)

    async def _upload(self, claim: Claim, file: Attachment) -> None:
        """WhatsApp's messages have one file each, so the call can begin after it."""
        channel = self._numbers.channels.get(claim.channel_id)
        transport = find_transport(channel.transport) if channel else None
        if channel and transport and (address := transport.address_of(channel)):
            try:
                outcome = await transport.upload(self._session, address, file, self._clock())
            except Exception as error:
                log.exception("upload for message %s broke", file.message_id)
                name = f"{type(error).__name__} while uploading"
                outcome = Refused(Own.UNREACHABLE, name, may_retry=True)
            if isinstance(outcome, Refused):
                self._end(claim.message_id, None, outcome)
                return
            await self._save(file, outcome)
        await self._begin([claim])

    async def _save(self, file: Attachment, done: Uploaded) -> None:
        await self._database.insist(save_upload, file, done.media_id, done.expires_at)

    async def begin_alone(self, claims: Iterable[Claim]) -> None:
        """One by one what cannot be begun together, so that what breaks holds up no other."""
        claims = list(claims)
        self.held.update((claim.message_id, claim.channel_id) for claim in claims)
        for claim in claims:
            await self._begin([claim])

    async def _begin(self, claims: Sequence[Claim]) -> None:
        ids = [claim.message_id for claim in claims]
        try:
            calls = await self._database.run(
                begin_attempts, worker=self.worker, claims=claims, at=self._clock()
            )
        except PASSING:
            # The commit may have come through; the calls, for certain, were not made.
            await self.release(ids)
            return
        except Exception as error:
            log.error("messages %s cannot be begun", ids, exc_info=error)
            self._drop(ids)  # they come again when their lease ends
            return
        self._drop(set(ids) - {call.message_id for call in calls})
        self._queue(calls)

    def _queue(self, calls: Iterable[Call]) -> None:
        now = self._loop.time()
        for call in calls:
            self._begun[call.message_id] = now
            self._numbers.pairs.take(call.pair, now)
            if not self._numbers.add(call, now):
                self._refuse(call)
        self._depart()

    def _depart(self) -> None:
        """Make the calls whose moment has come, and come back for the next."""
        now = self._loop.time()
        calls, wait = self._numbers.take_due(now)
        for call in calls:
            self.spawn(self._call(call))
        if self._numbers.wants():
            self.has_room.set()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if wait is not None:
            self._timer = self._loop.call_at(now + max(wait, TICK), self._depart)

    async def _call(self, call: Call) -> None:
        began_at = self._loop.time()
        self._numbers.begin(call, began_at)
        if began_at - self._begun.pop(call.message_id, began_at) > FRESH:
            self._numbers.leave(call, began_at)
            self._numbers.learn(call, Refused(None, "", 0), began_at=began_at, now=began_at)
            self._refuse(call)
            return
        outcome = await self.hand_over(call)
        factor = self._numbers.learn(call, outcome, began_at=began_at, now=self._loop.time())
        if factor is not None and isinstance(outcome, Refused):
            slow = partial(slow_turns, channel_id=call.channel_id, factor=factor)
            self.spawn(self._database.run(slow, code=outcome.code))
        if isinstance(outcome, Accepted):
            outcome = _news(outcome, call)
        self._end(call.message_id, call.attempt_id, outcome)

    async def hand_over(self, call: Call) -> Outcome:
        """The one call. Whatever goes wrong in it leaves the message unknown."""
        transport, has_left = find_transport(call.transport), False

        def leaving() -> None:
            nonlocal has_left
            if not has_left:
                self._numbers.leave(call, self._loop.time())
            has_left = True

        try:
            return await transport.send(self._session, call.address, call.body, leaving)
        except Exception as error:
            log.exception("call for message %s broke", call.message_id)
            return Unknown(f"{type(error).__name__} while sending")
        finally:
            leaving()

    def _refuse(self, call: Call) -> None:
        late = Refused(Own.UNREACHABLE, "the call was not made in time", may_retry=True)
        self._end(call.message_id, call.attempt_id, late)

    def _end(self, message_id: int, attempt_id: int | None, outcome: Outcome) -> None:
        metrics.SENDS.labels(type(outcome).__name__.lower()).inc()
        self.results.put_nowait(Result(message_id, attempt_id, outcome))

    def _drop(self, message_ids: Iterable[int]) -> None:
        for pk in message_ids:
            self.held.pop(pk, None)

    def end(self, results: Iterable[Result]) -> set[int]:
        """These are saved. Gives their channels."""
        channels = {self.held.get(result.message_id, 0) for result in results}
        self._drop(result.message_id for result in results)
        return channels

    async def release(self, message_ids: Sequence[int]) -> None:
        """Give back what is held and has, for certain, not been called."""
        if not message_ids:
            return
        await self._database.insist(
            release_claims, worker=self.worker, message_ids=message_ids, at=self._clock()
        )
        self._drop(message_ids)

    def withdraw(self, calls: Iterable[Call]) -> None:
        """Calls that will not be made after all."""
        ids = [call.message_id for call in calls]
        for pk in ids:
            self._begun.pop(pk, None)
        if ids:
            self.spawn(self.release(ids))


def _news(outcome: Accepted, call: Call) -> Accepted:
    """Without the identities that were known before, which is to say most."""
    known = set(call.identities)
    told = {k: v for k, v in outcome.identities.items() if (k, v) not in known}
    return replace(outcome, identities=told)
