"""Who there is in every fault: numbers, teams, agents, customers. Pure names, no database.

The same names are told to Sash (faults.seed) and to the simulator (faults.platform).
"""

from __future__ import annotations

from dataclasses import dataclass

from faults.settings import Load

ACCOUNT = "102290129340398"
APP_ID = "794850321936471"
BROADCAST = "300000000000000"
BELL_WORD = "opening times"
BELL_ANSWER = "We are open from nine to six."


@dataclass(frozen=True)
class Team:
    """A team, its own business number, and the customers who write there."""

    name: str
    number: str
    display: str
    customers: tuple[str, ...]
    throughput: str = "HIGH"


def teams_of(load: Load) -> list[Team]:
    """The teams that answer, and last the number that only broadcasts."""
    found = [
        Team(
            name=f"Team {index:02}",
            number=f"2000000000000{index:02}",
            display=f"+49 30 5550 01{index:02}",
            customers=tuple(f"49170{index:02}{person:05}" for person in range(load.customers)),
        )
        for index in range(load.teams)
    ]
    audience = max(20, round(load.broadcast * 5))
    readers = tuple(f"4917099{person:05}" for person in range(audience))
    return [*found, Team("Broadcast", BROADCAST, "+49 30 5550 0199", readers, "STANDARD")]


@dataclass(frozen=True)
class Person:
    """A signed-in agent: the session is a real one."""

    user_id: int
    team: int
    session: str
