"""The pool of connections when PostgreSQL was away."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 8
CUT = """
    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""


def ask(meeting: Barrier | None = None) -> int:
    """A question in a thread of its own, with a connection from the pool."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            if meeting:
                meeting.wait(20)
            return int(cursor.fetchone()[0])
    finally:
        connection.close()


def test_a_pool_full_of_dead_connections_costs_nobody_an_answer() -> None:
    meeting = Barrier(MANY)
    with ThreadPoolExecutor(MANY) as threads:
        assert list(threads.map(ask, [meeting] * MANY)) == [1] * MANY
        with connection.cursor() as cursor:
            cursor.execute(CUT)
            assert cursor.fetchone()[0] >= MANY - 1  # one of them asks

        assert threads.submit(ask).result() == 1
        assert list(threads.map(ask, [None] * MANY)) == [1] * MANY
