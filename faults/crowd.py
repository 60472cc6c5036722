"""Sockets without a page behind them: many that only listen, and some that never read."""

from __future__ import annotations

import asyncio
import random
import socket
import time
from collections.abc import Sequence
from contextlib import suppress

import aiohttp

from faults.browser import BROKEN, COOKIE
from faults.cast import Person

OPENED_TOGETHER = 50
SMALLEST_BUFFER = 4096
PATH = "/ws/inbox/"


class Crowd:
    """Listening sockets of real sessions that come back, as pages do, when their line breaks."""

    def __init__(self, address: str, people: Sequence[Person], size: int) -> None:
        self.address, self.people, self.size = address, people, size
        self.tasks: list[asyncio.Task[None]] = []
        self.open: set[int] = set()
        self.session: aiohttp.ClientSession
        self.gate = asyncio.Semaphore(OPENED_TOGETHER)

    async def __aenter__(self) -> Crowd:
        self.session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar()
        )
        self.tasks = [asyncio.create_task(self.live(place)) for place in range(self.size)]
        await self.until_open(120)
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self.session.close()

    async def until_open(self, within: float) -> float:
        """Seconds until every socket is open. Raises TimeoutError."""
        began = time.monotonic()
        while len(self.open) < self.size:
            if time.monotonic() - began > within:
                raise TimeoutError(f"{len(self.open)} of {self.size} sockets are open")
            await asyncio.sleep(0.02)
        return time.monotonic() - began

    async def live(self, place: int) -> None:
        person = self.people[place % len(self.people)]
        headers = {"Cookie": f"{COOKIE}={person.session}", "Origin": self.address}
        tries = 0
        while True:
            with suppress(*BROKEN):
                async with self.gate:
                    line = await self.session.ws_connect(self.address + PATH, headers=headers)
                async with line:
                    tries = 0
                    self.open.add(place)
                    async for _ in line:
                        pass
            self.open.discard(place)
            await asyncio.sleep(2 ** min(tries, 6) * random.random())
            tries += 1


class Sleeper:
    """A socket that takes the handshake and never reads again."""

    def __init__(self, port: int, person: Person) -> None:
        self.port, self.person = port, person
        self.line: socket.socket

    async def open(self) -> None:
        """Raises OSError where the handshake is refused."""
        loop = asyncio.get_running_loop()
        self.line = socket.socket()
        self.line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALLEST_BUFFER)
        self.line.setblocking(False)
        await loop.sock_connect(self.line, ("127.0.0.1", self.port))
        host = f"127.0.0.1:{self.port}"
        await loop.sock_sendall(
            self.line,
            f"GET {PATH} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: c2xlZXBzLXNsZWVwcy0hIQ==\r\n"
            f"Cookie: {COOKIE}={self.person.session}\r\n\r\n".encode(),
        )
        answer = await loop.sock_recv(self.line, 64)
        if b" 101 " not in answer:
            raise OSError(answer)

    async def was_dropped(self, within: float) -> bool:
        """Does the line end, once what lay in the buffers is read?"""
        loop = asyncio.get_running_loop()
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                try:
                    while await loop.sock_recv(self.line, 1 << 20):
                        pass
                except OSError:
                    pass
                return True
        return False

    def close(self) -> None:
        self.line.close()
