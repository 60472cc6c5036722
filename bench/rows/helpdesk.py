"""Beside us: django-helpdesk, by its API and its list."""

from __future__ import annotations

import hashlib
import itertools
import json
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import Any

from bench.figures import spread
from bench.ground import Ground
from bench.load import event_loop
from bench.load.http import lines
from bench.load.loads import Closed, Record, as_fast_as_answered
from bench.load.visitor import Visitor, visitor
from bench.programs import ROOT, Program, Programs, run_python, running
from bench.row import CannotMeasure, Figure, Measured, Row

DATABASE = "bench_helpdesk"
PINS = ROOT / "requirements" / "bench-helpdesk.txt"
CONNECTIONS = 8  # as many as it answers fastest
LISTS = 40
SERVER = (
    'granian --interface wsgi --host "$BIND" --port "$PORT" --workers 2 --blocking-threads 4'
    " --no-ws --log-level warning bench.helpdesk.wsgi:application"
)
TEXT = "Good morning, the parcel that I ordered on Monday has not come yet. Could you look? "
OPEN_NEWEST_FIRST = {
    "filtering": {"status__in": [1, 2]},
    "sorting": "created",
    "sortreverse": True,
}


def provide_helpdesk(folder: Path) -> Path:
    """The programs of its virtual environment, made once. Raises CannotMeasure."""
    pins = PINS.read_bytes()
    stamp, wanted = folder / "installed", hashlib.sha256(pins).hexdigest()
    if not (stamp.exists() and stamp.read_text(encoding="ascii") == wanted):
        install(folder)
        stamp.write_text(wanted, encoding="ascii")
    return folder / "bin"


def install(folder: Path) -> None:
    """By hash and wheels alone, as Sash itself is installed."""
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "-qq", "--no-input"]
    pip += ["--disable-pip-version-check", "--require-hashes", "--only-binary", ":all:"]
    try:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)  # noqa: S603
        subprocess.run([*pip, "--requirement", str(PINS)], check=True)  # noqa: S603
    except subprocess.CalledProcessError:
        raise CannotMeasure(
            "django-helpdesk could not be installed from a package index"
        ) from None


@contextmanager
def project(ground: Ground) -> Iterator[tuple[Programs, dict[str, Any]]]:
    """The help desk over a fresh database with its tickets."""
    programs_folder = provide_helpdesk(ground.data / "helpdesk")
    ground.drop_database(DATABASE)
    ground.as_owner("CREATE DATABASE {}", DATABASE)
    environment = {
        "PATH": f"{programs_folder}:/usr/bin:/bin",
        "DATABASE_URL": ground.url_of(DATABASE),
        "HELPDESK_SECRET_KEY": token_hex(32),
        "PYTHONPATH": str(ROOT),
    }
    python = str(programs_folder / "python")
    tickets = str(ground.scale.tickets)
    said = run_python("bench.helpdesk", environment, tickets, python=python)
    try:
        with running(environment, ground.logs) as programs:
            yield programs, json.loads(said)
    finally:
        ground.drop_database(DATABASE)


def follow_ups(who: Visitor, user: int, tickets: list[int]) -> Iterator[bytes]:
    """What a customer wrote comes into the ticket that is there: the least that its API can do."""
    for place in itertools.count():
        content = {"ticket": tickets[place % len(tickets)], "user": user, "title": "Message"}
        content |= {"comment": f"{TEXT}{place}", "public": True}
        yield who.post_json("/api/followups/", content)


async def read_lists(server: Program, who: Visitor) -> Record:
    """The rows that its list of tickets loads, one page after the other."""
    query = b64encode(json.dumps(OPEN_NEWEST_FIRST).encode()).decode()
    path = f"/datatables_ticket_list/{query}?draw=1&start=0&length=25"
    requests = [who.get(path, "")] * LISTS
    async with lines(server.address, 1) as opened:
        return await Closed(requests, 60).run(opened)


def measure_helpdesk(ground: Ground) -> Measured:
    """Messages as follow-ups, and the list."""
    with project(ground) as (programs, made):
        who = visitor(made["session"])
        server = programs.serve("helpdesk", SERVER, path="/api/")
        endless = follow_ups(who, made["user"], made["tickets"])
        listed = event_loop.run(read_lists(server, who))
        stored = event_loop.run(
            as_fast_as_answered(
                server.address, endless, connections=CONNECTIONS, seconds=ground.scale.seconds
            )
        )
    return {
        "rate": stored.rate,
        "refused": stored.refused + listed.refused,
        **spread(stored.latencies, "ack", 0.5, 0.99),
        **spread(listed.latencies, "list", 0.5, 0.95),
    }


ROWS = (
    Row(
        "helpdesk",
        "Beside us: django-helpdesk, 10,000 tickets, two granian processes",
        (
            Figure("rate", "follow-ups stored by its API, 8 connections", "/s"),
            Figure("ack_p50", "answered, p50"),
            Figure("ack_p99", "answered, p99"),
            Figure("list_p50", "list of tickets, p50"),
            Figure("list_p95", "list of tickets, p95"),
            Figure("refused", "not answered 2xx", ""),
        ),
        measure_helpdesk,
    ),
)
