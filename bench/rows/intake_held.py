"""Minutes of webhooks at one rate: the whole duty of a number that may send 1,000 a second."""

from __future__ import annotations

import itertools

from bench.ground import Ground
from bench.load import event_loop
from bench.load.loads import at_a_rate
from bench.row import Measured, Row, at_least, at_most
from bench.rows.intake import CONNECTIONS, figures, post_and_watch, warm_intake, weigh

RATE = 4000
# A held rate is met when nothing is left over at the end: one event in a thousand.
KEPT = RATE * 0.999


def measure_held(ground: Ground) -> Measured:
    """An open loop: what the server cannot take at once waits, and counts as waiting."""
    count = int(RATE * 60 * ground.scale.held_minutes)
    with warm_intake(ground, is_scaled=True) as (site, program, sender):
        requests = itertools.islice(sender.messages("load"), count)
        load = at_a_rate(program.address, requests, connections=CONNECTIONS, rate=RATE)
        return weigh(site, *event_loop.run(post_and_watch(load, site)))


ROWS = (
    Row(
        "intake_held",
        "Webhooks held at 4,000 events/s for 10 minutes",
        figures(at_least(KEPT), at_most(100)),
        measure_held,
        is_long=True,
    ),
)
