"""Keeps the rail's numbers of every open page true, seldom enough that pushes pass between."""

import asyncio
import time

from inbox.consumers.counting import Matrix, news, read_matrix
from inbox.consumers.crowd import Crowd
from inbox.consumers.sockets import Socket
from inbox.consumers.threads import in_thread

EVERY = 1.0
SHARE = 20  # it rests so many times as long as it worked
TOGETHER, PAUSE = 25, 0.002  # sockets at once, so that pushes pass between


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
        matrix = await in_thread(read_matrix)
        lists = [socket for socket in self.crowd if socket.is_list]
        parts = [lists[start : start + TOGETHER] for start in range(0, len(lists), TOGETHER)]
        for part in parts:
            await self.tell(part, matrix)
            await asyncio.sleep(PAUSE)
        worked = time.monotonic() - begun - PAUSE * len(parts)
        await asyncio.sleep(max(EVERY, SHARE * worked))

    async def tell(self, sockets: list[Socket], matrix: Matrix) -> None:
        """Those of them whose numbers are others now."""
        shown = [(socket.user_id, socket.audiences, socket.counts) for socket in sockets]
        for socket, change in zip(sockets, await in_thread(news, shown, matrix), strict=True):
            if change and socket.audiences:
                socket.counts, frame = change
                socket.offer(frame)
