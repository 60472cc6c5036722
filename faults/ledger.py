"""What the harness knows from outside, loaded beside Sash's own tables, and the invariants."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

SCRIPT = Path(__file__).with_name("invariants.sql")
RULES = ("I1", "I2", "I3", "I4", "I5", "I7")
TABLES = {
    "received": "number text, wamid text",
    "statuses": "wamid text, status text",
    "calls": "message_id bigint, wamid text",
    "queued": "message_id bigint, client_uuid uuid",
}
# Everything that a fault fills. The cast and the people stay.
EMPTIED = ("inbox_conversation", "inbox_contact", "inbox_webhookdelivery", "inbox_earlyevent")


@dataclass(frozen=True)
class Break:
    """A rule that does not hold: how many rows, and some of them."""

    invariant: str
    rule: str
    rows: int
    some: str

    def __str__(self) -> str:
        return f"{self.invariant}: {self.rows} × not: {self.rule} ({self.some})"


def prepare(database: str) -> None:
    """The ledger's tables, empty."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS faults CASCADE")
        connection.execute("CREATE SCHEMA faults")
        for name, columns in TABLES.items():
            create = sql.SQL("CREATE TABLE faults.{} ({})")
            connection.execute(create.format(sql.Identifier(name), sql.SQL(columns)))


def empty(database: str) -> None:
    """Forget what the fault before has left, in Sash and in the ledger."""
    names = [sql.Identifier(name) for name in EMPTIED]
    names += [sql.Identifier("faults", name) for name in TABLES]
    with psycopg.connect(database, autocommit=True) as connection:
        truncate = sql.SQL("TRUNCATE {} CASCADE").format(sql.SQL(", ").join(names))
        while True:
            try:
                connection.execute(truncate)
                break
            except psycopg.errors.DeadlockDetected:
                continue
        connection.execute("UPDATE accounts_phonenumber SET is_paused = false")


def load(database: str, table: str, rows: Iterable[Sequence[Any]]) -> None:
    """Put these rows into one of the ledger's tables, in place of others."""
    clear = sql.SQL("TRUNCATE faults.{}").format(sql.Identifier(table))
    copy = sql.SQL("COPY faults.{} FROM STDIN").format(sql.Identifier(table))
    with psycopg.connect(database) as connection, connection.cursor() as cursor:
        cursor.execute(clear)
        with cursor.copy(copy) as sink:
            for row in rows:
                sink.write_row(row)


def check(database: str) -> list[Break]:
    """Every rule that is broken now."""
    with psycopg.connect(database) as connection:
        rows = connection.execute(SCRIPT.read_text(encoding="utf-8")).fetchall()
    return [Break(*row) for row in rows]


def ask(database: str, query: str, *values: Any) -> Any:
    """The first column of the first row."""
    with psycopg.connect(database) as connection:
        row = connection.execute(query, values).fetchone()
    return row[0] if row else None


def tell(database: str, statement: str) -> None:
    """Change something in Sash behind its back, as a fault does."""
    with psycopg.connect(database) as connection:
        connection.execute(sql.SQL(statement))


def accepted_calls(simulator: Path) -> list[tuple[int, str]]:
    """(message id, wamid) of every call to send that took effect at Meta."""
    rows = _read(
        simulator,
        "SELECT opaque, wamid FROM ledger WHERE call = 'messages' AND accepted AND wamid <> ''",
    )
    return [(int(opaque.removeprefix("sash:")), wamid) for opaque, wamid in rows]


def delivered_statuses(simulator: Path) -> list[tuple[str, str]]:
    """(wamid, status) of every status that the simulator posted and Sash acknowledged."""
    rows = _read(
        simulator,
        "SELECT s.value ->> 'id', s.value ->> 'status' FROM webhooks,"
        " json_each(webhooks.value, '$.statuses') s WHERE state = 'delivered'",
    )
    return [(wamid, status) for wamid, status in rows]


def pending_webhooks(simulator: Path) -> int:
    """How many the simulator still has to deliver."""
    return int(_read(simulator, "SELECT count(*) FROM webhooks WHERE state = 'pending'")[0][0])


def _read(path: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return connection.execute(query).fetchall()
