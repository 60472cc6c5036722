"""Thousands of open pages: raw WebSockets that read frames, and come back as a page does."""

from __future__ import annotations

import asyncio
import random
import struct
import time
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from secrets import token_bytes

SESSION = "sash-session"
TOGETHER = 100  # handshakes under way at the same time
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
WAIT = 120.0
Heard = Callable[["Page", bytes, float], None]


class Refused(Exception):
    """The server let a page in not at all, or not for long; the text has the code."""


class Page(asyncio.Protocol):
    """One socket of one person. `place` is their number in the crowd."""

    def __init__(self, crowd: Crowd, place: int) -> None:
        self.crowd = crowd
        self.place = place
        self.transport: asyncio.Transport | None = None
        self.buffer = b""
        self.is_open = False
        self.tries = 0
        self.code = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]
        self.buffer, self.is_open = b"", False
        transport.write(self.crowd.handshake(self.place))  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        at = time.perf_counter()
        self.buffer = self.buffer + data if self.buffer else data
        if not self.is_open and not self.shake_hands():
            return
        while (frame := read_frame(self.buffer)) is not None:
            kind, content, used = frame
            self.buffer = self.buffer[used:]
            self.take(kind, content, at)

    def shake_hands(self) -> bool:
        """Whether the answer to the handshake is whole; anything but 101 ends the line."""
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return False
        if self.buffer[9:12] != b"101":
            self.code = int(self.buffer[9:12])
            self.close()
            return False
        self.buffer = self.buffer[end + 4 :]
        self.is_open, self.tries = True, 0
        self.crowd.came()
        return True

    def take(self, kind: int, content: bytes, at: float) -> None:
        if kind == TEXT:
            self.crowd.heard(self, content, at)
        elif kind == PING and self.transport:
            self.transport.write(bytes((0x80 | PONG, 0x80 | len(content), 0, 0, 0, 0)) + content)
        elif kind == CLOSE:
            self.code = struct.unpack("!H", content[:2])[0] if len(content) >= 2 else 1005
            self.close()

    def connection_lost(self, error: Exception | None) -> None:
        self.transport = None
        self.crowd.left(self, was_open=self.is_open)
        self.is_open = False

    def close(self) -> None:
        if self.transport is not None:
            self.transport.close()


def read_frame(data: bytes) -> tuple[int, bytes, int] | None:
    """Opcode, content and bytes used of a server's frame; None while it is not whole."""
    if len(data) < 2:
        return None
    size, start = data[1], 2
    if size == 126:
        size, start = int.from_bytes(data[2:4], "big"), 4
    elif size == 127:
        size, start = int.from_bytes(data[2:10], "big"), 10
    if len(data) < start + size:
        return None
    return data[0] & 15, data[start : start + size], start + size


class Crowd:
    """Pages of many people at one address. heard(page, frame, at) is told of every frame."""

    def __init__(
        self, address: tuple[str, int], sessions: Sequence[str], heard: Heard | None = None
    ) -> None:
        self.address = address
        self.sessions = sessions
        self.heard: Heard = heard or (lambda page, frame, at: None)
        self.pages = [Page(self, place) for place in range(len(sessions))]
        self.count = 0
        self.seconds = 0.0  # that the opening took
        self.comes_back = False
        self.changed = asyncio.Event()
        self.timers: set[asyncio.Task[None]] = set()

    def handshake(self, place: int) -> bytes:
        key = b64encode(token_bytes(16)).decode()
        return (
            "GET /ws/inbox/ HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\n"
            f"Cookie: {SESSION}={self.sessions[place]}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n"
        ).encode()

    async def open_all(self) -> None:
        """Open every page, some together. Raises TimeoutError."""
        began = time.perf_counter()
        for place, page in enumerate(self.pages):
            while place - self.count >= TOGETHER:
                await self.wait_for_change()
            await self.connect(page)
        await self.all_open()
        self.seconds = time.perf_counter() - began

    async def all_open(self) -> None:
        """Raises Refused, or TimeoutError."""
        async with asyncio.timeout(WAIT):
            while self.count < len(self.pages):
                if code := next((page.code for page in self.pages if page.code), 0):
                    raise Refused(f"a page was refused with {code}")
                await self.wait_for_change()

    async def wait_for_change(self) -> None:
        self.changed.clear()
        await asyncio.wait_for(self.changed.wait(), WAIT)

    async def connect(self, page: Page) -> None:
        await asyncio.get_running_loop().create_connection(lambda: page, *self.address)

    def came(self) -> None:
        self.count += 1
        self.changed.set()

    def left(self, page: Page, *, was_open: bool) -> None:
        self.count -= was_open
        self.changed.set()
        if self.comes_back:
            task = asyncio.get_running_loop().create_task(self.come_back(page))
            self.timers.add(task)
            task.add_done_callback(self.timers.discard)

    async def come_back(self, page: Page) -> None:
        """As the page does it: after a random part of 1, 2 or 4 seconds."""
        while True:
            await asyncio.sleep(random.random() * 2 ** min(page.tries, 2))  # noqa: S311
            page.tries += 1
            try:
                await self.connect(page)
            except OSError:
                continue
            return

    async def close_all(self) -> None:
        self.comes_back = False
        for timer in self.timers:
            timer.cancel()
        for page in self.pages:
            page.close()
        while self.count:
            await self.wait_for_change()


@asynccontextmanager
async def open_pages(
    address: tuple[str, int], sessions: Sequence[str], heard: Heard | None = None
) -> AsyncIterator[Crowd]:
    """A crowd with all its pages open, closed at the end."""
    crowd = Crowd(address, sessions, heard)
    try:
        await crowd.open_all()
        yield crowd
    finally:
        await crowd.close_all()
