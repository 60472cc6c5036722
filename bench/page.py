"""docs/benchmarks.md and its chart, written from what was measured."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench import results
from bench.chart import bars, draw
from bench.machine import describe_machine
from bench.results import Result
from bench.row import Row
from bench.table import as_markdown

INTRODUCTION = """\
# How fast Sash is

`make bench` has written this page: it starts PostgreSQL with its usual durability, Valkey, and
every process of Sash as in production, and loads them from the same machine. Nothing here was
typed by hand.

**P** is what the machine can do at that moment: transactions a second of `pgbench` with 8
clients, each of which stores a message and updates its conversation. It is measured before and
after each run, and rates are given as parts of it too, since a rate alone says more about the
machine. Every row but the long ones is run three times on an empty copy of the database (or on
the large inbox that its title names); the table shows medians. Latencies are those that the
client sees; under a rate they count from the moment at which a request was due.

![Each figure against its goal](images/benchmarks.svg)
"""
MACHINE = "\n## The machine\n\n"
MEANING = """
## How each is measured

- *Webhooks* are all different, signed, and posted over 128 connections that stay open. Lost and
  doubled are counted in the database afterwards. *In its conversation* is the age of the oldest
  delivery that waits, looked at every 20 ms from outside.
- *Browsers* are sockets with real sessions. They ask for no compression, and come back after a
  restart as htmx does: after a random part of 1, 2, 4… seconds.
- *Memory* is the proportional set size of a process and those that it started.
- *Pages* are asked for one after the other by agents of large and small teams and a supervisor.
- The load generators run on the same cores and spend some 20 µs on each webhook; bodies are
  made and signed before a run, but for the rows of minutes.
- *Beside us* are a Django view that stores with the ORM behind granian, and django-helpdesk by
  its API, both over the same PostgreSQL.

Once more, or one row alone: `make bench`, `make bench ROW=intake`; the rows of 10 and 30
minutes: `make bench-long`; a small form: `make bench-quick`.
"""


def publish(root: Path, folder: Path, rows: Sequence[Row]) -> Path:
    """Write the page from the newest result of each row; those never measured are left out."""
    found = known(folder, rows)
    docs = root / "docs"
    (docs / "images").mkdir(exist_ok=True)
    (docs / "images" / "benchmarks.svg").write_text(draw(bars(found)), encoding="utf-8")
    page = docs / "benchmarks.md"
    page.write_text(text_of(found), encoding="utf-8")
    return page


def known(folder: Path, rows: Sequence[Row]) -> list[tuple[Row, Result]]:
    """Rows with their newest results."""
    pairs = [(row, results.kept(folder, row.name)) for row in rows]
    return [(row, result) for row, result in pairs if result is not None]


def text_of(found: Sequence[tuple[Row, Result]]) -> str:
    """The whole page."""
    machine = "\n".join(f"- {line}" for line in describe_machine())
    days = sorted({f"{result.on} ({result.commit})" for _, result in found})
    measured = f"\n- measured {', '.join(days)}\n" if days else "\n"
    table = as_markdown(found)
    return f"{INTRODUCTION}\n{table}{MACHINE}{machine}{measured}{MEANING}"
