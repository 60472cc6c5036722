"""The two pages of an agent's day, at two sizes of the inbox: the list, and a conversation."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bench.dataset import PEOPLE
from bench.figures import percentile
from bench.ground import Ground, Site
from bench.load import event_loop
from bench.load.http import lines
from bench.load.loads import now
from bench.load.visitor import Visitor, visitor
from bench.programs import Program
from bench.row import CannotMeasure, Figure, Measured, Row, at_most

REQUESTS = 300  # of each kind, after WARM others
WARM = 30

# Not the newest alone: whoever looks something up opens what lies far down.
SEEN = """
SELECT c.id FROM inbox_conversation c JOIN accounts_membership m ON m.team_id = c.team_id
WHERE m.user_id = %s AND random() < %s LIMIT %s
"""
COUNT = "SELECT reltuples::bigint FROM pg_class WHERE relname = 'inbox_conversation'"


@dataclass
class Pages:
    """What one kind of page took, in seconds, and the largest of them, in bytes."""

    seconds: list[float] = field(default_factory=list)
    largest: int = 0

    @property
    def p50(self) -> float:
        return percentile(self.seconds, 0.5) * 1000

    @property
    def p95(self) -> float:
        return percentile(self.seconds, 0.95) * 1000


async def read(web: Program, requests: Iterator[bytes]) -> Pages:
    """One after the other on a connection that stays, so that nothing but the page is timed."""
    pages = Pages()
    async with lines(web.address, 1) as (line,):
        for place, request in enumerate(requests):
            began = now()
            status, body = await line.ask(request)
            if status != 200:
                raise CannotMeasure(f"a page answered {status}")
            if place >= WARM:
                pages.seconds.append(now() - began)
                pages.largest = max(pages.largest, len(body))
    return pages


def list_requests(visitors: Sequence[Visitor]) -> Iterator[bytes]:
    """The lists that people look at, everybody in turn."""
    views = ("all", "mine", "unassigned", "closing", "closed")
    for place in range(REQUESTS + WARM):
        who = visitors[place % len(visitors)]
        yield who.get(f"/inbox/{views[place // len(visitors) % len(views)]}/", "list")


def open_requests(visitors: Sequence[Visitor], seen: Sequence[Sequence[int]]) -> Iterator[bytes]:
    """Conversations that each may see, none of them twice."""
    for place in range(REQUESTS + WARM):
        who, own = visitors[place % len(visitors)], seen[place % len(visitors)]
        pk = own[place // len(visitors) % len(own)]
        yield who.get(f"/conversations/{pk}/", "conversation")


def conversations_of(site: Site, user: int) -> list[int]:
    """Some of those that a member of teams may see, from everywhere in the table."""
    with site.connect() as connection:
        known = connection.execute(COUNT).fetchone()
        total = max(1, int(known[0]) if known else 0)
        share = min(1.0, 50 * REQUESTS / total)
        rows = connection.execute(SEEN, [user, share, REQUESTS]).fetchall()
    ids = [row[0] for row in rows]
    random.shuffle(ids)
    return ids


def measure_size(ground: Ground, size: str) -> tuple[Pages, Pages]:
    """Lists and conversations at one size."""
    emails = [PEOPLE[name] for name in PEOPLE if name != "administrator"]
    with ground.dataset(size) as site:
        made = site.seed("sessions", emails=emails)
        visitors = [visitor(session) for session in made["sessions"]]
        seen = [conversations_of(site, user) for user in made["users"]]
        web = site.programs.serve("web")
        listed = event_loop.run(read(web, list_requests(visitors)))
        return listed, event_loop.run(read(web, open_requests(visitors, seen)))


def measure_pages(ground: Ground) -> Measured:
    """Both sizes in the same run, the smaller first."""
    (small_list, small_open), (list_, open_) = (
        measure_size(ground, size) for size in ground.scale.datasets
    )
    return {
        "list_p50": list_.p50,
        "list_p95": list_.p95,
        "list_growth": list_.p95 / small_list.p95,
        "list_size": list_.largest / 1024,
        "open_p50": open_.p50,
        "open_p95": open_.p95,
        "open_growth": open_.p95 / small_open.p95,
        "open_size": open_.largest / 1024,
    }


ROWS = (
    Row(
        "pages",
        "Pages at 1 M conversations and 10 M messages, against a tenth of that",
        (
            Figure("list_p50", "inbox list, p50"),
            Figure("list_p95", "inbox list, p95", goal=at_most(15)),
            Figure("list_growth", "inbox list, p95 against the smaller", "times", at_most(1.3)),
            Figure("list_size", "inbox list, largest", "KB", at_most(25)),
            Figure("open_p50", "opening a conversation, p50"),
            Figure("open_p95", "opening a conversation, p95", goal=at_most(15)),
            Figure("open_growth", "opening, p95 against the smaller", "times", at_most(1.3)),
            Figure("open_size", "conversation, largest", "KB"),
        ),
        measure_pages,
    ),
)
