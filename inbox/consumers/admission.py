"""Asks who stands at the door, together with everybody else who came in the same moment."""

import asyncio

from inbox.consumers.access import Key, Visitor, identify_all
from inbox.consumers.threads import in_thread

MOST_TOGETHER = 200


class Admission:
    """While one batch is asked for, the next gathers; nobody waits on purpose."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Key, asyncio.Future[Visitor | None]]] = []
        self.clerk: asyncio.Task[None] | None = None

    async def ask(self, key: Key) -> Visitor | None:
        """Who it is; None for who may not come in. Raises what the database raises."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Visitor | None] = loop.create_future()
        self.waiting.append((key, answer))
        if self.clerk is None:
            self.clerk = loop.create_task(self.work())
        return await answer

    async def work(self) -> None:
        while self.waiting:
            batch = self.waiting[:MOST_TOGETHER]
            del self.waiting[:MOST_TOGETHER]
            try:
                visitors = await in_thread(identify_all, [key for key, _ in batch])
            except Exception as error:
                for _, answer in batch:
                    if not answer.done():
                        answer.set_exception(error)
            else:
                for key, answer in batch:
                    if not answer.done():
                        answer.set_result(visitors[key])
        self.clerk = None
