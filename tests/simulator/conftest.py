"""One simulator and one business's server per test, on free ports of this machine."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from aiohttp import ClientSession

from tests.simulator.simulated import FAST, Simulated, make_world, serve_business, serve_world


@pytest_asyncio.fixture
async def sim() -> AsyncIterator[Simulated]:
    world = make_world()
    server = await serve_world(world)
    async with ClientSession() as session:
        simulated = Simulated(world, server, session)
        business = await serve_business(simulated.business)
        url = str(business.make_url("/hook"))
        await simulated.ask("PUT", "/_sim/webhook-url", {"url": url, "verify": False})
        await simulated.set(**FAST)
        yield simulated
        await server.close()
        await business.close()
