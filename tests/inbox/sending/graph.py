"""A Cloud API of a few lines, for answers that must come exactly so; runs beside a sender."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

from aiohttp import web
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connections

from inbox.sender.process import Sender

Reply = Callable[[web.Request, dict[str, Any]], Awaitable[web.StreamResponse]]


class Graph:
    """Takes every message, unless `replies` holds something else for the next calls."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []
        self.uploads: list[dict[str, Any]] = []
        self.receipts: list[dict[str, Any]] = []
        self.replies: list[Reply] = []
        self.upload_replies: list[Reply] = []
        self.tokens: list[str] = []
        self._ids: Iterator[int] = count(1)

    @property
    def texts(self) -> list[str]:
        return [call["text"]["body"] for call in self.calls if call["type"] == "text"]

    async def take_message(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.tokens.append(request.headers["Authorization"])
        if body.get("status") == "read":
            self.receipts.append(body)
            return web.json_response({"success": True})
        self.calls.append(body)
        reply = self.replies.pop(0) if self.replies else self.accept
        return await reply(request, body)

    async def accept(self, request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        to = body.get("to", "").removeprefix("+")
        return web.json_response(
            {
                "messaging_product": "whatsapp",
                "contacts": [{"input": to, "wa_id": to}],
                "messages": [{"id": f"wamid.FAKE{next(self._ids):06d}"}],
            }
        )

    async def take_file(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        file = form["file"]
        assert isinstance(file, web.FileField)
        about = {
            "type": form["type"],
            "filename": file.filename,
            "content_type": file.content_type,
            "content": file.file.read(),
        }
        self.uploads.append(about)
        if self.upload_replies:
            return await self.upload_replies.pop(0)(request, about)
        return web.json_response({"id": f"media-{len(self.uploads)}"})

    @asynccontextmanager
    async def serve(self) -> Any:
        app = web.Application(client_max_size=20 * 1024 * 1024)
        app.router.add_post("/{version}/{number}/messages", self.take_message)
        app.router.add_post("/{version}/{number}/media", self.take_file)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        finally:
            await runner.cleanup()


def refuse(code: int, *, http: int = 400, details: str = "", **headers: str) -> Reply:
    """Meta's error body."""

    async def reply(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        error = {"message": f"(#{code})", "code": code, "error_data": {"details": details}}
        return web.json_response({"error": error}, status=http, headers=headers)

    return reply


def answer(text: str, *, http: int = 200) -> Reply:
    """Any body at all."""

    async def reply(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        return web.Response(text=text, status=http, content_type="application/json")

    return reply


async def hang_up(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
    """Take the request, then close the connection without a word."""
    assert request.transport is not None
    request.transport.abort()
    raise ConnectionResetError


def send_until(
    condition: Callable[[], bool],
    graph: Graph,
    *,
    seconds: float = 10,
    sender_type: type[Sender] = Sender,
    **options: Any,
) -> Sender:
    """Run one sender beside the fake until the condition holds, then stop it in good order.

    The condition is asked of the database every few hundredths of a second.
    """
    return asyncio.run(_send_until(condition, graph, seconds, sender_type, options))


async def _send_until(
    condition: Callable[[], bool],
    graph: Graph,
    seconds: float,
    sender_type: type[Sender],
    options: dict[str, Any],
) -> Sender:
    def asked() -> bool:
        try:
            return condition()
        finally:
            connections.close_all()

    async with graph.serve() as url:
        settings.WHATSAPP_GRAPH_URL = url
        sender = sender_type(**options)
        running = asyncio.create_task(sender.run())
        try:
            async with asyncio.timeout(seconds):
                while not await sync_to_async(asked)():
                    if running.done():
                        break
                    await asyncio.sleep(0.03)
        finally:
            sender.stop()
            await running
    return sender
