"""An agent's open page: real sockets of a real session, that reconnects and catches up as the
scripts of the page do (static/js/live.js, htmx's ws extension)."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

import aiohttp

from faults.cast import Person
from faults.frames import Frame, read_frame
from faults.pages import List, Thread

COOKIE = "sash-session"
RECONNECTS = {1006, 1011, 1012, 1013}
PATIENCE = aiohttp.ClientTimeout(total=60)
LONGEST_PAUSE = 4.0  # seconds between two tries to open a socket
BROKEN = (aiohttp.ClientError, TimeoutError, OSError)


class Browser:
    """One page. asked_at: when each of its sockets last had asked for what it had missed;
    heard_at: when a push last brought it a row."""

    def __init__(
        self,
        address: str,
        person: Person,
        session: aiohttp.ClientSession,
        conversation: int | None = None,
    ) -> None:
        self.address, self.person, self.session = address, person, session
        self.view = f"team-{person.team}"
        self.list = List(self.view)
        self.thread = Thread(conversation) if conversation else None
        self.tasks: list[asyncio.Task[None]] = []
        self.open: dict[str, bool] = {}
        self.asked_at: dict[str, float] = {}
        self.heard_at = 0.0
        self.reloads = 0
        self.failures: list[str] = []
        self.refusals: list[int] = []
        self.beside: set[asyncio.Task[None]] = set()
        self.wakes = asyncio.Event()
        self.wakes.set()

    async def start(self) -> None:
        """Load the page, then open its sockets."""
        await self.load()
        self.tasks = [asyncio.create_task(self.live("list", "/ws/inbox/"))]
        if self.thread:
            path = f"/ws/conversations/{self.thread.conversation}/"
            self.tasks.append(asyncio.create_task(self.live("thread", path)))

    async def stop(self) -> None:
        tasks = [*self.tasks, *self.beside]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.tasks = []

    @property
    def is_open(self) -> bool:
        return len(self.open) == len(self.tasks) and all(self.open.values())

    def is_behind(self, moment: float) -> bool:
        """Has it missed something since, and not asked for it? A page that was shut never asks."""
        if self.failures:
            return False
        return not self.is_open or any(self.asked_at.get(name, 0) < moment for name in self.open)

    async def get(self, path: str, *, target: str = "", **query: str) -> tuple[int, str]:
        """A page or a part of it, as htmx asks for it."""
        headers = {"HX-Request": "true"} | ({"HX-Target": target} if target else {})
        async with self.session.get(
            self.address + path,
            params=query,
            headers=headers | self.cookie,
            timeout=PATIENCE,
            allow_redirects=False,
        ) as answer:
            return answer.status, await answer.text()

    @property
    def cookie(self) -> dict[str, str]:
        return {"Cookie": f"{COOKIE}={self.person.session}"}

    async def load(self) -> None:
        """The page anew. Raises what the line raises, and ValueError for any other answer."""
        self.reloads += 1
        status, page = await self.get(f"/inbox/{self.view}/", target="list")
        if status != 200:
            raise ValueError(f"the list answered {status}")
        self.list.load(read_frame(page))
        if self.thread:
            path = f"/conversations/{self.thread.conversation}/"
            status, page = await self.get(path, target="conversation")
            if status != 200:
                raise ValueError(f"the thread answered {status}")
            self.thread.load(read_frame(page))

    async def live(self, name: str, path: str) -> None:
        """One socket for as long as the page is open."""
        tries = 0
        while True:
            self.open[name] = False
            code = 1006
            with suppress(*BROKEN):
                async with self.session.ws_connect(
                    self.address + path, headers=self.cookie | {"Origin": self.address}
                ) as socket:
                    tries = 0
                    self.open[name] = True
                    code = await self.hear(name, socket)
            self.open[name] = False
            if code not in RECONNECTS:
                self.failures.append(f"{name} socket closed with {code}")
                return
            await asyncio.sleep(min(2**tries, LONGEST_PAUSE) * random.random())
            tries += 1

    async def hear(self, name: str, socket: aiohttp.ClientWebSocketResponse) -> int:
        """Until the end of the socket; its code. A page that sleeps hears nothing."""
        while True:
            await self.wakes.wait()
            message = await socket.receive()
            if message.type is not aiohttp.WSMsgType.TEXT:
                return socket.close_code or 1006
            frame = read_frame(message.data)
            if frame.rows:
                self.heard_at = time.monotonic()
            await self.take(name, frame)

    async def take(self, name: str, frame: Frame) -> None:
        if name == "list":
            self.list.apply(frame)
        elif self.thread:
            self.thread.apply(frame)
        if "catch-up" in frame.signals:
            self.later(self.catch_up(name, within=frame.within))

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """Beside what the page hears."""
        task = asyncio.create_task(work)
        self.beside.add(task)
        task.add_done_callback(self.beside.discard)

    async def catch_up(self, name: str, *, within: float = 0.0) -> None:
        """Ask for what was missed, as each opening says. Unanswered, the next one asks anew."""
        await asyncio.sleep(random.random() * within)
        try:
            if name == "list":
                known = ",".join(map(str, self.list.known))
                status, text = await self.get(
                    f"/inbox/{self.view}/changes/", since=str(self.list.cursor), known=known
                )
            elif self.thread:
                path = f"/conversations/{self.thread.conversation}/changes/"
                status, text = await self.get(path, since=str(self.thread.cursor))
            if status == 205:
                await self.load()
            elif status == 200:
                await self.take(name, read_frame(text))
            else:
                self.refusals.append(status)
                return
        except (*BROKEN, ValueError):
            return
        self.asked_at[name] = time.monotonic()
