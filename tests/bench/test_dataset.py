"""A dataset is whole, holds together by Sash's own rules, and is built but once."""

from __future__ import annotations

import psycopg
import pytest

from bench.dataset.build import provide
from bench.dataset.cluster import cluster

BROKEN = {
    "counts": """SELECT count(*) FROM inbox_conversation c WHERE message_count <>
        (SELECT count(*) FROM inbox_message m WHERE m.conversation_id = c.id)""",
    "words": """SELECT (SELECT count(*) FROM inbox_message WHERE text <> '')
        - (SELECT count(*) FROM inbox_messagewords)""",
    "people": """SELECT count(*) FROM inbox_conversation c WHERE assignee_id IS NOT NULL
        AND NOT EXISTS (SELECT FROM accounts_membership m
            WHERE m.user_id = c.assignee_id AND m.team_id = c.team_id)""",
    "order": "SELECT count(*) FROM inbox_message a JOIN inbox_message b ON b.id = a.id + 1 "
    "WHERE b.at < a.at",
    "postponed": "SELECT count(*) FROM bench.later",
}


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("bench")
    with cluster(folder / "data", shared_buffers="64MB"):
        yield provide("tiny", folder=folder / "data"), folder / "data"


@pytest.mark.parametrize("rule", BROKEN)
def test_it_holds_together(dataset, rule):
    with psycopg.connect(dataset[0]) as connection:
        assert connection.execute(BROKEN[rule]).fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM inbox_conversation").fetchone() == (400,)


def test_the_indexes_of_the_migrations_are_back(dataset):
    with psycopg.connect(dataset[0]) as connection:
        names = connection.execute("SELECT indexname FROM pg_indexes").fetchall()
    assert {("message_of_thread",), ("one_open_conversation",), ("one_read_mark",)} <= set(names)
    assert any(name.startswith("inbox_messagewords") and "words" in name[20:] for (name,) in names)


def test_a_whole_one_is_left_as_it_is(dataset):
    url, folder = dataset
    with psycopg.connect(url) as connection:
        before = connection.execute("SELECT max(at) FROM bench.done").fetchone()
        assert provide("tiny", folder=folder) == url
        assert connection.execute("SELECT max(at) FROM bench.done").fetchone() == before
