"""The two shapes of load: as fast as it is answered, and at a rate whatever is answered."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from bench.load.http import LOST, Line, lines

TICK = 0.001
now = time.perf_counter


@dataclass
class Record:
    """What a load met: seconds of each answer 2xx, how many others, and the time it all took."""

    latencies: list[float] = field(default_factory=list)
    refused: int = 0
    began: float = field(default_factory=now)
    ended: float = 0.0

    @property
    def rate(self) -> float:
        """Answers 2xx a second."""
        return len(self.latencies) / (self.ended - self.began)

    def note(self, status: int, seconds: float) -> None:
        if 200 <= status < 300:
            self.latencies.append(seconds)
        else:
            self.refused += 1


class Closed:
    """Each connection sends the next request when its last one was answered."""

    def __init__(self, requests: Iterable[bytes], seconds: float) -> None:
        self.supply = iter(requests)
        self.record = Record()
        self.until = self.record.began + seconds
        self.busy = 0
        self.all_done = asyncio.Event()

    async def run(self, opened: list[Line]) -> Record:
        """Until the time or the requests are over and all that was sent is answered."""
        self.busy = len(opened)
        for line in opened:
            self.send_next(line)
        await self.all_done.wait()
        self.record.ended = now()
        return self.record

    def send_next(self, line: Line) -> None:
        request = next(self.supply, None) if now() < self.until else None
        if request is None:
            self.rest()
            return
        sent = now()

        def done(status: int, body: bytes) -> None:
            self.record.note(status, now() - sent)
            if status == LOST:
                self.rest()
            else:
                self.send_next(line)

        line.send(request, done)

    def rest(self) -> None:
        self.busy -= 1
        if not self.busy:
            self.all_done.set()


class Paced:
    """Requests at a rate. Whoever waits for a free connection waits on the server's account.

    on_due(place, at) is told of every request, by its place in the order, and heard(place,
    status, body) of every answer.
    """

    def __init__(
        self,
        requests: Iterable[bytes],
        rate: float,
        *,
        on_due: Callable[[int, float], None] | None = None,
        heard: Callable[[int, int, bytes], None] | None = None,
    ) -> None:
        self.supply = iter(requests)
        self.rate = rate
        self.on_due = on_due
        self.heard = heard
        self.record = Record()
        self.idle: deque[Line] = deque()
        self.due: deque[tuple[int, float, bytes]] = deque()
        self.count = 0
        self.is_over = False

    async def run(self, opened: list[Line]) -> Record:
        """Until the requests are over and all of them are answered."""
        self.idle.extend(opened)
        self.record.began = now()
        while not self.is_over:
            self.add_due()
            await asyncio.sleep(max(TICK, self.moment(self.count) - now()))
        while self.due or len(self.idle) < len(opened):
            await asyncio.sleep(TICK)
        self.record.ended = now()
        return self.record

    def moment(self, place: int) -> float:
        """When this request is due."""
        return self.record.began + place / self.rate

    def add_due(self) -> None:
        """Put in line what should have left by now, and send what has a free connection."""
        while self.moment(self.count) <= now():
            request = next(self.supply, None)
            if request is None:
                self.is_over = True
                break
            self.due.append((self.count, self.moment(self.count), request))
            if self.on_due is not None:
                self.on_due(self.count, self.moment(self.count))
            self.count += 1
        while self.due and self.idle:
            self.send_on(self.idle.popleft())

    def send_on(self, line: Line) -> None:
        place, due_at, request = self.due.popleft()

        def done(status: int, body: bytes) -> None:
            self.record.note(status, now() - due_at)
            if self.heard is not None:
                self.heard(place, status, body)
            if self.due and status != LOST:
                self.send_on(line)
            else:
                self.idle.append(line)

        line.send(request, done)


async def as_fast_as_answered(
    address: tuple[str, int], requests: Iterable[bytes], *, connections: int, seconds: float
) -> Record:
    """A closed loop of so many connections for so long."""
    async with lines(address, connections) as opened:
        return await Closed(requests, seconds).run(opened)


async def at_a_rate(
    address: tuple[str, int], requests: Iterable[bytes], *, connections: int, rate: float
) -> Record:
    """An open loop: latencies count from the moment at which each request was due."""
    async with lines(address, connections) as opened:
        return await Paced(requests, rate).run(opened)
