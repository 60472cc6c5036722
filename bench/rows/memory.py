"""Half an hour of ordinary load, and what each process holds before and after it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator, Mapping, Sequence

from bench import journal
from bench.figures import median
from bench.ground import Ground
from bench.ledger import Ledger
from bench.load import event_loop
from bench.load.http import lines
from bench.load.loads import Paced
from bench.load.sockets import open_pages
from bench.load.webhooks import Sender
from bench.programs import Program
from bench.row import Figure, Measured, Row, at_most
from bench.rows.intake_batches import story

TEAMS = 20
EVENTS = 320  # a second: three statuses for each message that comes in
SENT = 80
CUSTOMERS = 1000
EVERY = 10.0  # seconds between two looks
NAMES = ("web", "sender", "worker", "beat")
Weights = dict[str, list[float]]


def figures() -> Iterator[Figure]:
    for name in NAMES:
        yield Figure(f"{name}_base", f"{name}, before the load", "MB")
        yield Figure(f"{name}_loaded", f"{name}, in the first tenth of it", "MB")
        yield Figure(f"{name}_growth", f"{name}, from there to the last tenth", "%", at_most(5))
    yield Figure("refused", "webhooks not answered 200", "", at_most(0))


def events(sender: Sender, sent: Mapping[str, list[str]]) -> Iterator[bytes]:
    """A message, three statuses, and so on; the statuses begin anew when all were told."""
    told = itertools.cycle(each.request(sender) for each in story(sent, together=1))
    for message in sender.messages("load"):
        yield message
        yield from itertools.islice(told, 3)


async def watch(programs: Mapping[str, Program], seen: Weights) -> None:
    """Weigh every process now and then."""
    while True:
        for name, program in programs.items():
            seen[name].append(await asyncio.to_thread(program.memory) / 1024)
        await asyncio.sleep(EVERY)


async def load(
    programs: Mapping[str, Program],
    sessions: Sequence[str],
    requests: Iterator[bytes],
    seconds: float,
) -> tuple[Weights, int]:
    """Pages open, webhooks at their rate; the outbox empties beside it."""
    seen: Weights = {name: [] for name in programs}
    web = programs["web"]
    async with open_pages(web.address, sessions), lines(web.address, 8) as opened:
        watcher = asyncio.create_task(watch(programs, seen))
        count = int(EVENTS * seconds)
        record = await Paced(itertools.islice(requests, count), EVENTS).run(opened)
        watcher.cancel()
    return seen, record.refused


def measure_memory(ground: Ground) -> Measured:
    """Growth is told from the first tenth of the load on, when all that is loaded once is."""
    seconds = ground.scale.memory_minutes * 60
    with ground.site() as site:
        made = site.seed("people", teams=TEAMS, agents=ground.scale.agents)
        site.seed("outbox", rows=int(SENT * seconds), customers=CUSTOMERS, numbers=1)
        sent = site.seed("sent_messages", count=10 * CUSTOMERS)
        sender = Sender(made["app_secret"], made["waba"], made["numbers"], CUSTOMERS)
        Ledger(site.programs)
        programs = {"web": site.programs.serve("web"), **site.programs.background()}
        base = {name: program.memory() / 1024 for name, program in programs.items()}
        work = load(programs, made["sessions"], events(sender, sent), seconds)
        seen, refused = event_loop.run(work)
        with site.connect() as connection:
            journal.wait_until_applied(connection)
    found: dict[str, float] = {"refused": refused}
    for name, weights in seen.items():
        found |= {f"{name}_base": base[name], **growth(name, weights)}
    return found


def growth(name: str, weights: Sequence[float]) -> dict[str, float]:
    """The last tenth against the first that follows a tenth of warming up."""
    tenth = max(1, len(weights) // 10)
    first, last = median(weights[tenth : 2 * tenth] or weights), median(weights[-tenth:])
    return {f"{name}_loaded": first, f"{name}_growth": 100 * (last / first - 1)}


ROWS = (
    Row(
        "memory",
        "Memory over 30 minutes: 1,000 sockets, 320 events/s in, 80 messages/s out",
        tuple(figures()),
        measure_memory,
        is_long=True,
    ),
)
