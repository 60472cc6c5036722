"""What the database says of an intake: how much arrived, once, and how late it was applied."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

import psycopg

PATIENCE = 120.0
LOOK_EVERY = 0.02

WAITING = "SELECT count(*) FROM inbox_webhookdelivery WHERE state = 'stored'"
UNHEARD = "SELECT count(*) FROM inbox_bell"
STORED = """
SELECT count(*), count(DISTINCT provider_id) FROM inbox_message
WHERE provider_id LIKE 'wamid.' || %s || '.%%'
"""
COUNTED = "SELECT coalesce(sum(inbound_count), 0) FROM inbox_conversation"
INBOUND = "SELECT count(*) FROM inbox_message WHERE direction = 'in'"
OLDEST = """
SELECT extract(epoch FROM clock_timestamp() - received_at)::float8
FROM inbox_webhookdelivery WHERE state = 'stored' ORDER BY id LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Balance:
    """Lost: answered 200 and not there. Doubled: there or counted more than once."""

    lost: int
    doubled: int


def wait_until_applied(connection: psycopg.Connection) -> float:
    """Seconds until every delivery is in its conversation."""
    return wait_until_none(connection, WAITING)


def wait_until_with_people(connection: psycopg.Connection) -> None:
    """Until every delivery is in its conversation, and no bot has anything left to say."""
    wait_until_applied(connection)
    wait_until_none(connection, UNHEARD)


def wait_until_none(connection: psycopg.Connection, question: str) -> float:
    """Seconds until a count is nought; infinite when it no longer falls."""
    began = moved = time.monotonic()
    fewest = float("inf")
    while waiting := one(connection, question):
        if waiting < fewest:
            fewest, moved = waiting, time.monotonic()
        if time.monotonic() - moved > PATIENCE:
            return float("inf")
        time.sleep(0.05)
    return time.monotonic() - began


def balance(connection: psycopg.Connection, label: str, sent: int) -> Balance:
    """Hold what was answered 200 against what is there. Everything must have been applied."""
    rows, different = connection.execute(STORED, [label]).fetchone() or (0, 0)
    counted_twice = one(connection, COUNTED) - one(connection, INBOUND)
    return Balance(
        lost=max(0, sent - different), doubled=rows - different + abs(int(counted_twice))
    )


async def watch_lag(url: str, seen: list[float]) -> None:
    """Until cancelled, note how old the oldest delivery is that is in no conversation yet.

    Asked from outside, since a transaction cannot know when it will be committed. Nothing
    waits: 0 seconds.
    """
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        while True:
            row = await (await connection.execute(OLDEST, prepare=True)).fetchone()
            seen.append(max(0.0, row[0]) if row else 0.0)
            await asyncio.sleep(LOOK_EVERY)


def one(connection: psycopg.Connection, question: str) -> int:
    """The one number that a query answers."""
    row = connection.execute(question.encode()).fetchone()
    return int(row[0]) if row else 0
