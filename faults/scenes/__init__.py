"""The faults themselves, by their letter. Each is done to a scene and says what it expects."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from faults.scene import Scene


@dataclass(frozen=True)
class Fault:
    """A fault under its letter. settles: seconds that may pass until all work is done."""

    title: str
    do: Callable[[Scene], Awaitable[None]]
    settles: float = 60.0


def all_faults() -> dict[str, Fault]:
    """In the order of their letters."""
    from faults.scenes import meta, network, processes, rubbish, servers

    return {
        "F1": Fault("kill -9 of the web process, 5 times", processes.kill_web),
        "F2": Fault("kill -9 of the sender at every point", processes.kill_sender, 150),
        "F3": Fault("kill -9 of Celery's worker and beat", processes.kill_worker),
        "F4": Fault("Valkey empty after a restart, then away", servers.lose_store),
        "F5": Fault("PostgreSQL restarted at once, then away", servers.lose_database),
        "F6": Fault("PostgreSQL's tables locked", servers.lock_tables),
        "F7": Fault("Meta answers wrongly in every way", meta.spoil_answers, 180),
        "F8": Fault("webhooks twice, late, early, in batches", meta.shuffle_webhooks, 180),
        "F9": Fault("bodies that are none", rubbish.send_rubbish),
        "F10": Fault("a flood of unsigned requests", rubbish.flood),
        "F13": Fault("thousands of sockets, some of which never read", network.crowd_in),
        "F14": Fault("pages offline, asleep, twice, all at once", network.lose_network),
    }
