"""The sender's way to the database: plain Django code in a thread that keeps its connection."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError, connections
from psycopg_pool import PoolTimeout

P = ParamSpec("P")
T = TypeVar("T")
# What a restarted, busy or far-away PostgreSQL raises; each of them passes.
PASSING = (OperationalError, InterfaceError, PoolTimeout)
log = logging.getLogger("sash.send")


class Database:
    """One thread and its connection, which is given up after any error."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sender-db")

    async def run(self, action: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """One action, after those that were asked for before. Raises what it raises."""

        def work() -> T:
            try:
                return action(*args, **kwargs)
            except BaseException:
                connections.close_all()
                raise

        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def insist(self, action: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The action, again and again until PostgreSQL is there; for what must not be lost."""
        wait = 0.1
        while True:
            try:
                return await self.run(action, *args, **kwargs)
            except PASSING as error:
                log.warning("database away, trying again in %.1f s: %s", wait, error)
                await asyncio.sleep(wait)
                wait = min(wait * 2, 2.0)

    def close(self) -> None:
        self._thread.submit(connections.close_all)
        self._thread.shutdown(wait=True)
