"""Ten events a POST: messages of ten customers, and statuses of ten messages of ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bench import journal
from bench.figures import spread
from bench.ground import Ground, Site
from bench.load import event_loop
from bench.load.loads import as_fast_as_answered
from bench.load.webhooks import FIRST_CUSTOMER, Sender, status
from bench.row import Measured, Row, at_least_p
from bench.rows.intake import (
    CONNECTIONS,
    MOST,
    figures,
    measure_intake,
    post_and_watch,
    rates,
    warm_intake,
)

TOGETHER = 10
WORDS = ("sent", "delivered", "read")
IN_ONE_ROUND = 500  # posts of one word before the next word follows

STANDING = "SELECT provider_id, status FROM inbox_message WHERE provider_id LIKE 'wamid.out.%'"


@dataclass(frozen=True, slots=True)
class Told:
    """One POST: the same word about some messages that left one number."""

    number: str
    ids: tuple[str, ...]
    word: str

    def request(self, sender: Sender) -> bytes:
        statuses = [status(each, str(FIRST_CUSTOMER), self.word) for each in self.ids]
        return sender.post(sender.change(self.number, statuses=statuses))


def story(messages: Mapping[str, list[str]], *, together: int = TOGETHER) -> Iterator[Told]:
    """Every message is sent, delivered and read, in this order; many are under way at a time."""
    groups = [
        (number, tuple(ids[start : start + together]))
        for number, ids in messages.items()
        for start in range(0, len(ids), together)
    ]
    for start in range(0, len(groups), IN_ONE_ROUND):
        for word in WORDS:
            for number, ids in groups[start : start + IN_ONE_ROUND]:
                yield Told(number, ids, word)


def measure_statuses(ground: Ground) -> Measured:
    """As many statuses as are answered; then each message must stand where it was told to."""
    seconds = ground.scale.seconds
    with warm_intake(ground, is_scaled=True) as (site, program, sender):
        messages = site.seed("sent_messages", count=MOST * seconds)
        ground.settle(site)
        told = list(story(messages))
        requests = [each.request(sender) for each in told]
        load = as_fast_as_answered(
            program.address, requests, connections=CONNECTIONS, seconds=seconds
        )
        record, lags = event_loop.run(post_and_watch(load, site))
        with site.connect() as connection:
            late = journal.wait_until_applied(connection)
        sent = len(record.latencies) + record.refused
        return {
            **rates(record, late, TOGETHER),
            "refused": record.refused,
            "lost": count_lost(site, told[:sent]),
            **spread(record.latencies, "ack", 0.5, 0.99),
            **spread(lags, "applied", 0.99),
        }


def count_lost(site: Site, told: list[Told]) -> int:
    """Messages that are behind the last word about them, once everything is applied."""
    expected = {each: one.word for one in told for each in one.ids}
    with site.connect() as connection:
        standing: dict[str, str] = dict(connection.execute(STANDING).fetchall())
    return sum(standing.get(each) != word for each, word in expected.items())


ROWS = (
    Row(
        "intake_batches",
        "Webhooks of ten statuses, two intake processes, 128 connections",
        figures(at_least_p(3.0)),
        measure_statuses,
    ),
    Row(
        "intake_ten_messages",
        "Webhooks of ten messages, two intake processes, 128 connections",
        figures(at_least_p(3.0)),
        lambda ground: measure_intake(ground, is_scaled=True, together=TOGETHER),
    ),
)
