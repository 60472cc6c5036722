"""Looks for pushes that never came: rows that changed without the hub having drawn them."""

import asyncio
from collections.abc import Iterable

from inbox.consumers.threads import in_thread
from inbox.queries.changes import changed_anywhere, read_cursor

PATIENCE = 2.0  # a push may be under way while the sweep reads


class Sweep:
    """What the hub has drawn, by the row's number, since the sweep before the last."""

    def __init__(self) -> None:
        self.cursor: int | None = None
        self.drawn: dict[int, int] = {}
        self.heard: set[int] = set()
        self.heard_before: set[int] = set()

    def saw(self, conversation_id: int, seq: int) -> None:
        """The row was drawn as of this number."""
        self.drawn[conversation_id] = max(seq, self.drawn.get(conversation_id, 0))

    def ignore(self, conversation_ids: Iterable[int]) -> None:
        """Heard of; drawn only where somebody looks."""
        self.heard.update(conversation_ids)

    async def found_lost(self) -> bool:
        """Is there a changed row that no push has told of? The first look only notes the place."""
        if self.cursor is None:
            self.cursor = await in_thread(read_cursor)
            return False
        changed, cursor = await in_thread(changed_anywhere, since=self.cursor)
        if self.missing(changed):
            await asyncio.sleep(PATIENCE)
        missing = self.missing(changed)
        self.cursor = cursor
        self.heard_before, self.heard = self.heard, set()
        # As long as a row counts as heard of, so must what was drawn of it.
        self.drawn = {pk: seq for pk, seq in self.drawn.items() if pk in self.heard_before}
        return bool(missing)

    def missing(self, changed: list[tuple[int, int]]) -> list[int]:
        """Rows newer than what was drawn of them, and rows never heard of."""
        # What was heard of while the last sweep read is in this one's rows too.
        heard = self.heard | self.heard_before
        return [
            pk
            for pk, seq in changed
            if seq > self.drawn.get(pk, 0) and (pk in self.drawn or pk not in heard)
        ]
