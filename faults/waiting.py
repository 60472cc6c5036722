"""Waits for what a fault is measured by; nothing here waits for mere time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from faults.machine import in_thread

if TYPE_CHECKING:
    from faults.browser import Browser
    from faults.scene import Scene

LOOK_EVERY = 0.05


async def until(happened: Callable[[], bool], within: float) -> float:
    """Seconds until then. The question may block. Raises TimeoutError."""
    began = time.monotonic()
    while not await in_thread(happened):
        if time.monotonic() - began > within:
            raise TimeoutError(f"it did not happen within {within:.0f} s")
        await asyncio.sleep(LOOK_EVERY)
    return time.monotonic() - began


async def until_nothing(left: Callable[[], str], within: float) -> float:
    """Seconds until nothing is left. Raises TimeoutError with what is."""
    began = time.monotonic()
    while words := await in_thread(left):
        if time.monotonic() - began > within:
            raise TimeoutError(f"{words} after {within:.0f} s")
        await asyncio.sleep(LOOK_EVERY)
    return time.monotonic() - began


async def until_taken(scene: Scene, moment: float, within: float = 60.0) -> float:
    """Seconds from that moment until a webhook is answered 200 again."""
    async with asyncio.timeout(within):
        while (passed := scene.first_success_after(moment)) == float("inf"):
            scene.meta.send(scene.meta.any_message())
            await asyncio.sleep(0.1)
    return passed


async def until_caught_up(pages: list[Browser], moment: float, within: float = 60.0) -> float:
    """Seconds from that moment until each of these pages has asked for what it missed."""
    end = time.monotonic() + within
    while late := [page for page in pages if page.is_behind(moment)]:
        if time.monotonic() > end:
            raise TimeoutError(f"{len(late)} pages stay behind: {late[0].open}")
        await asyncio.sleep(LOOK_EVERY)
    return time.monotonic() - moment


async def until_heard(scene: Scene, moment: float, within: float = 60.0) -> float:
    """Seconds from that moment until a push reaches some page again."""
    async with asyncio.timeout(within):
        while all(page.heard_at < moment for page in scene.browsers):
            scene.meta.send(scene.meta.any_message())
            await asyncio.sleep(0.1)
    return time.monotonic() - moment
