"""One fault from its beginning to its end: the load around it, and what is looked at after it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import aiohttp

from faults import cast, ledger
from faults.broadcasting import Broadcast
from faults.browser import Browser
from faults.cast import Person
from faults.machine import Machine, in_thread
from faults.open_pages import differences
from faults.platform import Platform
from faults.proxy import Proxy
from faults.replies import Replies
from faults.report import Report, quantile
from faults.settings import Load
from faults.webhooks import Answered, Meta

EVERYTHING_SENT = 60.0
PAGES_RIGHT = 30.0

WAITING = """
SELECT (SELECT count(*) FROM inbox_webhookdelivery WHERE state = 'stored')
     + (SELECT count(*) FROM inbox_outboxentry e JOIN accounts_channel c ON c.id = e.channel_id
        JOIN accounts_phonenumber n ON n.id = c.number_id
        WHERE e.state IN ('queued', 'claimed') AND NOT n.is_paused)
     + (SELECT count(*) FROM inbox_bell)
     + (SELECT count(*) FROM inbox_earlyevent JOIN inbox_message USING (provider_id))
"""
STORED = "SELECT count(*) FROM inbox_webhookdelivery WHERE state = 'stored'"
PASSED = (
    "UPDATE inbox_outboxentry SET lease_until = now() WHERE state = 'claimed'",
    "UPDATE inbox_sendingprocess SET alive_until = now()",
    "UPDATE inbox_sendingturn SET lease_until = now()",
)
LOCKED = """
SELECT count(*) FROM pg_stat_activity
WHERE wait_event_type = 'Lock' AND datname = current_database()
"""


class Scene:
    """The parts of one fault, for the fault to reach for."""

    def __init__(self, machine: Machine, platform: Platform, load: Load, report: Report) -> None:
        self.machine, self.platform, self.load, self.report = machine, platform, load, report
        self.teams = cast.teams_of(load)
        self.people: list[Person] = []
        self.browsers: list[Browser] = []
        self.meta: Meta
        self.replies: Replies
        self.broadcast: Broadcast
        self.line: Proxy
        self.page_session: aiohttp.ClientSession
        self.began = self.fault_began = self.fault_ended = 0.0
        self.last_act: Callable[[Scene], Awaitable[None]] | None = None

    @property
    def database(self) -> str:
        return self.machine.database

    async def play(self, fault: Callable[[Scene], Awaitable[None]]) -> None:
        """The fault, with load before, during and after it."""
        load, seconds = self.load, self.load.seconds
        self.began = time.monotonic()
        pours = [
            asyncio.create_task(self.meta.pour(load.webhooks)),
            asyncio.create_task(self.replies.pour(load.replies)),
            asyncio.create_task(self.broadcast.pour(load.broadcast)),
        ]
        try:
            await asyncio.sleep(seconds / 6)
            self.fault_began = time.monotonic()
            await fault(self)
            self.fault_ended = time.monotonic()
            await asyncio.sleep(max(seconds / 6, self.began + seconds - time.monotonic()))
        finally:
            for pour in pours:
                pour.cancel()
            await asyncio.gather(*pours, return_exceptions=True)
        if self.last_act is not None:
            await self.settle()
            await self.last_act(self)
        self.report.seconds = time.monotonic() - self.began

    async def settle(self, within: float = EVERYTHING_SENT) -> None:
        """Until all that was taken on is done."""
        end = time.monotonic() + within
        await self.meta.settled(within)
        await self.replies.settled(within)
        while (left := await in_thread(self.waiting)) and time.monotonic() < end:
            await asyncio.sleep(0.2)
        self.report.expect(f"all work done {within:.0f} s after the load ({left} left)", not left)

    def waiting(self) -> int:
        """What Sash or the platform still has to do."""
        mine = int(ledger.ask(self.database, WAITING))
        return mine + ledger.pending_webhooks(self.platform.data)

    async def judge(self) -> None:
        """The invariants, I6 and I8 among them."""
        await in_thread(self.load_ledger)
        breaks = await in_thread(ledger.check, self.database)
        self.report.broken += map(str, breaks)
        self.report.lost = sum(b.rows for b in breaks if b.invariant == "I1")
        self.report.doubled = sum(b.rows for b in breaks if b.invariant in ("I2",))
        self.report.broken += await self.look_at_pages()
        self.judge_answers()
        self.report.is_judged = True

    def load_ledger(self) -> None:
        meta, data = self.meta.ledger, self.platform.data
        statuses = meta.statuses + ledger.delivered_statuses(data)
        replies = [(None, number) for number in self.replies.acknowledged]
        rows = [(number, None) for number in self.broadcast.queued]
        self.load_calls()
        ledger.load(self.database, "received", meta.messages)
        ledger.load(self.database, "statuses", statuses)
        ledger.load(self.database, "queued", [*replies, *rows])

    def load_calls(self) -> None:
        """What Meta took so far."""
        ledger.load(self.database, "calls", ledger.accepted_calls(self.platform.data))

    def calls(self) -> int:
        """How many messages Meta took so far."""
        return len(ledger.accepted_calls(self.platform.data))

    def has_called(self, before: int) -> bool:
        """Did Meta take more than so many?"""
        return self.calls() > before

    async def look_at_pages(self) -> list[str]:
        """I6. The hub looks for lost pushes every 15 seconds, so a page has that long."""
        end = time.monotonic() + PAGES_RIGHT
        while True:
            wrong = await in_thread(differences, self.database, self.browsers)
            if not wrong or time.monotonic() > end:
                break
            await asyncio.sleep(0.5)
        return (
            [f"I6: {len(wrong)} × not: pages show what the database holds ({wrong[0]})"]
            if wrong
            else []
        )

    def judge_answers(self) -> None:
        """I8's first half: whatever was not answered 200 came again, until it was."""
        sent = self.meta.ledger
        self.report.posted, self.report.acknowledged = sent.posted, sent.acknowledged
        if left := sent.posted - sent.acknowledged:
            self.report.broken.append(f"I8: {left} × not: each refused webhook was taken later")
        tries = [t.seconds for t in sent.tries if t.at >= self.fault_began and t.status == 200]
        self.report.p99 = quantile(tries, 0.99)
        statuses = sorted({t.status for t in sent.tries} - {200})
        self.report.remarks.append(f"answers that were not 200: {statuses or 'none'}")
        refusals = sorted({status for page in self.browsers for status in page.refusals})
        if wrong := set(refusals) - {503}:
            self.report.broken.append(f"I8: pages that ask for what they missed hear {wrong}")
        if self.replies.refused:
            self.report.remarks.append(f"replies refused: {self.replies.refused[:3]}")

    def judge_memory(self, before: dict[str, int], after: dict[str, int]) -> None:
        """I8's second half, for the processes that lived through it all."""
        for name in before.keys() & after.keys():
            growth = after[name] / before[name] - 1
            words = f"{name}: {before[name] >> 20} to {after[name] >> 20} MB ({growth:+.1%})"
            self.report.remarks.append(f"memory of {words}")

    @property
    def is_short(self) -> bool:
        """A run for the tests: each thing once."""
        return self.load.seconds < 10

    async def let_leases_pass(self) -> None:
        """In a short run: as if the dead senders' time were over."""
        if self.is_short:
            for query in PASSED:
                await in_thread(ledger.tell, self.database, query)

    def lasting(self, seconds: float) -> float:
        """That long in a run of a minute, and less in a shorter one."""
        return seconds * min(1.0, self.load.seconds / 60)

    def pids(self) -> dict[str, int]:
        """Of Sash's own processes that live."""
        mine = self.machine.children.items()
        return {name: child.pid for name, child in mine if child.poll() is None}

    def tries_between(self, begin: float, end: float) -> list[Answered]:
        """Posts of webhooks that began then."""
        return [tried for tried in self.meta.ledger.tries if begin <= tried.at <= end]

    def name_of(self, name: str) -> str:
        """As `Machine.memory` names a process."""
        return f"{name} {self.machine.children[name].pid}"

    def team_of(self, person: Person) -> cast.Team:
        """The cast's team of an agent: seeded in this order."""
        return self.teams[self.people.index(person) % self.load.teams]

    def until_applied(self) -> None:
        """Return once every stored webhook was applied. Blocking."""
        end = time.monotonic() + EVERYTHING_SENT
        while ledger.ask(self.database, STORED) and time.monotonic() < end:
            time.sleep(0.05)

    def nobody_waits_for_a_lock(self) -> bool:
        return not ledger.ask(self.database, LOCKED)

    def first_success_after(self, moment: float) -> float:
        """Seconds from then until a webhook that began later was answered 200."""
        ends = [
            t.at + t.seconds for t in self.meta.ledger.tries if t.status == 200 and t.at > moment
        ]
        return min(ends, default=float("inf")) - moment
