"""Meta's side of the load: signed webhooks at a rate, each again until it is answered 200."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from dataclasses import dataclass, field

import aiohttp

from faults import bodies
from faults.cast import Team

PATIENCE = aiohttp.ClientTimeout(total=10)
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 2.0
AT_ONCE = 256


@dataclass(slots=True)
class Answered:
    """One try of one POST: when, how long, with which status (0: no answer came)."""

    at: float
    seconds: float
    status: int


@dataclass(slots=True)
class Ledger:
    """What was posted and what was answered 200. Messages are (number, wamid)."""

    messages: list[tuple[str, str]] = field(default_factory=list)
    statuses: list[tuple[str, str]] = field(default_factory=list)
    tries: list[Answered] = field(default_factory=list)
    posted: int = 0
    acknowledged: int = 0
    given_up: int = 0


@dataclass(slots=True)
class Post:
    """A body and what it brings, so that the ledger knows once it is acknowledged."""

    body: bytes
    messages: list[tuple[str, str]] = field(default_factory=list)
    statuses: list[tuple[str, str]] = field(default_factory=list)


class Meta:
    """Posts to the web process. `ledger` is what the invariants are held against."""

    def __init__(self, address: str, secret: str, teams: list[Team], *, name: str) -> None:
        self.address = f"{address}/webhooks/whatsapp/"
        self.secret = secret
        self.everybody = teams
        self.teams = [team for team in teams if team.throughput == "HIGH"]
        self.ledger = Ledger()
        self.name = name
        self.counter = itertools.count()
        self.under_way: set[asyncio.Task[None]] = set()
        self.session: aiohttp.ClientSession
        self.may_retry = True

    async def __aenter__(self) -> Meta:
        connector = aiohttp.TCPConnector(limit=AT_ONCE)
        self.session = aiohttp.ClientSession(connector=connector, timeout=PATIENCE)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.may_retry = False
        for task in self.under_way:
            task.cancel()
        await asyncio.gather(*self.under_way, return_exceptions=True)
        await self.session.close()

    def next_wamid(self) -> str:
        return f"wamid.{self.name}{next(self.counter):08}"

    def message(self, team: Team, sender: str, words: str = "") -> Post:
        """One customer's text."""
        wamid = self.next_wamid()
        item = bodies.text(wamid, sender, words or f"Hello {wamid[-6:]}")
        body = bodies.envelope(bodies.incoming(team.number, item))
        return Post(body, [(team.number, wamid)])

    def any_message(self) -> Post:
        team = random.choice(self.teams)
        return self.message(team, random.choice(team.customers))

    def send(self, post: Post) -> None:
        """Under way from now on, until it is acknowledged."""
        self.ledger.posted += 1
        task = asyncio.create_task(self.deliver(post))
        self.under_way.add(task)
        task.add_done_callback(self.under_way.discard)

    async def deliver(self, post: Post) -> None:
        """As Meta does, only sooner: whatever is not 200 comes again."""
        pause = FIRST_PAUSE
        while (await self.post(post.body)).status != 200:
            if not self.may_retry:
                self.ledger.given_up += 1
                return
            await asyncio.sleep(pause)
            pause = min(LONGEST_PAUSE, pause * 2)
        self.ledger.acknowledged += 1
        self.ledger.messages += post.messages
        self.ledger.statuses += post.statuses

    async def post(self, body: bytes, signature: str | None = None) -> Answered:
        """One try; written down."""
        headers = {
            "Content-Type": "application/json",
            "X-Hub-Signature-256": bodies.sign(body, self.secret)
            if signature is None
            else signature,
        }
        begun, status = time.monotonic(), 0
        try:
            async with self.session.post(self.address, data=body, headers=headers) as answer:
                await answer.read()
                status = answer.status
        except (aiohttp.ClientError, TimeoutError, OSError):
            pass
        tried = Answered(begun, time.monotonic() - begun, status)
        self.ledger.tries.append(tried)
        return tried

    async def pour(self, rate: float) -> None:
        """That many messages a second, whether or not they are answered, until cancelled."""
        begun, sent = time.monotonic(), 0
        while True:
            while sent < (time.monotonic() - begun) * rate:
                self.send(self.any_message())
                sent += 1
            await asyncio.sleep(0.005)

    async def greet(self) -> None:
        """Every customer writes once: contacts, conversations and windows come of it."""
        for team in self.everybody:
            for start in range(0, len(team.customers), 50):
                senders = team.customers[start : start + 50]
                ids = [self.next_wamid() for _ in senders]
                items = map(bodies.text, ids, senders, itertools.repeat("Good morning"))
                body = bodies.envelope(bodies.incoming(team.number, *items))
                self.send(Post(body, [(team.number, wamid) for wamid in ids]))
        await self.settled(30)

    async def settled(self, within: float) -> bool:
        """Whether everything was acknowledged in that time."""
        end = time.monotonic() + within
        while self.under_way and time.monotonic() < end:
            await asyncio.wait(set(self.under_way), timeout=max(0.0, end - time.monotonic()))
        return not self.under_way
