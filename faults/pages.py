"""What a page shows: an ordered list and an ordered thread, kept by the page's own rules.

The rules are those of static/js: rows.js, items.js, upsert.js and live.js.
"""

from __future__ import annotations

from faults.frames import Bubble, Frame, Row


class Newest:
    """The newest drawing of each that came: an answer may be overtaken by a push."""

    def __init__(self) -> None:
        self.numbers: dict[int, int] = {}

    def is_outdated(self, drawn: Row | Bubble) -> bool:
        """What has no number, such as a removal, always counts."""
        if drawn.seq and drawn.seq < self.numbers.get(drawn.pk, 0):
            return True
        self.numbers[drawn.pk] = max(drawn.seq, self.numbers.get(drawn.pk, 0))
        return False


class List:
    """The rows of one view, newest first."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.rows: list[Row] = []
        self.newest = Newest()
        self.has_more = False
        self.cursor = 0

    def load(self, frame: Frame) -> None:
        """The list as the server draws it."""
        self.rows = list(frame.rows)
        self.has_more = frame.has_more_rows
        self.cursor = frame.cursors.get("list", self.cursor)

    def apply(self, frame: Frame) -> None:
        """What a push or a catch-up brings."""
        for row in frame.rows:
            self.place(row)
        self.cursor = frame.cursors.get("list", self.cursor)

    def place(self, fresh: Row) -> None:
        """Where it belongs; beyond the last row that is loaded it waits for its page."""
        if self.newest.is_outdated(fresh):
            return
        self.rows = [row for row in self.rows if row.pk != fresh.pk]
        if self.token not in fresh.tokens:
            return
        before = (n for n, row in enumerate(self.rows) if _order(fresh) > _order(row))
        place = next(before, None)
        if place is not None:
            self.rows.insert(place, fresh)
        elif not self.has_more:
            self.rows.append(fresh)

    @property
    def known(self) -> list[int]:
        return [row.pk for row in self.rows]


def _order(row: Row) -> tuple[int, int]:
    return row.sort, row.pk


class Thread:
    """The bubbles of one conversation, oldest first."""

    def __init__(self, conversation: int) -> None:
        self.conversation = conversation
        self.bubbles: list[Bubble] = []
        self.newest = Newest()
        self.has_older = self.has_newer = False
        self.cursor = 0

    def load(self, frame: Frame) -> None:
        self.bubbles = list(frame.bubbles)
        self.has_older, self.has_newer = frame.has_older, frame.has_newer
        self.cursor = frame.cursors.get("thread", self.cursor)

    def apply(self, frame: Frame) -> None:
        for fresh in frame.bubbles:
            self.place(fresh)
        self.cursor = frame.cursors.get("thread", self.cursor)

    def place(self, fresh: Bubble) -> None:
        """By time, then by id; beyond an end that is not loaded it waits for its page."""
        if self.newest.is_outdated(fresh):
            return
        self.bubbles = [bubble for bubble in self.bubbles if bubble.pk != fresh.pk]
        place = sum((bubble.at, bubble.pk) < (fresh.at, fresh.pk) for bubble in self.bubbles)
        if self.bubbles and (
            (place == 0 and self.has_older) or (place == len(self.bubbles) and self.has_newer)
        ):
            return
        self.bubbles.insert(place, fresh)

    def part_of(self, all_of_it: list[Bubble]) -> list[Bubble]:
        """What a page that has loaded this far should show of a whole conversation."""
        first = self.bubbles[0].pk if self.bubbles and self.has_older else None
        start = next((n for n, bubble in enumerate(all_of_it) if bubble.pk == first), 0)
        return all_of_it[start : start + len(self.bubbles) if self.has_newer else None]
