"""How hard and how long: the only place that reads what the person has set."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Load:
    """What goes on while a fault happens. Rates are events a second; `seconds` of each fault."""

    seconds: float = 60.0
    webhooks: float = 200.0
    replies: float = 50.0
    broadcast: float = 80.0
    browsers: int = 300
    teams: int = 20
    customers: int = 30

    def __str__(self) -> str:
        return (
            f"{self.webhooks:g} webhooks/s, {self.replies:g} replies/s,"
            f" {self.broadcast:g} broadcast/s, {self.browsers} pages, {self.seconds:g} s"
        )


def load_of(environ: Mapping[str, str] = os.environ) -> Load:
    """LOAD=0.1 is a tenth of everybody and everything; SECONDS=10 is the time of each fault."""
    full = Load()
    share = float(environ.get("LOAD") or 1)
    return Load(
        seconds=float(environ.get("SECONDS") or full.seconds),
        webhooks=full.webhooks * share,
        replies=full.replies * share,
        broadcast=full.broadcast * share,
        browsers=max(4, round(full.browsers * share)),
        teams=max(2, round(full.teams * min(1, share))),
        customers=full.customers,
    )
