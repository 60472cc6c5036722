"""Says whose browsers are connected, from the sockets that are open."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from django.utils import timezone

from inbox.actions import pushes
from inbox.actions.presence import record_departures, record_here
from inbox.consumers.threads import in_thread

MOMENT = 0.2  # in the morning, and after a restart, many come at once
GRACE = 8.0  # a page that goes to the next one closes its socket too
ANSWER = 2.0  # for another process that has the same person


class Beats:
    """What this process says of people. `is_here`: has the person a socket of this process?"""

    def __init__(self, is_here: Callable[[int], bool]) -> None:
        self.is_here = is_here
        self.came: set[int] = set()
        self.left: dict[int, float] = {}
        self.tasks: set[asyncio.Task[None]] = set()

    def greet(self, user_id: int) -> None:
        """A socket opened."""
        self.left.pop(user_id, None)
        if not self.came:
            self.begin(self.say_hello)
        self.came.add(user_id)

    def part(self, user_id: int) -> None:
        """A socket closed; was it the person's last, they are gone unless they come back soon."""
        if user_id and not self.is_here(user_id):
            if not self.left:
                self.begin(self.say_goodbye)
            self.left[user_id] = time.monotonic()

    def begin(self, job: Callable[[], Coroutine[Any, Any, None]]) -> None:
        task = asyncio.get_running_loop().create_task(job())
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def say_hello(self) -> None:
        """Whoever came in the same moment, together."""
        await asyncio.sleep(MOMENT)
        came, self.came = self.came, set()
        await self.record(came)

    async def say_goodbye(self) -> None:
        """Whoever is away for long enough and not in another process either."""
        while self.left:
            await asyncio.sleep(1.0)
            latest = time.monotonic() - GRACE
            gone = [user_id for user_id, since in self.left.items() if since < latest]
            if gone:
                for user_id in gone:
                    del self.left[user_id]
                await self.see_off(gone)

    async def see_off(self, user_ids: list[int]) -> None:
        at = timezone.now()
        await in_thread(pushes.presence_asked, user_ids)
        await asyncio.sleep(ANSWER)
        gone = [user_id for user_id in user_ids if not self.is_here(user_id)]
        await in_thread(record_departures, user_ids=gone, at=at)

    async def record(self, user_ids: Iterable[int]) -> None:
        """These people have an open socket."""
        await in_thread(record_here, user_ids=list(user_ids), at=timezone.now())
