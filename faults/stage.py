"""Sets a scene: everybody greeted, every page open, nothing broken yet."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import aiohttp

from faults import ledger
from faults.broadcasting import Broadcast
from faults.browser import Browser
from faults.cast import Person
from faults.machine import Machine, in_thread
from faults.open_pages import talks_by_team
from faults.platform import Platform
from faults.proxy import line_to_meta
from faults.replies import Replies
from faults.report import Report
from faults.scene import Scene
from faults.settings import Load
from faults.webhooks import Meta

THREADS = 3  # each third page has a conversation open
OPENED_TOGETHER = 20


@asynccontextmanager
async def scene_of(
    machine: Machine, platform: Platform, people: list[Person], load: Load, report: Report
) -> AsyncIterator[Scene]:
    """Everybody greeted, every page open, nothing broken yet."""
    scene = Scene(machine, platform, load, report)
    scene.people = people
    await in_thread(platform.begin_anew, scene.teams)
    await in_thread(ledger.empty, machine.database)
    async with AsyncExitStack() as stack:
        scene.line = await stack.enter_async_context(line_to_meta(machine))
        secret = machine.environment["SIMULATOR_APP_SECRET"]
        address = f"http://127.0.0.1:{machine.environment['PORT']}"
        meta = Meta(address, secret, scene.teams, name=report.fault)
        scene.meta = await stack.enter_async_context(meta)
        await scene.meta.greet()
        await everything_applied(scene)
        talks = await in_thread(talks_by_team, machine.database)
        scene.replies = await stack.enter_async_context(Replies(machine.web, people, talks))
        scene.broadcast = Broadcast(machine)
        stack.push_async_callback(scene.broadcast.stop)
        await open_pages(scene, stack, talks)
        yield scene


async def everything_applied(scene: Scene) -> None:
    async with asyncio.timeout(60):
        while await in_thread(scene.waiting):
            await asyncio.sleep(0.1)


async def open_pages(scene: Scene, stack: AsyncExitStack, talks: dict[int, list[int]]) -> None:
    scene.page_session = await stack.enter_async_context(
        aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar()
        )
    )
    for place, person in enumerate(scene.people):
        mine = talks[person.team]
        opened = mine[place % len(mine)] if place % THREADS == 0 else None
        scene.browsers.append(Browser(scene.machine.web, person, scene.page_session, opened))
    gate = asyncio.Semaphore(OPENED_TOGETHER)

    async def open_one(browser: Browser) -> None:
        async with gate:
            await browser.start()
        stack.push_async_callback(browser.stop)

    await asyncio.gather(*map(open_one, scene.browsers))
    async with asyncio.timeout(60):
        while not all(browser.is_open for browser in scene.browsers):
            await asyncio.sleep(0.05)
