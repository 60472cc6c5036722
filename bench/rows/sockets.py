"""How many open pages one process holds, what each costs, and how soon all are back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from bench.ground import Ground
from bench.load import event_loop
from bench.load.sockets import open_pages
from bench.programs import Program, Programs
from bench.row import Figure, Measured, Row, at_most

TEAMS = 20
WARM = 20  # pages that are opened and closed first, so that what is loaded once is loaded
SETTLED = 5.0  # seconds after which counts and presence have gone round


def figures() -> tuple[Figure, ...]:
    return (
        Figure("held", "sockets open at once", ""),
        Figure("left_out", "sockets that could not stay", "", at_most(0)),
        Figure("each", "memory of each", "KB", at_most(25)),
        Figure("base", "memory of the process before", "MB"),
        Figure("opened", "time to open all", "s"),
        Figure("back", "all back after a restart", "s", at_most(10)),
        Figure("back_answering", "of that, once the new process answers", "s"),
    )


async def hold(programs: Programs, web: Program, sessions: Sequence[str]) -> dict[str, float]:
    """Open all, weigh them, restart the process under them, and wait for all of them."""
    async with open_pages(web.address, sessions[:WARM]):
        await asyncio.sleep(SETTLED)
    await asyncio.sleep(1)
    base = web.memory()
    async with open_pages(web.address, sessions) as crowd:
        found = {"held": crowd.count, "base": base / 1024, "opened": crowd.seconds}
        await asyncio.sleep(SETTLED)
        found["left_out"] = len(sessions) - crowd.count
        found["each"] = (web.memory() - base) / crowd.count
        crowd.comes_back = True
        began = time.perf_counter()
        await asyncio.to_thread(programs.restart, web)
        answering = time.perf_counter()
        await crowd.all_open()
        ended = time.perf_counter()
        return found | {"back": ended - began, "back_answering": max(0.0, ended - answering)}


def measure_sockets(ground: Ground) -> Measured:
    """Everybody has one inbox open and nothing happens in it."""
    with ground.site() as site:
        made = site.seed("people", teams=TEAMS, agents=ground.scale.sockets)
        site.programs.background()
        web = site.programs.serve("web")
        return event_loop.run(hold(site.programs, web, made["sessions"]))


ROWS = (Row("sockets", "5,000 open sockets in one process, Daphne", figures(), measure_sockets),)
