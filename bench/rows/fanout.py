"""One message to every open page at once."""

from __future__ import annotations

import itertools

from bench.ground import Ground
from bench.load import event_loop
from bench.row import Measured, Row, at_most
from bench.rows.push import figures, office, push, weigh

RATE = 1


def measure_fanout(ground: Ground) -> Measured:
    """One team with everybody in it, and a message a second."""
    agents = ground.scale.agents
    with office(ground, teams=1, agents=agents) as there:
        count = RATE * ground.scale.seconds
        requests = list(itertools.islice(there.sender.messages("load"), count))
        return weigh(*event_loop.run(push(there, requests, hearers=agents, rate=RATE)))


ROWS = (
    Row(
        "fanout",
        "One message to 1,000 open sockets, Daphne",
        figures(None, at_most(130)),
        measure_fanout,
    ),
)
