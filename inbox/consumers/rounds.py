"""Work that never ends: again and again, whatever goes wrong once."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any

PAUSE = 0.2
log = logging.getLogger("sash.hub")


async def forever(step: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Again and again; what goes wrong once is logged and does not end it."""
    while True:
        try:
            await step()
        except Exception:
            log.exception("%s failed", step.__name__)
            await asyncio.sleep(PAUSE)


async def every(seconds: float, step: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """The same, at once and then with a pause between."""
    pause = 0.0

    @wraps(step)
    async def later() -> None:
        nonlocal pause
        await asyncio.sleep(pause)
        pause = seconds
        await step()

    await forever(later)
