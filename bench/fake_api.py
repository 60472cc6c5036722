"""A Cloud API that takes every message and answers after a while: what a sender is measured by.

    python -m bench.fake_api [--port 0] [--delay 100]

prints its address, then serves until SIGTERM. It keeps when each call arrived, by number:

    GET    /_ledger   [[seconds of time.time(), phone number id, biz_opaque_callback_data], ...]
    GET    /_count    {"calls": n}
    DELETE /_ledger   forgets them
    PUT    /_mood     {"number": id or "*", "answer": "accept" | "hang" | "close" | HTTP status,
                      "code": Meta's error code, "share": 0..1, "delay": milliseconds}

Bare asyncio, since a web framework would take more of the machine than the sender itself.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import signal
import time
from dataclasses import dataclass, field
from typing import Any

import orjson

OPAQUE = re.compile(rb'"biz_opaque_callback_data":\s?"([^"]*)"')
LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
TO = re.compile(rb'"to":\s?"\+?(\d+)"')
JSON = b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"


@dataclass
class Mood:
    """How calls for a number end."""

    answer: str | int = "accept"
    code: int = 131000
    share: float = 1.0
    delay: float | None = None


@dataclass
class Api:
    """All connections together: the ledger, and what each number answers."""

    delay: float = 0.1
    ledger: list[tuple[float, str, str]] = field(default_factory=list)
    moods: dict[str, Mood] = field(default_factory=dict)

    def mood_of(self, number: str) -> Mood:
        mood = self.moods.get(number) or self.moods.get("*") or Mood()
        return mood if mood.share >= 1 or random.random() < mood.share else Mood()  # noqa: S311

    def control(self, method: str, path: str, body: bytes) -> Any:
        if path == "/_count":
            return {"calls": len(self.ledger)}
        if path == "/_mood" and method == "PUT":
            wish = orjson.loads(body)
            self.moods[wish.pop("number", "*")] = Mood(**wish)
        elif path == "/_ledger" and method == "DELETE":
            self.ledger.clear()
        elif path == "/_ledger":
            return self.ledger
        return {}


class Connection(asyncio.Protocol):
    """One kept-alive connection; a call is answered before the next is read, as clients do."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, found, rest = self.buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = LENGTH.search(head)
        wanted = int(length[1]) if length else 0
        if len(rest) < wanted:
            return
        self.buffer = rest[wanted:]
        self.answer(head, rest[:wanted])

    def answer(self, head: bytes, body: bytes) -> None:
        method, path, _ = head[: head.index(b"\r\n")].decode().split(" ", 2)
        if path.startswith("/_"):
            self.reply(200, orjson.dumps(self.api.control(method, path, body)))
            return
        _, _, number, call = path.split("/", 3)
        if call == "media":
            self.reply(200, b'{"id":"media"}')
        elif b'"status":"read"' in body:
            self.reply(200, b'{"success":true}')
        else:
            self.take_message(number, body)

    def take_message(self, number: str, body: bytes) -> None:
        opaque, to = OPAQUE.search(body), TO.search(body)
        name = opaque[1].decode() if opaque else ""
        self.api.ledger.append((time.time(), number, name))
        mood = self.api.mood_of(number)
        delay = self.api.delay if mood.delay is None else mood.delay / 1000
        loop = asyncio.get_running_loop()
        if mood.answer == "accept":
            person = to[1].decode() if to else ""
            told = b'{"messaging_product":"whatsapp","contacts":[{"input":"%b","wa_id":"%b"}],'
            told %= (person.encode(), person.encode())
            told += b'"messages":[{"id":"wamid.%b.%d"}]}' % (name.encode(), len(self.api.ledger))
            loop.call_later(delay, self.reply, 200, told)
        elif mood.answer == "close":
            loop.call_later(delay, self.transport.abort)
        elif mood.answer != "hang":
            error = {"error": {"message": f"(#{mood.code})", "code": mood.code}}
            loop.call_later(delay, self.reply, int(mood.answer), orjson.dumps(error))

    def reply(self, status: int, body: bytes) -> None:
        self.transport.write(JSON % (status, len(body), body))


async def serve(port: int, delay: float) -> None:
    """Until SIGTERM or SIGINT."""
    loop, stopped, api = asyncio.get_running_loop(), asyncio.Event(), Api(delay)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    server = await loop.create_server(lambda: Connection(api), "127.0.0.1", port, backlog=2048)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)  # noqa: T201
    await stopped.wait()
    server.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--delay", type=float, default=100, help="milliseconds")
    given = parser.parse_args()
    asyncio.run(serve(given.port, given.delay / 1000))
