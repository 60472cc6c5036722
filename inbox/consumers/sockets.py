"""One open page as the hub sees it: whose it is, what it may see, what waits to be sent."""

import asyncio
import logging
from collections.abc import Set
from dataclasses import dataclass, field

from core.asgi import Send
from inbox import fragments

MOST_WAITING = 200
NOT_YOURS = 4403
log = logging.getLogger("sash.hub")


@dataclass(eq=False, slots=True)
class Socket:
    """conversation_id None: the inbox. audiences are empty until the person is known.

    is_news: a page without conversations, which hears only what concerns every page.

    counts: a number that stands for the counts that the page shows. A task writes while
    something waits; an idle page costs none.
    """

    session_key: str
    send: Send
    conversation_id: int | None = None
    is_news: bool = False
    user_id: int = 0
    language: str = "en"
    audiences: Set[str] = frozenset()
    counts: int = 0
    waiting: list[str] = field(default_factory=list)
    closing: int = 0
    writer: asyncio.Task[None] | None = None

    @property
    def is_list(self) -> bool:
        """A page of the inbox: rows, counts, presence."""
        return self.conversation_id is None and not self.is_news

    def offer(self, frame: str) -> None:
        """Send soon, unless it was not let in or is put out.

        Behind too many frames they are all dropped: the page catches up instead.
        """
        if not self.audiences:
            return
        if len(self.waiting) >= MOST_WAITING:
            self.waiting = []
            frame = self.catch_up_frame()
        self.waiting.append(frame)
        self.wake()

    def catch_up_frame(self, within: int = 0) -> str:
        """The page asks for what it missed, in its own moment of so many milliseconds."""
        return fragments.signal_frame(
            fragments.CATCH_UP, conversation_id=self.conversation_id, within=within
        )

    def close(self, code: int = NOT_YOURS) -> None:
        """Nothing that waits is sent any more."""
        if not self.closing:
            self.waiting, self.audiences, self.closing = [], frozenset(), code
            self.wake()

    def wake(self) -> None:
        if self.writer is None:
            self.writer = asyncio.get_running_loop().create_task(self.write())

    async def write(self) -> None:
        """What waits together goes as one frame. A line that breaks is told of elsewhere."""
        try:
            while self.waiting:
                frames, self.waiting = self.waiting, []
                text = frames[0] if len(frames) == 1 else "".join(frames)
                await self.send({"type": "websocket.send", "text": text})
            if self.closing:
                await self.send({"type": "websocket.close", "code": self.closing})
        except OSError as error:
            log.debug("a socket broke: %s", error)
        finally:
            self.writer = None

    def may_hear(self, audiences: Set[str]) -> bool:
        """The same rule as conversations_for, told by audiences."""
        return not self.audiences.isdisjoint(audiences)
