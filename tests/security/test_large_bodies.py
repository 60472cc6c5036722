"""No stranger fills the disk: the server hangs up on a body before it has kept too much."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from daphne import http_protocol
from twisted.internet.testing import StringTransport

from config import bounded

HEAD = b"POST /account/login/ HTTP/1.1\r\nHost: localhost\r\n"


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A connection to the server as it runs, and what it began to answer with its application."""
    monkeypatch.setattr(bounded, "LARGEST", 1000)
    monkeypatch.setattr(http_protocol, "WebRequest", http_protocol.WebRequest)
    asked: list[object] = []
    monkeypatch.setattr(http_protocol.WebRequest, "process", lambda self: asked.append(self))
    bounded.bound_requests()
    server = SimpleNamespace(
        protocol_connected=lambda _: None, protocol_disconnected=lambda _: None
    )
    protocol = http_protocol.HTTPFactory(server).buildProtocol(None)
    transport = StringTransport()
    protocol.makeConnection(transport)
    return SimpleNamespace(send=protocol.dataReceived, transport=transport, asked=asked)


def test_a_body_that_is_announced_too_large_is_refused_at_once(line: Any) -> None:
    line.send(HEAD + b"Content-Length: 10000000000\r\n\r\n")
    assert line.transport.value().startswith(b"HTTP/1.1 413 ")
    assert line.transport.disconnecting
    assert not line.asked


def test_one_that_grows_too_large_in_pieces_is_refused_then(line: Any) -> None:
    line.send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    for _ in range(5):
        line.send(b"12c\r\n" + b"x" * 300 + b"\r\n")
    line.send(b"0\r\n\r\n")
    assert line.transport.value().count(b"HTTP/1.1 413 ") == 1
    assert line.transport.disconnecting
    assert not line.asked


def test_one_that_fits_is_answered(line: Any) -> None:
    line.send(HEAD + b"Content-Length: 1000\r\n\r\n" + b"x" * 1000)
    assert len(line.asked) == 1
    assert line.asked[0].content.read() == b"x" * 1000
    assert not line.transport.disconnecting
