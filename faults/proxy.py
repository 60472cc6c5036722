"""A line that can break: TCP between Sash and somebody else, as the fault wants it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from enum import Enum
from urllib.parse import urlsplit

from faults.machine import Machine

CHUNK = 65536


class Mode(Enum):
    """What happens on the line."""

    OPEN = "everything passes"
    REFUSE = "nobody listens"
    SILENT = "connections are taken, and nothing is ever heard"
    GARBAGE = "what answers speaks something else, as when TLS fails"
    FROZEN = "lines stay open, and nothing moves"


class Proxy:
    """Listens on a port of its own. `cut` breaks every line that stands; `mode` is for all."""

    def __init__(self, host: str, port: int, own_port: int = 0) -> None:
        self.target = host, port
        self.port = own_port
        self.server: asyncio.Server | None = None
        self.lines: set[asyncio.StreamWriter] = set()
        self.moves = asyncio.Event()
        self.mode = Mode.OPEN

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def set_mode(self, mode: Mode) -> None:
        """From now on, also for the lines that stand."""
        self.mode = mode
        if mode is Mode.FROZEN:
            self.moves.clear()
        else:
            self.moves.set()
        if mode is Mode.REFUSE and self.server is not None:
            self.server.close()
            self.server = None
        elif mode is not Mode.REFUSE and self.server is None:
            self.server = await asyncio.start_server(self.serve, "127.0.0.1", self.port)
            self.port = self.server.sockets[0].getsockname()[1]
        if mode in (Mode.REFUSE, Mode.GARBAGE):
            self.cut()

    def cut(self) -> None:
        """Reset every line that stands."""
        for writer in list(self.lines):
            writer.transport.abort()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.lines.add(writer)
        try:
            if self.mode is Mode.SILENT:
                await reader.read(-1)
            elif self.mode is Mode.GARBAGE:
                writer.write(b"\x15\x03\x01\x00\x02\x02\x28")  # a TLS alert: handshake failure
                await writer.drain()
            else:
                await self.join(reader, writer)
        except (OSError, asyncio.CancelledError):
            pass  # cancelled with the loop, which asks nobody about it
        finally:
            self.lines.discard(writer)
            writer.close()

    async def join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Both directions, until one of them ends."""
        far_reader, far_writer = await asyncio.open_connection(*self.target)
        self.lines.add(far_writer)
        pumps = [
            asyncio.create_task(self.pump(reader, far_writer)),
            asyncio.create_task(self.pump(far_reader, writer)),
        ]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            self.lines.discard(far_writer)
            far_writer.close()

    async def pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(CHUNK):
                await self.moves.wait()
                writer.write(data)
                await writer.drain()

    async def close(self) -> None:
        if self.server is not None:
            self.server.close()
        self.cut()
        self.moves.set()


@asynccontextmanager
async def proxy_to(host: str, port: int, own_port: int = 0) -> AsyncIterator[Proxy]:
    """A line that works, until the fault says otherwise."""
    proxy = Proxy(host, port, own_port)
    await proxy.set_mode(Mode.OPEN)
    try:
        yield proxy
    finally:
        await proxy.close()


def line_to_meta(machine: Machine) -> AbstractAsyncContextManager[Proxy]:
    """Where Sash believes Meta to be, in front of the simulator."""
    own = urlsplit(machine.environment["WHATSAPP_GRAPH_URL"]).port or 0
    return proxy_to("127.0.0.1", urlsplit(machine.simulator).port or 0, own)
