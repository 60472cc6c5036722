"""Out of the outbox: one number at its limit, many numbers, and a reply during a broadcast."""

from __future__ import annotations

import itertools
import time
from typing import Any

from bench import journal
from bench.figures import spread
from bench.ground import Ground, Site
from bench.ledger import Call, Ledger, doubled, most_in_a_second
from bench.load import event_loop
from bench.load.loads import at_a_rate
from bench.load.webhooks import Sender
from bench.row import CannotMeasure, Figure, Measured, Row, at_least, at_most

PERMITTED = 80  # messages a second of a standard number, both directions together
INBOUND = 10
REPLIES = 5  # a second
NUMBERS = 40
CUSTOMERS = 500
PATIENCE = 10.0
STILL_OPEN = "SELECT count(*) FROM inbox_outboxentry"
REPLIES_OPEN = f"{STILL_OPEN} WHERE lane = 0"
RECEIVED = "SELECT extract(epoch FROM received_at)::float8 FROM inbox_webhookdelivery"


def one_number(ground: Ground, site: Site, seconds: float) -> tuple[dict[str, Any], Ledger]:
    """A number with more to send than it may, and the processes that send."""
    made = site.seed("people", teams=1, agents=1)
    rows = int(PERMITTED * (seconds + 15))
    made["talks"] = site.seed("outbox", rows=rows, customers=CUSTOMERS)[made["numbers"][0]]
    ledger = Ledger(site.programs)
    ground.settle(site)
    return made, ledger


def start_sending(site: Site, ledger: Ledger) -> None:
    """The sender last of all, since it begins at once; returns when it is under way."""
    site.programs.background("worker", "beat")
    site.programs.start("sender")
    ledger.wait_for(1, patience=PATIENCE)


def measure_one_number(ground: Ground) -> Measured:
    """The outbox never empties while customers write at a steady rate."""
    seconds = ground.scale.sent_seconds
    with ground.site() as site:
        made, ledger = one_number(ground, site, seconds)
        sender = Sender(made["app_secret"], made["waba"], made["numbers"], CUSTOMERS)
        web = site.programs.serve("web")
        start_sending(site, ledger)
        began = time.time()
        requests = itertools.islice(sender.messages("load"), int(INBOUND * (seconds + 2)))
        event_loop.run(at_a_rate(web.address, requests, connections=2, rate=INBOUND))
        calls = ledger.calls()
        with site.connect() as connection:
            received = [row[0] for row in connection.execute(RECEIVED).fetchall()]
    if not calls:
        raise CannotMeasure("nothing was sent")
    return weigh_one_number(calls, received, began + 1, began + 1 + seconds)


def weigh_one_number(
    calls: list[Call], received: list[float], start: float, end: float
) -> Measured:
    """Between two moments, of which the first second is left out."""
    sent = [call.at for call in calls if start <= call.at < end]
    came = [at for at in received if start <= at < end]
    permitted = PERMITTED - len(came) / (end - start)
    both = sorted(sent + came)
    return {
        "sent": len(sent) / (end - start),
        "share": 100 * len(sent) / (end - start) / permitted,
        "fullest": most_in_a_second(both),
        "fullest_out": most_in_a_second(sent),
        "doubled": doubled(calls),
    }


def measure_many_numbers(ground: Ground) -> Measured:
    """Numbers that may send far more together than one sender can."""
    count = ground.scale.sent_rows
    with ground.site() as site:
        site.seed("people", teams=NUMBERS, agents=0, throughput="HIGH")
        customers = max(20, count // NUMBERS // 10)
        site.seed("outbox", rows=count, customers=customers)
        ledger = Ledger(site.programs)
        ground.settle(site)
        start_sending(site, ledger)
        ledger.wait_for(count, patience=PATIENCE)
        calls = ledger.calls()
        with site.connect() as connection:
            journal.wait_until_none(connection, STILL_OPEN)
            left = connection.execute(STILL_OPEN).fetchone()
    if len(calls) < 2:
        raise CannotMeasure("nothing was sent")
    return {
        "rate": (len(calls) - 1) / (calls[-1].at - calls[0].at),
        "doubled": doubled(calls),
        "unsent": left[0] if left else 0,
    }


def measure_replies(ground: Ground) -> Measured:
    """Agents answer while a broadcast keeps the same number at its limit."""
    seconds = ground.scale.sent_seconds
    with ground.site() as site:
        made, ledger = one_number(ground, site, seconds)
        start_sending(site, ledger)
        written = site.seed(
            "replies",
            conversations=made["talks"],
            author=made["users"][0],
            rate=REPLIES,
            count=REPLIES * seconds,
        )
        with site.connect() as connection:
            journal.wait_until_none(connection, REPLIES_OPEN)
        called = {call.message_id: call.at for call in ledger.calls()}
    waits = [called[pk] - at for pk, at in written if pk in called]
    return {"unsent": len(written) - len(waits), **spread(waits, "wait", 0.5, 0.99)}


ROWS = (
    Row(
        "sending",
        "One number at 80 messages/s, a tenth of it inbound",
        (
            Figure("sent", "sent a second", "per second"),
            Figure("share", "of the permitted rate", "%", at_least(98)),
            Figure("fullest", "in the fullest second, both directions", "", at_most(PERMITTED)),
            Figure("fullest_out", "in the fullest second, outwards alone", ""),
            Figure("doubled", "doubled", "", at_most(0)),
        ),
        measure_one_number,
    ),
    Row(
        "sending_many",
        "Forty numbers, one sender, an API that answers after 100 ms",
        (
            Figure("rate", "sent", "/s", at_least(2500)),
            Figure("doubled", "doubled", "", at_most(0)),
            Figure("unsent", "left over", "", at_most(0)),
        ),
        measure_many_numbers,
    ),
    Row(
        "sending_replies",
        "An agent's reply while a broadcast fills the number",
        (
            Figure("wait_p50", "commit to call, p50"),
            Figure("wait_p99", "commit to call, p99", goal=at_most(150)),
            Figure("wait_max", "commit to call, slowest"),
            Figure("unsent", "not sent", "", at_most(0)),
        ),
        measure_replies,
    ),
)
