"""Keeps the rail's numbers of every open page true, seldom enough that pushes pass between."""

import asyncio
import time

from inbox.consumers.counting import news, read_matrix
from inbox.consumers.crowd import Crowd
from inbox.consumers.threads import in_thread

EVERY = 1.0
SHARE = 20  # it rests so many times as long as it worked


class Tally:
    """The counts of one crowd; `ask` when they may be others."""

    def __init__(self, crowd: Crowd) -> None:
        self.crowd = crowd
        self.asked = asyncio.Event()

    def ask(self) -> None:
        self.asked.set()

    async def count(self) -> None:
        """At most once a second, to pages whose numbers changed."""
        await self.asked.wait()
        self.asked.clear()
        begun = time.monotonic()
        lists = [socket for socket in self.crowd if socket.is_list]
        shown = [(socket.user_id, socket.audiences, socket.counts) for socket in lists]
        found = await in_thread(lambda: news(shown, read_matrix()))
        for socket, change in zip(lists, found, strict=True):
            if change and socket.audiences:
                socket.counts, frame = change
                socket.offer(frame)
        await asyncio.sleep(max(EVERY, SHARE * (time.monotonic() - begun)))
