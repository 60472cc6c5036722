"""Where blocking work of the sockets runs: beside the event loop, in few threads."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import Error, close_old_connections, connection

P = ParamSpec("P")
T = TypeVar("T")
WORKERS = 6
pool = ThreadPoolExecutor(max_workers=WORKERS, thread_name_prefix="live")
drawer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="live-drawing")


async def in_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run it beside the loop; whatever it raises is raised here."""

    def run() -> T:
        close_old_connections()
        try:
            return work(*args, **kwargs)
        finally:
            close_old_connections()

    return await asyncio.get_running_loop().run_in_executor(pool, run)


async def in_drawing_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The same for what happens at every message: one thread, which keeps its connection.

    A connection that broke while it was idle is replaced once.
    """

    def run() -> T:
        try:
            return work(*args, **kwargs)
        except Error:
            connection.close()
            return work(*args, **kwargs)

    return await asyncio.get_running_loop().run_in_executor(drawer, run)


async def rest_drawing() -> None:
    """Give the drawing thread's connection back."""
    await asyncio.get_running_loop().run_in_executor(drawer, lambda: connection.close())
