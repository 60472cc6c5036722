"""Builds a dataset by statements inside PostgreSQL, step by step, each remembered when done."""

import itertools
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from bench.dataset.cluster import (
    FOLDER,
    environment_for,
    join_or_start,
    serve_loading,
    url_of,
)
from bench.dataset.vocabulary import FIRST_NAMES, LAST_NAMES, WORDS, make_words
from config.services import Services

SQL = Path(__file__).with_name("sql")
ROOT = Path(__file__).resolve().parents[2]
CHUNK = 250_000
LOADERS = min(4, os.cpu_count() or 2)
TABLES = [
    "inbox_contact", "inbox_identity", "inbox_conversation", "inbox_message", "inbox_participant",
    "inbox_event", "inbox_readmark", "inbox_attachment", "inbox_assignment", "inbox_sessionwindow",
    "inbox_mention", "inbox_conversation_labels",
]  # fmt: skip
RANKS = ["received", "sending", "unknown", "accepted", "sent", "failed", "delivered", "read"]
SESSION = """
SET session_replication_role = replica; SET statement_timeout = 0; SET work_mem = '192MB';
SET maintenance_work_mem = '768MB'; SET synchronous_commit = off; SET jit = off
"""


@dataclass(frozen=True, slots=True)
class Size:
    """How many conversations; messages are ten times as many, give or take one in a hundred."""

    conversations: int


SIZES = {"tiny": Size(400), "100k": Size(10_000), "1m": Size(100_000), "10m": Size(1_000_000)}


def provide(size: str, *, services: Services | None = None, folder: Path = FOLDER) -> str:
    """DATABASE_URL of the dataset, which is built, finished or migrated where that is needed.

    services: those that run over `folder` already, where the caller started them; else the
    server of `folder` is joined or started.
    """
    server = serve_loading(services) if services else join_or_start(folder)
    name = f"sash_bench_{size}"
    create_database(server, name)
    url = url_of(name, server)
    environment = environment_for(url, folder)
    run(environment, "manage.py", "migrate", "--verbosity", "0")
    build(url, SIZES[size], environment)
    return url


def build(url: str, size: Size, environment: dict[str, str]) -> None:
    """Do every step that was not done yet."""
    with connect(url) as connection:
        script(connection, "helpers", {})
        done = {row[0] for row in connection.execute("SELECT step FROM bench.done").fetchall()}
        if "all" in done:
            return
        steps = Steps(url, connection, done)
        steps.run("words", lambda db: load_words(db))
        if "people" not in done:
            run(environment, "-m", "bench.dataset.people")
            steps.run("people", lambda db: None)
        values = values_for(size, connection)
        for name in ("phrases", "plan", "parts", "postpone", "contacts"):
            steps.run_script(name, values)
        load_messages(steps, values)
        for name in ("conversations", "around", "sequences"):
            steps.run_script(name, values)
        run_postponed(steps)
        steps.tidy()
        steps.run("all", lambda db: None)


def values_for(size: Size, connection: psycopg.Connection) -> dict[str, Any]:
    """What the scripts fill in; the last moment of the dataset is that of its first build."""
    row = connection.execute("SELECT at FROM bench.done WHERE step = 'words'").fetchone()
    end = row[0] if row else datetime.now(UTC)
    return {
        "conversations": size.conversations,
        "contacts": size.conversations * 7 // 10,
        "phrases": max(10_000, size.conversations // 4),
        "words": WORDS,
        "end": end,
        "first_names": FIRST_NAMES.split(),
        "last_names": LAST_NAMES.split(),
        "ranks": RANKS,
        "tables": TABLES,
    }


class Steps:
    """Runs steps in transactions of their own, once, and says how long each took."""

    def __init__(self, url: str, connection: psycopg.Connection, done: set[str]) -> None:
        self.url = url
        self.connection = connection
        self.done = done

    def run(self, name: str, work: Callable[[psycopg.Connection], Any]) -> None:
        if name in self.done:
            return
        with said(name), self.connection.transaction():
            work(self.connection)
            self.connection.execute("INSERT INTO bench.done (step) VALUES (%s)", [name])
        self.done.add(name)

    def run_script(self, name: str, values: dict[str, Any]) -> None:
        self.run(name, lambda db: script(db, name, values))

    def tidy(self) -> None:
        """Statistics and the visibility map, as autovacuum would have made them in time."""
        with said("vacuum"):
            for table in [*TABLES, "inbox_messagewords"]:
                self.connection.execute(f"VACUUM (ANALYZE) {table}")
            self.connection.execute("ANALYZE")
            self.connection.execute("CHECKPOINT" if self.may_checkpoint() else "SELECT 1")

    def may_checkpoint(self) -> bool:
        row = self.connection.execute(
            "SELECT pg_has_role(current_user, 'pg_checkpoint', 'USAGE')"
        ).fetchone()
        return bool(row and row[0])


def load_words(connection: psycopg.Connection) -> None:
    connection.execute("CREATE TABLE bench.word (rank int PRIMARY KEY, word text UNIQUE)")
    with connection.cursor().copy("COPY bench.word FROM STDIN") as copy:
        for row in enumerate(make_words(), 1):
            copy.write_row(row)


def load_messages(steps: Steps, values: dict[str, Any]) -> None:
    """Chunks of rows, several at a time, in the order of their ids."""
    ((total,),) = steps.connection.execute("SELECT max(id) FROM bench.plan").fetchall()
    starts = [n for n in range(0, total, CHUNK) if f"messages {n}" not in steps.done]
    ready = itertools.count(len(range(0, total, CHUNK)) - len(starts) + 1)

    def load(above: int) -> None:
        upto = above + CHUNK
        with connect(steps.url) as connection, connection.transaction():
            script(connection, "messages", {**values, "above": above, "upto": upto})
            connection.execute("INSERT INTO bench.done (step) VALUES (%s)", [f"messages {above}"])
        say(f"  messages {min(total, next(ready) * CHUNK):>12,} of {total:,}")

    with said("messages"), ThreadPoolExecutor(LOADERS) as pool:
        list(pool.map(load, starts))
    steps.connection.execute("ANALYZE inbox_message")


def run_postponed(steps: Steps) -> None:
    """Build the indexes and constraints that were put off, forgetting each when it stands."""
    rows = steps.connection.execute("SELECT number, command FROM bench.later ORDER BY number")
    for number, command in rows.fetchall():
        words = command.replace("CREATE ", "").partition(" USING ")[0]
        with said(words[:90]), steps.connection.transaction():
            steps.connection.execute(command)
            steps.connection.execute("DELETE FROM bench.later WHERE number = %s", [number])


def word_of_rank(url: str, *ranks: int) -> list[str]:
    """Words by their rank; rank r stands in about 1.1 / r of all messages."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT word FROM bench.word WHERE rank = ANY(%s) "
            "ORDER BY array_position(%s::int[], rank)", [list(ranks), list(ranks)]
        ).fetchall()  # fmt: skip
    return [row[0] for row in rows]


def create_database(server: str, name: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if not found.fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def connect(url: str) -> psycopg.Connection:
    """A connection for loading: no triggers, patience, memory; values go in on our side."""
    connection = psycopg.connect(url, autocommit=True, cursor_factory=psycopg.ClientCursor)
    connection.execute(SESSION)
    return connection


def script(connection: psycopg.Connection, name: str, values: dict[str, Any]) -> None:
    text = (SQL / f"{name}.sql").read_text(encoding="utf-8")
    connection.execute(text, values or None)


def run(environment: dict[str, str], *command: str) -> None:
    """A program of ours on the dataset."""
    settings = {"DJANGO_SETTINGS_MODULE": "config.settings", "SASH_LOG_LEVEL": "WARNING"}
    subprocess.run(  # noqa: S603 - our own programs
        [sys.executable, *command],
        cwd=ROOT, env={**os.environ, **settings, **environment}, check=True,
    )  # fmt: skip


@contextmanager
def said(name: str) -> Iterator[None]:
    """Tell the person at the terminal what goes on, and for how long."""
    begun = time.monotonic()
    say(f"{name} …")
    yield
    say(f"{name}: {time.monotonic() - begun:.1f} s")


def say(text: str) -> None:
    print(f"[{datetime.now(UTC):%H:%M:%S}] {text}", file=sys.stderr, flush=True)  # noqa: T201
