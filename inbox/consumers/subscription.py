"""The process's one subscription to live events, taken up again for as long as it takes."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import orjson
import redis.asyncio
from django.conf import settings
from redis.exceptions import RedisError

from core.live import CHANNEL

LONGEST_PAUSE = 5.0
log = logging.getLogger("sash.hub")


async def listen(
    events: "asyncio.Queue[dict[str, Any]]",
    subscribed: asyncio.Event,
    missed: Callable[[], None],
) -> None:
    """Put every event into the queue; `missed` is called after each gap."""
    pause, was_lost = 0.1, False
    while True:
        client = redis.asyncio.Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=2, socket_keepalive=True
        )
        try:
            async with client.pubsub() as pubsub:
                await pubsub.subscribe(CHANNEL)
                async for message in pubsub.listen():
                    if message["type"] == "subscribe":
                        subscribed.set()
                        pause = 0.1
                        if was_lost:
                            missed()
                    else:
                        read(message["data"], events, missed)
        except (RedisError, OSError) as error:
            log.warning("live subscription lost: %s", error)
        finally:
            await client.aclose()
        was_lost = True
        await asyncio.sleep(pause)
        pause = min(LONGEST_PAUSE, pause * 2)


def read(data: bytes, events: "asyncio.Queue[dict[str, Any]]", missed: Callable[[], None]) -> None:
    """Only our own processes publish here; what is not an event is left out all the same.

    More than the hub can follow is let go, as in a gap.
    """
    try:
        event = orjson.loads(data)
    except orjson.JSONDecodeError:
        return
    if isinstance(event, dict) and {"kind", "to", "lost"} <= event.keys():
        if events.full():
            log.warning("live pushes come faster than they are drawn")
            while not events.empty():
                events.get_nowait()
            missed()
        events.put_nowait(event)
