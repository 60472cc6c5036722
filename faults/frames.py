"""Reads what the server sends to a page: rows, bubbles, cursors and signals, and no more of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

ROW = re.compile(
    r'<li (?:class="[^"]*" )?id="conversation-(\d+)-row"([^>]*)>(.*?)(?=<li |</ol>|\Z)', re.S
)
ITEM = re.compile(r'<li [^>]*?id="message-(\d+)"([^>]*)>(.*?)(?=<li [^>]*?id="|</ol>|\Z)', re.S)
ATTRIBUTE = re.compile(r'([a-z-]+)(?:="([^"]*)")?')
TICK = re.compile(r'class="tick tick--([a-z]+)')
CURSOR = re.compile(r'id="(list|thread)-catch-up"[^>]*?data-since="(\d+)"')
SIGNAL = re.compile(r'<live-signal name="([a-z-]+)"')
WITHIN = re.compile(r'<live-signal name="catch-up"[^>]*? within="(\d+)"')


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a list. tokens: the lists it is in; inbound: how often the customer wrote."""

    pk: int
    tokens: frozenset[str]
    sort: int
    inbound: int
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Bubble:
    """A message in a thread; tick: its status where it is ours."""

    pk: int
    at: int
    tick: str
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Frame:
    """Everything that one frame, page or answer tells. within: seconds for a catch-up."""

    rows: tuple[Row, ...]
    bubbles: tuple[Bubble, ...]
    cursors: dict[str, int]
    signals: tuple[str, ...]
    within: float
    has_more_rows: bool
    has_older: bool
    has_newer: bool


@lru_cache(2048)
def read_frame(text: str) -> Frame:
    """Cached: the same frame goes to many pages."""
    return Frame(
        rows=tuple(map(_row, ROW.findall(text))),
        bubbles=tuple(map(_bubble, ITEM.findall(text))),
        cursors={name: int(cursor) for name, cursor in CURSOR.findall(text)},
        signals=tuple(SIGNAL.findall(text)),
        within=max(map(int, WITHIN.findall(text)), default=0) / 1000,
        has_more_rows='class="rows__more"' in text,
        has_older='class="thread__more" data-more="before"' in text,
        has_newer='class="thread__more" data-more="after"' in text,
    )


def _row(found: tuple[str, str, str]) -> Row:
    data = dict(ATTRIBUTE.findall(found[1]))
    return Row(
        pk=int(found[0]),
        tokens=frozenset(data.get("data-in", "").split()),
        sort=int(data.get("data-sort") or 0),
        inbound=int(data.get("data-inbound") or 0),
        seq=int(data.get("data-seq") or 0),
    )


def _bubble(found: tuple[str, str, str]) -> Bubble:
    data = dict(ATTRIBUTE.findall(found[1]))
    tick = TICK.search(found[2])
    return Bubble(
        pk=int(found[0]),
        at=int(data.get("data-at") or 0),
        tick=tick[1] if tick else "",
        seq=int(data.get("data-seq") or 0),
    )
