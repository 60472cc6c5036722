"""The sender's way to the database: plain Django code in a few threads, connections given back."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError, close_old_connections, connections
from psycopg_pool import PoolTimeout

P = ParamSpec("P")
T = TypeVar("T")
# What a restarted, busy or far-away PostgreSQL raises; each of them passes.
PASSING = (OperationalError, InterfaceError, PoolTimeout)
log = logging.getLogger("sash.send")


class Database:
    """A few threads, so that reading, beginning and settling do not wait for each other."""

    def __init__(self, threads: int = 4) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="sender-db")

    async def run(self, action: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """One action in a thread. Raises what it raises."""

        def work() -> T:
            close_old_connections()
            try:
                return action(*args, **kwargs)
            finally:
                connections.close_all()

        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

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
        self._threads.shutdown(wait=True)
