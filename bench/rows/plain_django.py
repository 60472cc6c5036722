"""Beside us: the plain way in Django, with the same durability."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from secrets import token_hex

import psycopg

from bench import journal
from bench.figures import spread
from bench.ground import Ground
from bench.load.webhooks import Sender
from bench.programs import Programs, run_python, running
from bench.row import Figure, Measured, Row
from bench.rows.intake import MOST, WEBHOOKS, post

DATABASE = "bench_plain"
TEAMS = 20
# Both run as many processes as there are cores here, with threads; the faster one counts.
SERVERS = {
    "granian": (
        'granian --interface wsgi --host "$BIND" --port "$PORT" --workers 2 --blocking-threads 4'
        " --no-ws --log-level warning bench.plain_django.wsgi:application"
    ),
    "gunicorn": (
        'gunicorn --bind "$BIND:$PORT" --workers 2 --threads 4 --keep-alive 60'
        " --log-level warning bench.plain_django.wsgi:application"
    ),
}
STORED = "SELECT count(*) FROM plain_django_message WHERE provider_id LIKE 'wamid.load.%'"


@contextmanager
def project(ground: Ground, sender: Sender) -> Iterator[Programs]:
    """The project over a fresh database."""
    ground.drop_database(DATABASE)
    ground.as_owner("CREATE DATABASE {}", DATABASE)
    settings = {"PLAIN_APP_SECRET": sender.secret, "PLAIN_SECRET_KEY": token_hex(32)}
    environment = ground.environment(DATABASE) | settings
    environment.pop("DJANGO_SETTINGS_MODULE")
    run_python("bench.plain_django", environment)
    try:
        with running(environment, ground.logs) as programs:
            yield programs
    finally:
        ground.drop_database(DATABASE)


def measure_plain(ground: Ground) -> Measured:
    """The figures of the server on which it is fastest."""
    found = [measure_on(ground, command) for command in SERVERS.values()]
    return max(found, key=lambda figures: figures["rate"])


def measure_on(ground: Ground, command: str) -> Measured:
    """The same load as ours, after every customer has written once."""
    seconds, customers = ground.scale.seconds, ground.scale.customers
    numbers = [str(number) for number in range(TEAMS)]
    sender = Sender(token_hex(16), "1", numbers, customers)
    with project(ground, sender) as programs:
        server = programs.serve("plain", command, path=WEBHOOKS)
        post(server, itertools.islice(sender.messages("first"), customers), seconds=300)
        ground.settle()
        requests = list(itertools.islice(sender.messages("load"), MOST * seconds))
        record = post(server, requests, seconds=seconds)
        with psycopg.connect(ground.url_of(DATABASE), autocommit=True) as connection:
            stored = journal.one(connection, STORED)
    return {
        "rate": record.rate,
        "refused": record.refused,
        "lost": max(0, len(record.latencies) - stored),
        **spread(record.latencies, "ack", 0.5, 0.99),
    }


ROWS = (
    Row(
        "plain_django",
        "Beside us: webhooks of one event, a Django view with the ORM, granian or gunicorn",
        (
            Figure("rate", "events answered 200", "/s"),
            Figure("ack_p50", "answered, p50"),
            Figure("ack_p99", "answered, p99"),
            Figure("refused", "not answered 200", ""),
            Figure("lost", "lost", ""),
        ),
        measure_plain,
    ),
)
