"""I6: what open pages show, held against the database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import psycopg

from faults.browser import Browser
from faults.frames import Bubble, Row

TALKS = "SELECT team_id, array_agg(id ORDER BY id) FROM inbox_conversation GROUP BY team_id"
LISTS = """
SELECT team_id, id, (extract(epoch FROM last_message_at) * 1000000)::bigint, inbound_count
FROM inbox_conversation
WHERE status = 'open' AND (snoozed_until IS NULL OR snoozed_until <= now())
ORDER BY last_message_at DESC, id DESC
"""
THREADS = """
SELECT conversation_id, id, (extract(epoch FROM at) * 1000000)::bigint,
       CASE WHEN direction = 'out' THEN status ELSE '' END
FROM inbox_message WHERE conversation_id = ANY(%s) AND kind <> 'reaction'
ORDER BY at, id
"""


def talks_by_team(database: str) -> dict[int, list[int]]:
    """Team id -> ids of its conversations."""
    with psycopg.connect(database) as connection:
        return dict(connection.execute(TALKS).fetchall())


def differences(database: str, browsers: Iterable[Browser]) -> list[str]:
    """One line for each page that shows something else than the database holds."""
    pages = list(browsers)
    opened = [page.thread.conversation for page in pages if page.thread]
    lists: dict[int, list[Row]] = {}
    threads: dict[int, list[Bubble]] = {}
    with psycopg.connect(database) as connection:
        for team, pk, sort, inbound in connection.execute(LISTS):
            lists.setdefault(team, []).append(Row(pk, frozenset(), sort, inbound))
        for talk, pk, at, tick in connection.execute(THREADS, [opened]):
            threads.setdefault(talk, []).append(Bubble(pk, at, tick))
    return [
        words for page in pages for words in _wrong(page, lists.get(page.person.team, []), threads)
    ]


def _wrong(page: Browser, rows: list[Row], threads: dict[int, list[Bubble]]) -> list[str]:
    found = list(page.failures)
    shown = [(row.pk, row.sort, row.inbound) for row in page.list.rows]
    wanted = [(row.pk, row.sort, row.inbound) for row in rows]
    if page.list.has_more:
        wanted = wanted[: len(shown)]
    if shown != wanted:
        found.append(f"list of {page.view}: {_first(shown, wanted)}")
    if page.thread:
        there = page.thread.part_of(threads.get(page.thread.conversation, []))
        bubbles = [replace(bubble, seq=0) for bubble in page.thread.bubbles]
        if bubbles != there:
            place = page.thread.conversation
            found.append(f"thread {place}: {_first(bubbles, there)}")
    return found


def _pk(shown: object) -> object:
    return shown.pk if isinstance(shown, Bubble) else shown[0] if isinstance(shown, tuple) else 0


def _first(shown: list[object] | list[Bubble] | list[tuple[int, int, int]], wanted: object) -> str:
    """Where the two part."""
    other = list(wanted) if isinstance(wanted, list) else []
    for place, (one, two) in enumerate(zip(shown, other, strict=False)):
        if one != two:
            stands = next((each for each in shown if _pk(each) == _pk(two)), "nowhere")
            return f"at {place} {one} instead of {two}, which stands as {stands}"
    return f"{len(shown)} instead of {len(other)}"
