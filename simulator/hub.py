"""The only place for live news to open pages (server-sent events)."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Iterator
from typing import Any

LIMIT = 1000


class Hub:
    def __init__(self) -> None:
        self._queues: set[asyncio.Queue[str]] = set()

    @contextlib.contextmanager
    def listen(self) -> Iterator[asyncio.Queue[str]]:
        queue: asyncio.Queue[str] = asyncio.Queue(LIMIT)
        self._queues.add(queue)
        try:
            yield queue
        finally:
            self._queues.discard(queue)

    def publish(self, kind: str, **news: Any) -> None:
        """Tell every open page; one that does not read loses news and loads again by itself."""
        if not self._queues:
            return
        line = json.dumps({"kind": kind, **news})
        for queue in self._queues:
            with contextlib.suppress(asyncio.QueueFull):
                queue.put_nowait(line)
