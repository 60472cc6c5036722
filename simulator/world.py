"""The only place where the parts of a running simulator are put together."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import asdict
from typing import Any

import aiohttp
from aiohttp import web

from .clock import Clock
from .customers_file import plant_customers, read_customers
from .faults import Faults
from .hub import Hub
from .limits import Limits
from .options import Options
from .seed import plant
from .settings import Settings, change_settings, load_settings
from .store import Doc, Store
from .webhooks import Courier


class World:
    def __init__(self, options: Options, clock: Clock | None = None) -> None:
        """Raises CustomerError where the file of further customers cannot be read."""
        self.options = options
        self.further_customers = read_customers(options.customers)
        self.store = Store(options.data)
        self.clock = clock or Clock()
        self.clock.offset = float((self.store.get("clock", "clock") or {}).get("offset_s", 0))
        self.settings = load_settings(self.store)
        self.hub = Hub()
        self.courier = Courier(options, self.store, self.clock, self.settings, self.hub)
        self.faults = Faults(self.store)
        self.limits = Limits(self.clock)
        self.base_url = options.public_url
        self.session: aiohttp.ClientSession
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        self.session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20))
        await self.courier.start()

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.courier.stop()
        await self.session.close()
        self.store.close()

    def populate(self, seed: str) -> None:
        """Put in the cast that `seed` names, and the further customers. Raises CustomerError."""
        if seed == "demo":
            plant(self.store)
        plant_customers(self.store, self.further_customers)

    def start_over(self) -> None:
        """Forget everything, settings too; what is under way is given up."""
        for task in self._tasks:
            task.cancel()
        self.courier.give_up()
        self.store.clear()
        self.limits.clear()
        self.clock.offset = 0.0
        change_settings(self.settings, asdict(Settings()))

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """Run in the background until done or the simulator stops."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def number(self, key: str) -> Doc:
        """A business number. Raises KeyError."""
        doc = self.store.get("numbers", key)
        if doc is None:
            raise KeyError(key)
        return doc

    def customer(self, key: str) -> Doc:
        doc = self.store.get("customers", key)
        if doc is None:
            raise KeyError(key)
        return doc


WORLD = web.AppKey("world", World)


def world_of(request: web.Request) -> World:
    return request.app[WORLD]
