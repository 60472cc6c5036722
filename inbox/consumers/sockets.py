"""One open page as the hub sees it: whose it is, what it may see, what waits to be sent."""

import asyncio
from collections.abc import Set
from dataclasses import dataclass, field

from inbox import fragments

MOST_WAITING = 200
NOT_YOURS = 4403


@dataclass(frozen=True, slots=True)
class Close:
    """Instead of a frame: the end, and why."""

    code: int


@dataclass(eq=False, slots=True)
class Socket:
    """conversation_id None: the inbox. audiences are empty until the person is known."""

    session_key: str
    conversation_id: int | None = None
    user_id: int = 0
    language: str = "en"
    audiences: Set[str] = frozenset()
    counts: str = ""
    queue: asyncio.Queue[str | Close] = field(
        default_factory=lambda: asyncio.Queue(maxsize=MOST_WAITING)
    )

    def offer(self, frame: str) -> None:
        """Queue a frame. A full queue is emptied: the page catches up by itself instead."""
        if self.queue.full():
            self.empty()
            frame = fragments.signal_frame(fragments.CATCH_UP)
        self.queue.put_nowait(frame)

    def close(self, code: int = NOT_YOURS) -> None:
        """Nothing that waits is sent any more."""
        self.empty()
        self.audiences = frozenset()
        self.queue.put_nowait(Close(code))

    def empty(self) -> None:
        while not self.queue.empty():
            self.queue.get_nowait()

    def may_hear(self, audiences: Set[str]) -> bool:
        """The same rule as conversations_for, told by audiences."""
        return not self.audiences.isdisjoint(audiences)
