"""A keep-alive HTTP client that takes ready bytes, one request at a time."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

END = b"\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
LOST = 0  # instead of a status: the line broke before the answer was whole
Done = Callable[[int, bytes], None]


class Line(asyncio.Protocol):
    """One connection. `send` takes ready bytes and calls back with the status and the body."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.buffer = b""
        self.done: Done | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]

    def send(self, request: bytes, done: Done) -> None:
        self.done = done
        if self.transport is None or self.transport.is_closing():
            self.finish(LOST, b"")
            return
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.buffer = self.buffer + data if self.buffer else data
        answer = read_answer(self.buffer)
        if answer is not None:
            status, body, used = answer
            self.buffer = self.buffer[used:]
            self.finish(status, body)

    def connection_lost(self, error: Exception | None) -> None:
        self.transport = None
        self.finish(LOST, b"")

    def finish(self, status: int, body: bytes) -> None:
        done, self.done = self.done, None
        if done is not None:
            done(status, body)

    def close(self) -> None:
        if self.transport is not None:
            self.transport.close()

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """The same for who waits."""
        answer: asyncio.Future[tuple[int, bytes]] = asyncio.get_running_loop().create_future()
        self.send(request, lambda status, body: answer.set_result((status, body)))
        return await answer


def read_answer(data: bytes) -> tuple[int, bytes, int] | None:
    """Status, body and bytes used of the answer at the beginning; None while it is not whole."""
    end = data.find(END)
    if end < 0:
        return None
    start = end + len(END)
    status = int(data[9:12])
    length = LENGTH.search(data, 0, end + 2)
    if length is not None:
        stop = start + int(length[1])
        return None if len(data) < stop else (status, data[start:stop], stop)
    if CHUNKED.search(data, 0, end + 2):
        return read_chunks(data, start, status)
    return status, b"", start


def read_chunks(data: bytes, start: int, status: int) -> tuple[int, bytes, int] | None:
    """The body of an answer whose length is told piece by piece."""
    pieces: list[bytes] = []
    while (end := data.find(b"\r\n", start)) >= 0:
        size = int(data[start:end].partition(b";")[0], 16)
        start = end + 2 + size + 2
        if len(data) < start:
            return None
        if size == 0:
            return status, b"".join(pieces), start
        pieces.append(data[end + 2 : start - 2])
    return None


@asynccontextmanager
async def lines(address: tuple[str, int], count: int) -> AsyncIterator[list[Line]]:
    """Open connections, closed at the end."""
    loop = asyncio.get_running_loop()
    opened = [(await loop.create_connection(Line, *address))[1] for _ in range(count)]
    try:
        yield opened
    finally:
        for line in opened:
            line.close()
