"""The only place that limits how much one request may bring.

Daphne keeps a body whole, in a file, before the application hears of the request: without a
limit any stranger fills the disk.
"""

from typing import Any

from daphne import http_protocol

# One document of 100 MB, which is what WhatsApp takes at most, and the form around it.
LARGEST = 128 * 1024 * 1024
TOO_LARGE = b"HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class BoundedRequest(http_protocol.WebRequest):  # type: ignore[misc]
    """Hangs up on a body that says, or turns out, to be too large."""

    received = 0
    is_refused = False

    def gotLength(self, length: int | None) -> None:
        super().gotLength(length)
        if length is not None and length > LARGEST:
            self.refuse()

    def handleContentChunk(self, data: bytes) -> None:
        self.received += len(data)
        if self.received > LARGEST:
            self.refuse()
        if not self.is_refused:
            super().handleContentChunk(data)

    def process(self) -> Any:
        """Not at all, where the body was refused."""
        return None if self.is_refused else super().process()

    def refuse(self) -> None:
        if not self.is_refused:
            self.is_refused = True
            self.channel.transport.write(TOO_LARGE)
            self.channel.transport.loseConnection()


def bound_requests() -> None:
    """From now on, in this process."""
    http_protocol.WebRequest = BoundedRequest
