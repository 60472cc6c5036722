"""Agents who answer: posts of the composer, each tried again under the same number until it is
answered, as static/js/send-queue.js does."""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from collections.abc import Mapping, Sequence

import aiohttp

from faults.cast import Person

PATIENCE = aiohttp.ClientTimeout(total=20)
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 8.0
CSRF = "c" * 32
AT_ONCE = 32


class Replies:
    """acknowledged: the numbers of replies that the page was told are taken."""

    def __init__(
        self, address: str, people: Sequence[Person], talks: Mapping[int, Sequence[int]]
    ) -> None:
        self.address, self.people, self.talks = address, people, talks
        self.acknowledged: list[uuid.UUID] = []
        self.refused: list[str] = []
        self.statuses: list[int] = []
        self.seconds: list[tuple[float, float]] = []
        self.may_retry = True
        self.under_way: set[asyncio.Task[None]] = set()
        self.session: aiohttp.ClientSession

    async def __aenter__(self) -> Replies:
        self.session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=AT_ONCE),
            timeout=PATIENCE,
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        self.may_retry = False
        for task in self.under_way:
            task.cancel()
        await asyncio.gather(*self.under_way, return_exceptions=True)
        await self.session.close()

    async def pour(self, rate: float) -> None:
        """That many replies a second, until cancelled."""
        begun, sent = time.monotonic(), 0
        while True:
            while sent < (time.monotonic() - begun) * rate:
                person = random.choice(self.people)
                self.send(person, random.choice(self.talks[person.team]))
                sent += 1
            await asyncio.sleep(0.01)

    def send(self, person: Person, conversation: int, words: str = "We look into it.") -> None:
        task = asyncio.create_task(self.deliver(person, conversation, words))
        self.under_way.add(task)
        task.add_done_callback(self.under_way.discard)

    async def deliver(self, person: Person, conversation: int, words: str) -> None:
        """Until the server says yes or no."""
        number, pause = uuid.uuid4(), FIRST_PAUSE
        while True:
            begun = time.monotonic()
            status = await self.post(person, conversation, number, words)
            self.seconds.append((begun, time.monotonic() - begun))
            self.statuses.append(status)
            if 200 <= status < 300:
                self.acknowledged.append(number)
                return
            if 400 <= status < 500 and status != 429:
                self.refused.append(f"{conversation}: {status}")
                return
            if not self.may_retry:
                return
            await asyncio.sleep(pause)
            pause = min(LONGEST_PAUSE, pause * 2)

    async def post(self, person: Person, conversation: int, number: uuid.UUID, words: str) -> int:
        """One try; 0 where no answer came."""
        headers = {
            "Cookie": f"sash-session={person.session}; sash-csrf={CSRF}",
            "X-CSRFToken": CSRF,
            "HX-Request": "true",
        }
        form = {"mode": "reply", "text": words, "client_uuid": str(number)}
        try:
            async with self.session.post(
                f"{self.address}/conversations/{conversation}/messages/",
                data=form,
                headers=headers,
                allow_redirects=False,
            ) as answer:
                await answer.read()
                return answer.status
        except (aiohttp.ClientError, TimeoutError, OSError):
            return 0

    async def settled(self, within: float) -> bool:
        """Whether all were answered in that time."""
        end = time.monotonic() + within
        while self.under_way and time.monotonic() < end:
            await asyncio.wait(set(self.under_way), timeout=max(0.0, end - time.monotonic()))
        return not self.under_way
