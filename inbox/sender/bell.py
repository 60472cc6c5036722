"""Wakes the sender when a message is queued; without Redis it wakes by itself."""

import asyncio
import logging
from contextlib import suppress
from typing import cast

import redis.asyncio as redis
from django.conf import settings
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from inbox.outbox import BELL, RECEIPTS

log = logging.getLogger("sash.send")


class Bell:
    """An event that rings on Redis' word. Losing Redis costs up to a second a message."""

    def __init__(self) -> None:
        self.rung = asyncio.Event()
        self.receipts = asyncio.Event()
        self._client = redis.Redis.from_url(
            settings.REDIS_URL,
            socket_connect_timeout=2,
            health_check_interval=15,
            retry=Retry(NoBackoff(), 0),
        )

    async def listen(self) -> None:
        """Until cancelled; a lost connection is made again."""
        while True:
            try:
                async with self._client.pubsub(ignore_subscribe_messages=True) as pubsub:
                    await pubsub.subscribe(BELL)
                    self._ring()
                    async for _ in pubsub.listen():
                        self._ring()
            except (redis.RedisError, OSError) as error:
                log.warning("no bell, looking every second: %s", error)
                await asyncio.sleep(1)

    def _ring(self) -> None:
        self.rung.set()
        self.receipts.set()

    async def wait_for_receipt(self, seconds: float) -> None:
        """Until rung for what is no message, or for so long."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.receipts.wait(), seconds)
        self.receipts.clear()

    async def take_receipts(self, count: int = 100) -> list[bytes]:
        """What push_receipt left; nothing without Redis."""
        try:
            rows = await self._client.lpop(RECEIPTS, count)
        except (redis.RedisError, OSError):
            return []
        return cast("list[bytes]", rows or [])

    async def close(self) -> None:
        await self._client.aclose()
