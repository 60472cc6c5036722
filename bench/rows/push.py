"""From a customer's webhook to the browser of everybody who may see it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from bench import journal
from bench.figures import spread
from bench.ground import Ground
from bench.load import event_loop
from bench.load.arrivals import Arrivals, now
from bench.load.http import lines
from bench.load.loads import Paced, Record
from bench.load.sockets import open_pages
from bench.load.webhooks import Sender
from bench.programs import Program
from bench.row import Figure, Goal, Measured, Row, at_most
from bench.rows.intake import post

TEAMS = 20
RATE = 80
CONNECTIONS = 8
DRAIN = 5.0  # seconds for what is still under way


def figures(p50: Goal | None, p99: Goal) -> tuple[Figure, ...]:
    """The lines of every push."""
    return (
        Figure("push_p50", "POST to browser, p50", goal=p50),
        Figure("push_p95", "POST to browser, p95"),
        Figure("push_p99", "POST to browser, p99", goal=p99),
        Figure("push_max", "POST to browser, slowest"),
        Figure("ack_p99", "webhook answered, p99"),
        Figure("arrived", "arrivals in all", ""),
        Figure("missing", "never arrived", "", at_most(0)),
        Figure("row", "one row as pushed, largest", "KB", at_most(2)),
    )


@dataclass(frozen=True, slots=True)
class Office:
    """door: where webhooks go, which may be the web process itself."""

    web: Program
    door: Program
    sender: Sender
    sessions: list[str]


@contextmanager
def office(ground: Ground, *, teams: int, agents: int, is_apart: bool = False) -> Iterator[Office]:
    """People with sessions, and customers who have all written before.

    is_apart: webhooks have a process of their own.
    """
    with ground.site() as site:
        made = site.seed("people", teams=teams, agents=agents)
        sender = Sender(made["app_secret"], made["waba"], made["numbers"], ground.scale.customers)
        site.programs.background()
        web = site.programs.serve("web")
        door = site.programs.serve("intake", SASH_INTAKE_WORKERS="1") if is_apart else web
        post(door, itertools.islice(sender.messages("first"), ground.scale.customers), seconds=300)
        with site.connect() as connection:
            journal.wait_until_with_people(connection)
        ground.settle(site)
        yield Office(web, door, sender, made["sessions"])


async def push(
    office: Office, requests: Sequence[bytes], *, hearers: int, rate: float
) -> tuple[Arrivals, Record]:
    """Open every page, post at the rate, and wait for the last arrivals."""
    arrivals = Arrivals(hearers)
    async with (
        open_pages(office.web.address, office.sessions, arrivals.hears),
        lines(office.door.address, CONNECTIONS) as opened,
    ):
        await asyncio.sleep(2)  # counts and presence after the opening
        load = Paced(requests, rate, on_due=arrivals.sends)
        record = await load.run(opened)
        until = now() + DRAIN
        while arrivals.missing and now() < until:
            await asyncio.sleep(0.05)
    return arrivals, record


def weigh(arrivals: Arrivals, record: Record) -> dict[str, Any]:
    """The lines of a push."""
    return {
        **spread(arrivals.latencies, "push", 0.5, 0.95, 0.99),
        **spread(record.latencies, "ack", 0.99),
        "arrived": len(arrivals.latencies),
        "missing": arrivals.missing,
        "row": arrivals.largest / 1024,
    }


def measure_push(ground: Ground, *, is_apart: bool) -> Measured:
    """80 webhooks a second; each is heard by one team."""
    agents = ground.scale.agents
    with office(ground, teams=TEAMS, agents=agents, is_apart=is_apart) as there:
        count = RATE * ground.scale.seconds
        requests = list(itertools.islice(there.sender.messages("load"), count))
        hearers = agents // TEAMS
        return weigh(*event_loop.run(push(there, requests, hearers=hearers, rate=RATE)))


ROWS = (
    Row(
        "push",
        "Webhook to browser, 1,000 agents in 20 teams, 80 messages/s, intake apart",
        figures(at_most(10), at_most(25)),
        lambda ground: measure_push(ground, is_apart=True),
    ),
    Row(
        "push_daphne",
        "Webhook to browser, 1,000 agents in 20 teams, 80 messages/s, Daphne alone",
        figures(at_most(10), at_most(25)),
        lambda ground: measure_push(ground, is_apart=False),
    ),
)
