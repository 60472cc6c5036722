"""F13, F14: pages that never read, memory that ends, and lines that break for a while."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from contextlib import AsyncExitStack

import psutil

from faults import bodies
from faults.browser import Browser
from faults.crowd import Crowd, Sleeper
from faults.machine import in_thread
from faults.proxy import Mode, Proxy, proxy_to
from faults.report import quantile
from faults.scene import Scene
from faults.waiting import until_caught_up
from faults.webhooks import Post

SOCKETS, SLEEPERS = 5000, 100
ROOM = 768 << 20  # bytes of address space beyond what the web process has at the beginning
MOST_GROWTH = 0.25
SHORT_BREAK, LONG_BREAK, STILL = 1.0, 60.0, 3.0
TOO_MUCH = 250  # more messages than a page catches up with, so that it loads anew
STORM_WITHIN = 10.0
SLOWEST = 0.25


async def crowd_in(scene: Scene) -> None:
    """Thousands listen and a hundred never read, while one team's customers write in bursts."""
    share = scene.load.browsers / 300
    port = int(scene.machine.environment["PORT"])
    async with Crowd(scene.machine.web, scene.people, round(SOCKETS * share)) as crowd:
        limit_memory(scene)
        team = scene.people[0].team
        mine = [person for person in scene.people if person.team == team]
        sleepers = [Sleeper(port, mine[n % len(mine)]) for n in range(round(SLEEPERS * share))]
        await asyncio.gather(*(sleeper.open() for sleeper in sleepers))
        before = (await in_thread(scene.machine.memory))[scene.name_of("web")]
        began = time.monotonic()
        await burst(scene, scene.load.seconds / 2)
        after = (await in_thread(scene.machine.memory))[scene.name_of("web")]
        tries = [tried.seconds for tried in scene.tries_between(began, time.monotonic())]
        asked = [sleeper.was_dropped(2.0) for sleeper in sleepers]
        dropped = sum(await asyncio.gather(*asked))
        for sleeper in sleepers:
            sleeper.close()
        report, growth = scene.report, after / before - 1
        slowest = quantile(tries, 0.99)
        report.remarks.append(f"{crowd.size} sockets listened beside {len(sleepers)} that did not")
        report.expect(f"whoever never reads is dropped ({dropped})", dropped == len(sleepers))
        report.expect(f"the web process stays bounded ({growth:+.0%})", growth <= MOST_GROWTH)
        report.within(SLOWEST, slowest, "p99 of the webhooks meanwhile")
        report.expect("the web process lives under its limit", scene.machine.is_alive("web"))


def limit_memory(scene: Scene) -> None:
    """As `ulimit -v`, for the process that runs already."""
    process = psutil.Process(scene.machine.children["web"].pid)
    most = process.memory_info().vms + ROOM
    process.rlimit(psutil.RLIMIT_AS, (most, most))


async def burst(scene: Scene, seconds: float) -> None:
    """All customers of one team write at once, again and again."""
    team, end = scene.meta.teams[0], time.monotonic() + seconds
    while time.monotonic() < end:
        ids = [scene.meta.next_wamid() for _ in team.customers]
        items = [bodies.text(*pair, "!" * 150) for pair in zip(ids, team.customers, strict=True)]
        body = bodies.envelope(bodies.incoming(team.number, *items))
        scene.meta.send(Post(body, [(team.number, wamid) for wamid in ids]))
        await asyncio.sleep(0.05)


async def lose_network(scene: Scene) -> None:
    """Pages go offline for a second, a minute, and for longer than can be caught up with; one
    sleeps, one is open twice; all lines break at once; and a last push is lost."""
    port = int(scene.machine.environment["PORT"])
    async with AsyncExitStack() as stack:
        groups = []
        for _ in range(3):
            line = await stack.enter_async_context(proxy_to("127.0.0.1", port))
            groups.append((line, await pages_on(scene, line)))
        short, long, longest = groups
        sleeper = scene.browsers[0]
        sleeper.wakes.clear()
        for line, _ in (long, longest):
            await line.set_mode(Mode.REFUSE)
        await short[0].set_mode(Mode.REFUSE)
        await asyncio.sleep(SHORT_BREAK)
        await short[0].set_mode(Mode.OPEN)
        await write_too_much(scene, longest[1])
        await asyncio.sleep(scene.lasting(LONG_BREAK) / 2)
        opened = time.monotonic()
        for line, _ in (long, longest):
            await line.set_mode(Mode.OPEN)
        sleeper.wakes.set()
        for name in list(sleeper.open):
            sleeper.later(sleeper.catch_up(name))
        cut_off = [sleeper, *long[1], *longest[1]]
        scene.report.recovery = await until_caught_up(cut_off, opened, 120)
        reloads = min(page.reloads for page in longest[1])
        scene.report.expect("what was away too long loads the page anew", reloads > 1)
        await storm(scene, port)
        scene.last_act = lose_last_push
        # From here on the pages of the groups need no line of their own.
        for _, pages in groups:
            for page in pages:
                page.address = scene.machine.web


async def pages_on(scene: Scene, line: Proxy) -> list[Browser]:
    """Two pages of one person, with the same conversation open, on a line of their own."""
    person = scene.people[0]
    talk = scene.replies.talks[person.team][0]
    pages = [Browser(line.address, person, scene.page_session, talk) for _ in range(2)]
    for page in pages:
        await page.start()
    scene.browsers += pages
    return pages


async def write_too_much(scene: Scene, pages: list[Browser]) -> None:
    """Into the conversation that these pages have open."""
    team = scene.team_of(pages[0].person)
    for start in range(0, TOO_MUCH, 50):
        ids = [scene.meta.next_wamid() for _ in range(50)]
        items = [bodies.text(wamid, team.customers[0], f"{start} more") for wamid in ids]
        body = bodies.envelope(bodies.incoming(team.number, *items))
        scene.meta.send(Post(body, [(team.number, wamid) for wamid in ids]))
    await scene.meta.settled(1)


async def storm(scene: Scene, port: int) -> None:
    """Every line breaks in the same moment, as when a proxy in front is started again."""
    share = scene.load.browsers / 300
    async with AsyncExitStack() as stack:
        line = await stack.enter_async_context(proxy_to("127.0.0.1", port))
        crowd = Crowd(line.address, scene.people, round(SOCKETS * share))
        await stack.enter_async_context(crowd)
        crowd.open.clear()
        line.cut()
        seconds = await crowd.until_open(120)
    scene.report.within(STORM_WITHIN, seconds, f"{crowd.size} sockets are back")


async def lose_last_push(scene: Scene) -> None:
    """Valkey stands still while the very last message comes: no push tells of it."""
    store = scene.machine.services.children["valkey"].pid
    os.kill(store, signal.SIGSTOP)
    try:
        scene.meta.send(scene.meta.any_message())
        await scene.meta.settled(10)
        await in_thread(scene.until_applied)
        await asyncio.sleep(STILL)
    finally:
        os.kill(store, signal.SIGCONT)
