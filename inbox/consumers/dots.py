"""The dots that say which colleague is there, drawn seldom enough for a morning when all come."""

import asyncio
from collections.abc import Iterable

from inbox.consumers import drawing
from inbox.consumers.crowd import Crowd
from inbox.consumers.threads import in_thread

EVERY = 1.0
PER_PAGE = 0.002  # seconds more of rest, since each of them is told


class Dots:
    """Of one crowd; `note` whose may be others."""

    def __init__(self, crowd: Crowd) -> None:
        self.crowd = crowd
        self.users: set[int] = set()
        self.noted = asyncio.Event()

    def note(self, users: Iterable[int]) -> None:
        self.users |= set(users)
        self.noted.set()

    async def show(self) -> None:
        """At most once a second, and more seldom with many pages, to whoever may see them."""
        await self.noted.wait()
        self.noted.clear()
        users, self.users = self.users, set()
        for audience, frame in (await in_thread(drawing.draw_presence, users)).items():
            for socket in self.crowd.lists_of({audience}) if frame else ():
                socket.offer(frame)
        await asyncio.sleep(max(EVERY, PER_PAGE * len(self.crowd)))
