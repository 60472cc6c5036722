"""One event a POST: as many webhooks a second as two intake processes, and Daphne alone, take."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Coroutine, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from bench import journal
from bench.figures import spread
from bench.ground import Ground, Site
from bench.load import event_loop
from bench.load.loads import Record, as_fast_as_answered
from bench.load.webhooks import Sender
from bench.programs import Program
from bench.row import Figure, Goal, Measured, Row, at_least_p, at_most

TEAMS = 20
CONNECTIONS = 128
MOST = 9000  # requests a second that are made ready beforehand
WEBHOOKS = "/webhooks/whatsapp/"


def figures(rate: Goal, p99: Goal | None = None) -> tuple[Figure, ...]:
    """The lines that every intake has. The rate counts what is in its conversation."""
    return (
        Figure("rate", "events, until the last is in its conversation", "/s", rate),
        Figure("acked", "events answered 200", "/s"),
        Figure("ack_p50", "answered, p50"),
        Figure("ack_p99", "answered, p99", goal=p99),
        Figure("ack_max", "answered, slowest"),
        Figure("applied_p99", "in its conversation, p99", goal=at_most(100)),
        Figure("refused", "not answered 200", "", at_most(0)),
        Figure("lost", "lost", "", at_most(0)),
        Figure("doubled", "doubled", "", at_most(0)),
    )


def make_sender(site: Site, customers: int) -> Sender:
    """Teams with numbers, and the customers who write to them."""
    made = site.seed("people", teams=TEAMS, agents=0)
    return Sender(made["app_secret"], made["waba"], made["numbers"], customers)


@contextmanager
def warm_intake(ground: Ground, *, is_scaled: bool) -> Iterator[tuple[Site, Program, Sender]]:
    """An intake whose customers have all written once: their conversations are with people."""
    with ground.site() as site:
        sender = make_sender(site, ground.scale.customers)
        site.programs.background()
        program = site.programs.serve("intake") if is_scaled else site.programs.serve("web")
        first = itertools.islice(sender.messages("first"), ground.scale.customers)
        post(program, first, seconds=300)
        with site.connect() as connection:
            journal.wait_until_with_people(connection)
        ground.settle(site)
        yield site, program, sender


def post(program: Program, requests: Iterable[bytes], *, seconds: float) -> Record:
    """Send as fast as is answered."""
    return event_loop.run(
        as_fast_as_answered(program.address, requests, connections=CONNECTIONS, seconds=seconds)
    )


async def post_and_watch(
    load: Coroutine[Any, Any, Record], site: Site
) -> tuple[Record, list[float]]:
    """A load, and how late its events came into their conversations meanwhile."""
    lags: list[float] = []
    watcher = asyncio.create_task(journal.watch_lag(site.database, lags))
    try:
        return await load, lags
    finally:
        watcher.cancel()


def weigh(site: Site, record: Record, lags: list[float], together: int = 1) -> Measured:
    """The lines of an intake, once everything is applied."""
    count = len(record.latencies) * together
    with site.connect() as connection:
        late = journal.wait_until_applied(connection)
        found = journal.balance(connection, "load", count)
    return {
        **rates(record, late, together),
        "refused": record.refused,
        "lost": found.lost,
        "doubled": found.doubled,
        **spread(record.latencies, "ack", 0.5, 0.99),
        **spread(lags, "applied", 0.99),
    }


def rates(record: Record, late: float, together: int) -> Measured:
    """late: seconds from the last answer until everything was applied."""
    count, seconds = len(record.latencies) * together, record.ended - record.began
    return {"rate": count / (seconds + late), "acked": record.rate * together}


def measure_intake(ground: Ground, *, is_scaled: bool, together: int = 1) -> Measured:
    """Messages, so many a POST, as fast as they are answered."""
    seconds = ground.scale.seconds
    with warm_intake(ground, is_scaled=is_scaled) as (site, program, sender):
        endless = sender.messages("load", together=together)
        requests = list(itertools.islice(endless, MOST // together * seconds))
        load = as_fast_as_answered(
            program.address, requests, connections=CONNECTIONS, seconds=seconds
        )
        return weigh(site, *event_loop.run(post_and_watch(load, site)), together)


ROWS = (
    Row(
        "intake",
        "Webhooks of one event, two intake processes, 128 connections",
        figures(at_least_p(1.0), at_most(75)),
        lambda ground: measure_intake(ground, is_scaled=True),
    ),
    Row(
        "intake_daphne",
        "Webhooks of one event, Daphne alone, 128 connections",
        figures(at_least_p(0.35)),
        lambda ground: measure_intake(ground, is_scaled=False),
    ),
)
