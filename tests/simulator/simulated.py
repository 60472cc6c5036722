"""A running simulator, and the business's server that its webhooks reach."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from aiohttp import ClientSession, FormData, web
from aiohttp.test_utils import TestServer

from simulator.app import build_app
from simulator.clock import Clock
from simulator.options import Options
from simulator.webhooks import sign
from simulator.world import World

BRAZIL, MEXICO = "106540352242922", "106540352242923"
ACCOUNT, APP = "102290129340398", "794850321936471"
TOKEN, SECRET, VERIFY = "test-token", "test-secret", "test-verify"
MARINA, DIEGO = "+5511955500111", "+5215512345678"
FAST = {"sent_ms": 1, "delivered_ms": 1, "read_ms": 1, "retry_first_ms": 5}
Json = dict[str, Any]


class Business:
    """The server under test's place: keeps what it receives, answers as told."""

    def __init__(self) -> None:
        self.posts: list[tuple[dict[str, str], bytes]] = []
        self.handshakes: list[dict[str, str]] = []
        self.answers: list[int] = []
        self.changed = asyncio.Event()

    async def receive(self, request: web.Request) -> web.Response:
        self.posts.append((dict(request.headers), await request.read()))
        self.changed.set()
        return web.Response(status=self.answers.pop(0) if self.answers else 200)

    async def shake_hands(self, request: web.Request) -> web.Response:
        self.handshakes.append(dict(request.query))
        if request.query.get("hub.verify_token") != VERIFY:
            return web.Response(status=403)
        return web.Response(text=request.query["hub.challenge"])

    def changes(self, field: str = "") -> list[Json]:
        """Every change received, in order; `field` keeps those of one field."""
        bodies = [json.loads(raw) for _, raw in self.posts]
        found = [c for body in bodies for entry in body["entry"] for c in entry["changes"]]
        return [change for change in found if field in ("", change["field"])]

    def messages(self) -> list[Json]:
        return [m for c in self.changes("messages") for m in c["value"].get("messages", [])]

    def statuses(self, wamid: str = "") -> list[Json]:
        found = [s for c in self.changes("messages") for s in c["value"].get("statuses", [])]
        return [status for status in found if wamid in ("", status["id"])]

    async def until(self, ready: Callable[[], Any], seconds: float = 5) -> Any:
        """Wait for something to be received; the truthy value of `ready`."""
        async with asyncio.timeout(seconds):
            while not (value := ready()):
                self.changed.clear()
                await self.changed.wait()
        return value


class Simulated:
    """A simulator in this process, spoken to over HTTP."""

    def __init__(self, world: World, server: TestServer, session: ClientSession) -> None:
        self.world, self.server, self.session = world, server, session
        self.business = Business()
        self.base = str(server.make_url("")).rstrip("/")

    async def ask(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> tuple[int, Any]:
        options: Json = {"data": body} if isinstance(body, FormData) else {"json": body}
        async with self.session.request(
            method, self.base + path, headers=headers, **options
        ) as answer:
            raw = await answer.read()
            is_json = answer.content_type == "application/json"
            return answer.status, json.loads(raw) if is_json else raw

    async def graph(
        self, method: str, path: str, body: Any = None, token: str = TOKEN
    ) -> tuple[int, Any]:
        return await self.ask(method, f"/v23.0{path}", body, Authorization=f"Bearer {token}")

    async def send(self, to: str = MARINA, number: str = BRAZIL, **body: Any) -> tuple[int, Any]:
        """Send a message; text unless `type` says otherwise."""
        body = body or {"type": "text", "text": {"body": "Hello"}}
        whole = {"messaging_product": "whatsapp", "to": to, **body}
        return await self.graph("POST", f"/{number}/messages", whole)

    async def sent(self, to: str = MARINA, number: str = BRAZIL, **body: Any) -> str:
        """Send what has to be accepted; its id."""
        status, answer = await self.send(to, number, **body)
        assert status == 200, answer
        return str(answer["messages"][0]["id"])

    async def write(self, customer: str = "marina", number: str = BRAZIL, **body: Any) -> Json:
        """Write as a customer; text unless `type` says otherwise."""
        body = body or {"type": "text", "text": {"body": "Olá"}}
        whole = {"number": number, **body}
        status, answer = await self.ask("POST", f"/_sim/customers/{customer}/messages", whole)
        assert status in (200, 201), answer
        return dict(answer)

    async def wait_for(self, wamid: str, status: str) -> Json:
        """The status webhook of a message."""
        business = self.business
        found = await business.until(
            lambda: [s for s in business.statuses(wamid) if s["status"] == status]
        )
        return dict(found[0])

    async def set(self, **settings: Any) -> None:
        status, answer = await self.ask("PATCH", "/_sim/settings", settings)
        assert status == 200, answer

    async def upload(self, content: bytes, mime: str, name: str = "file") -> tuple[int, Any]:
        form = FormData()
        form.add_field("messaging_product", "whatsapp")
        form.add_field("type", mime)
        form.add_field("file", content, filename=name, content_type=mime)
        return await self.graph("POST", f"/{BRAZIL}/media", form)


def make_world(clock: Clock | None = None, **options: Any) -> World:
    whole = {"app_secret": SECRET, "access_token": TOKEN, "verify_token": VERIFY, **options}
    return World(Options(**whole), clock)


def is_signed(headers: dict[str, str], raw: bytes) -> bool:
    return headers.get("X-Hub-Signature-256") == sign(SECRET, raw)


async def serve_business(business: Business) -> TestServer:
    app = web.Application(client_max_size=4 * 1024 * 1024)
    app.router.add_post("/{tail:.*}", business.receive)
    app.router.add_get("/{tail:.*}", business.shake_hands)
    server = TestServer(app)
    await server.start_server()
    return server


async def serve_world(world: World) -> TestServer:
    server = TestServer(build_app(world))
    await server.start_server()
    world.base_url = str(server.make_url("")).rstrip("/")
    return server
