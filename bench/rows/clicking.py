"""Fifty agents at work: lists, conversations and replies at 100 requests a second."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence

from bench.figures import spread
from bench.ground import Ground, Site
from bench.ledger import Ledger
from bench.load import event_loop
from bench.load.http import lines
from bench.load.loads import Paced, Record, now
from bench.load.visitor import Visitor, visitor
from bench.programs import Program
from bench.row import Figure, Measured, Row, at_least, at_most

AGENTS = 50
RATE = 100
CONNECTIONS = 50
OPEN = 40  # conversations of each agent that wait for an answer

# Their customers have just written, as far as the rules are concerned.
OPEN_WINDOWS = """
WITH own AS (
    SELECT c.id, c.contact_id, c.channel_id FROM inbox_conversation c
    JOIN accounts_membership m ON m.team_id = c.team_id
    WHERE m.user_id = %(user)s AND c.status = 'open' ORDER BY c.last_message_at DESC LIMIT %(most)s
), written AS (
    INSERT INTO inbox_sessionwindow (contact_id, channel_id, opened_at, closes_at)
    SELECT DISTINCT contact_id, channel_id, now(), now() + interval '20 hours' FROM own
    ON CONFLICT (contact_id, channel_id) DO UPDATE SET closes_at = excluded.closes_at
)
UPDATE inbox_conversation c SET window_closes_at = now() + interval '20 hours',
    window_closed_announced = false FROM own WHERE c.id = own.id RETURNING c.id
"""


def requests_of(visitors: Sequence[Visitor], own: Sequence[Sequence[int]]) -> Iterator[bytes]:
    """Everybody in turn looks at a list, opens a conversation of it, and answers."""
    for turn in itertools.count():
        chosen = [random.choice(ids) for ids in own]  # noqa: S311
        for who in visitors:
            yield who.get(f"/inbox/{('mine', 'all')[turn % 2]}/", "list")
        for who, pk in zip(visitors, chosen, strict=True):
            yield who.get(f"/conversations/{pk}/", "conversation")
        for who, pk in zip(visitors, chosen, strict=True):
            yield who.send(pk, f"I have looked: it leaves today. {turn}")


def prepare(site: Site) -> tuple[list[Visitor], list[list[int]]]:
    """Agents who have something to answer, and what."""
    emails = [f"agent{number}@bench.example" for number in range(1, AGENTS * 2)]
    made = site.seed("sessions", emails=emails)
    found: list[tuple[Visitor, list[int]]] = []
    with site.connect() as connection:
        for user, session in zip(made["users"], made["sessions"], strict=True):
            rows = connection.execute(OPEN_WINDOWS, {"user": user, "most": OPEN}).fetchall()
            if rows:
                found.append((visitor(session), [row[0] for row in rows]))
    visitors, own = zip(*found[:AGENTS], strict=True)
    return list(visitors), list(own)


async def click(
    web: Program, requests: Iterator[bytes], count: int
) -> tuple[Record, list[Record]]:
    """All together, and lists, conversations and replies by themselves."""
    kinds = [Record(), Record(), Record()]
    due: dict[int, float] = {}

    def heard(place: int, status: int, body: bytes) -> None:
        kinds[place // AGENTS % len(kinds)].note(status, now() - due[place])

    async with lines(web.address, CONNECTIONS) as opened:
        load = Paced(itertools.islice(requests, count), RATE, on_due=due.__setitem__, heard=heard)
        return await load.run(opened), kinds


def measure_clicking(ground: Ground) -> Measured:
    """The sender sends what they write to a Cloud API that answers at once."""
    with ground.dataset(ground.scale.datasets[0]) as site:
        visitors, own = prepare(site)
        Ledger(site.programs)
        site.programs.background()
        web = site.programs.serve("web", SASH_WEB_PROCESSES="2")
        requests = requests_of(visitors, own)
        event_loop.run(click(web, requests, AGENTS * 3))
        record, kinds = event_loop.run(click(web, requests, RATE * ground.scale.seconds))
    found = {"rate": record.rate, "refused": record.refused}
    found |= spread(record.latencies, "all", 0.5, 0.95, 0.99)
    for name, kind in zip(("list", "open", "send"), kinds, strict=True):
        found |= spread(kind.latencies, name, 0.95)
    return found


ROWS = (
    Row(
        "clicking",
        "Fifty agents clicking, 100 requests/s of list, open and send, two web processes",
        (
            Figure("rate", "pages answered 200", "/s", at_least(RATE * 0.98)),
            Figure("all_p50", "all, p50"),
            Figure("all_p95", "all, p95", goal=at_most(60)),
            Figure("all_p99", "all, p99"),
            Figure("list_p95", "inbox list, p95"),
            Figure("open_p95", "opening a conversation, p95"),
            Figure("send_p95", "sending a reply, p95"),
            Figure("refused", "not answered 200", "", at_most(0)),
        ),
        measure_clicking,
    ),
)
