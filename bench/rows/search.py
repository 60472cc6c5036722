"""Search over all messages, as far as the person may see, newest first."""

from __future__ import annotations

import random

from bench.figures import spread
from bench.ground import Ground
from bench.row import Figure, Measured, Row, at_most

WORDS = 30  # of each kind, searched by each of four people
KINDS = {
    "unique": ("an order number", 50),
    "rare": ("a rare word", 50),
    "mid": ("a word in 0.01 to 0.5 messages of a hundred", 100),
    "common": ("a common word", 50),
    "two": ("two words", 50),
    "absent": ("a word that is nowhere", 10),
}


def measure_search(ground: Ground) -> Measured:
    """The larger inbox: agents of small teams and of a large one, supervisor, administrator."""
    seed = random.randrange(1_000_000)  # noqa: S311 - other words each time
    with ground.dataset(ground.scale.datasets[-1]) as site:
        seconds = site.seed("searches", words=WORDS, seed=seed)
    found: dict[str, float] = {}
    for kind in KINDS:
        found |= spread(seconds[kind], kind, 0.5, 0.95, 0.99)
    return found


ROWS = (
    Row(
        "search",
        "Search over 10 M messages, in the web process, by four people who see 5 % to all",
        tuple(
            figure
            for kind, (what, limit) in KINDS.items()
            for figure in (
                Figure(f"{kind}_p50", f"{what}, p50"),
                Figure(f"{kind}_p95", f"{what}, p95", goal=at_most(limit)),
                Figure(f"{kind}_p99", f"{what}, p99"),
            )
        ),
        measure_search,
    ),
)
