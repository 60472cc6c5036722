"""How Daphne carries sockets: the only place that reaches into its WebSocket protocol.

A frame for a thousand pages is encoded once. Whoever reads slower than we write is waited for,
so that what piles up stays in the application's short queue; whoever reads nothing is dropped.
What only the handshake needed is forgotten with it.
"""

import asyncio
from functools import lru_cache
from typing import Any

from autobahn.websocket import protocol as autobahn
from daphne import server, ws_protocol
from daphne.cli import CommandLineInterface
from twisted.internet import interfaces
from zope.interface import implementer  # type: ignore[import-untyped]

PATIENCE = 10.0  # seconds for a page that takes nothing from its line
SHORT, MIDDLE = 126, 1 << 16


@implementer(interfaces.IPushProducer)
class Line(ws_protocol.WebSocketProtocol):  # type: ignore[misc]
    """One socket. `blocked` is there while the other side does not read."""

    blocked: "asyncio.Future[None] | None" = None
    giving_up: asyncio.TimerHandle | None = None

    def onOpen(self) -> None:
        super().onOpen()
        self.transport.unregisterProducer()
        self.transport.registerProducer(self, streaming=True)
        for kept in (self.clean_headers, self.http_headers):
            kept.clear()

    def serverSend(self, content: str, binary: bool = False) -> None:
        """At once where the line is free, past what autobahn and the reactor do for each frame."""
        if self.state != self.STATE_OPEN or binary:
            return
        frame, line = frame_of(content), self.transport
        if not (line.dataBuffer or line._tempDataBuffer):
            sent = line.writeSomeData(frame)
            # Anything but a number is the end of the line, which `write` will find too.
            frame = frame[sent:] if isinstance(sent, int) else frame
        if frame:
            line.write(frame)

    def pauseProducing(self) -> None:
        """The transport holds more than it likes."""
        loop = asyncio.get_running_loop()
        self.blocked = loop.create_future()
        self.giving_up = loop.call_later(PATIENCE, self.transport.abortConnection)

    def resumeProducing(self) -> None:
        """All of it is gone."""
        if self.giving_up:
            self.giving_up.cancel()
        if self.blocked and not self.blocked.done():
            self.blocked.set_result(None)
        self.blocked = self.giving_up = None

    def stopProducing(self) -> None:
        """The line is lost."""
        self.resumeProducing()


class Server(server.Server):  # type: ignore[misc]
    """Daphne, whose `send` waits for slow readers as other servers' does."""

    async def handle_reply(self, protocol: Any, message: dict[str, Any]) -> None:
        await super().handle_reply(protocol, message)
        if blocked := getattr(protocol, "blocked", None):
            await blocked


@lru_cache(maxsize=64)
def frame_of(text: str) -> bytes:
    """RFC 6455, 5.2: one whole text frame, unmasked as a server's are."""
    payload = text.encode()
    size = len(payload)
    if size < SHORT:
        head = bytes((0x81, size))
    elif size < MIDDLE:
        head = bytes((0x81, 126)) + size.to_bytes(2, "big")
    else:
        head = bytes((0x81, 127)) + size.to_bytes(8, "big")
    return head + payload


def carry_sockets() -> None:
    """From now on, in this process."""
    ws_protocol.WebSocketFactory.protocol = Line
    CommandLineInterface.server_class = Server
    # Thirty lines of text a connection for a log that nobody keeps, laid out in a millisecond.
    vars(autobahn)["pformat"] = str
