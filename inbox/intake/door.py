"""Webhooks of WhatsApp: a raw ASGI application in front of Django.

Meta, "Create a webhook endpoint": a GET is answered with its challenge; a POST is signed over
its raw bytes, and whatever is not answered 200 comes again for seven days. So 200 is answered
after the commit of the journal, 503 when there was none, and nothing is parsed before.
"""

import asyncio
import time
from collections.abc import Awaitable, Iterable
from typing import TypeVar
from urllib.parse import parse_qs
from weakref import WeakKeyDictionary

from django.utils import timezone

from core import metrics
from core.asgi import Receive, Scope, Send
from inbox.intake.applier import applier
from inbox.intake.journal import Applies, Journal, JournalUnavailable
from inbox.intake.signature import HEADER, KeyRing, KeysUnknown, is_signature

PATHS = {"/webhooks/whatsapp/", "/webhooks/whatsapp"}
LARGEST = 3 * 1024 * 1024
LONGEST_CHALLENGE = 500
AGAIN = {b"retry-after": b"5"}
Headers = Iterable[tuple[bytes, bytes]]
Answer = TypeVar("Answer")


class Gone(Exception):
    """The caller hung up before the whole body had come."""


class Refused(Exception):
    """An answer that is not 200."""

    def __init__(self, status: int, text: str, headers: dict[bytes, bytes] | None = None) -> None:
        self.status = status
        self.text = text
        self.headers = headers or {}
        super().__init__(text)


class Door:
    """Everything that the webhooks of one event loop share."""

    def __init__(self, applier: Applies) -> None:
        self.keys = KeyRing()
        self.journal = Journal(applier)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        try:
            status, body, headers = 200, await self._answer(scope, receive), {}
        except Refused as refusal:
            status, body, headers = refusal.status, refusal.text.encode(), refusal.headers
        except Gone:
            return
        metrics.WEBHOOKS.labels(status).inc()
        if scope["method"] == "POST":
            metrics.WEBHOOK_SECONDS.observe(time.perf_counter() - started)
        await _send(send, status, body, headers)

    async def _answer(self, scope: Scope, receive: Receive) -> bytes:
        if scope["path"] not in PATHS:
            raise Refused(404, "There is no such webhook.\n")
        if scope["method"] == "GET":
            return await self._verify(scope["query_string"])
        if scope["method"] == "POST":
            await self._take(scope, receive)
            return b""
        raise Refused(405, "GET or POST.\n", {b"allow": b"GET, POST"})

    async def _verify(self, query: bytes) -> bytes:
        """The challenge, for who knows an active app's verify token."""
        given = parse_qs(query.decode("ascii", "replace"), keep_blank_values=True)
        token = given.get("hub.verify_token", [""])[-1].encode()
        challenge = given.get("hub.challenge", [""])[-1].encode()
        is_known = await self._ask(self.keys.knows_token(token))
        if given.get("hub.mode") != ["subscribe"] or not is_known:
            raise Refused(403, "The verify token does not fit.\n")
        return challenge[:LONGEST_CHALLENGE]

    async def _take(self, scope: Scope, receive: Receive) -> None:
        signature = _signature(scope["headers"])
        body = await _read(scope["headers"], receive)
        owner = await self._ask(self.keys.owner_of(body, signature))
        if owner is None:
            raise Refused(401, "The signature does not fit.\n")
        try:
            await self.journal.store(body, owner, timezone.now())
        except JournalUnavailable:
            raise Refused(503, "Not stored; send it again.\n", AGAIN) from None

    async def _ask(self, question: Awaitable[Answer]) -> Answer:
        """The keys are in the database too."""
        try:
            return await question
        except KeysUnknown:
            raise Refused(503, "Try again.\n", AGAIN) from None


def _signature(headers: Headers) -> bytes:
    """The one signature of a request: none, two or another algorithm's are none."""
    given = [value for name, value in headers if name == HEADER]
    if len(given) != 1 or not is_signature(given[0]):
        raise Refused(401, "The signature is missing or has another form.\n")
    return given[0]


async def _read(headers: Headers, receive: Receive) -> bytes:
    """The whole body, refused as soon as it is known to be too large."""
    lengths = [value for name, value in headers if name == b"content-length"]
    if any(value.isdigit() and int(value) > LARGEST for value in lengths):
        raise Refused(413, "At most 3 MB.\n")
    chunks, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > LARGEST:
            raise Refused(413, "At most 3 MB.\n")
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)


async def _send(send: Send, status: int, body: bytes, headers: dict[bytes, bytes]) -> None:
    head = {
        b"content-type": b"text/plain; charset=utf-8",
        b"content-length": str(len(body)).encode(),
        b"x-content-type-options": b"nosniff",
        b"cache-control": b"no-store",
        **headers,
    }
    await send({"type": "http.response.start", "status": status, "headers": list(head.items())})
    await send({"type": "http.response.body", "body": body})


doors: WeakKeyDictionary[asyncio.AbstractEventLoop, Door] = WeakKeyDictionary()


async def webhooks(scope: Scope, receive: Receive, send: Send) -> None:
    """The door of the running event loop; a server has one."""
    loop = asyncio.get_running_loop()
    door = doors.get(loop)
    if door is None:
        door = doors[loop] = Door(applier)
    await door(scope, receive, send)
