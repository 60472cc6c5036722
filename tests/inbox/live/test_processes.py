"""Two whole web processes on one port: what one hears the other shows, and either may die."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import urlopen

import aiohttp
import psutil
import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection

from accounts.models import Presence, User
from config.services.valkey import free_port
from inbox.consumers import presence
from inbox.models import Conversation
from inbox.queries.changes import read_cursor
from tests.inbox.live.conftest import session_of
from tests.inbox.payloads import webhooks

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]
ROOT = Path(__file__).resolve().parents[3]
SECONDS = 60
FRAMES = 10_000


class Web:
    """`config.web --workers 2` and its address."""

    def __init__(self, parent: subprocess.Popen[bytes], port: int) -> None:
        self.parent = psutil.Process(parent.pid)
        self.port = port
        self.address = f"http://127.0.0.1:{port}"

    def workers(self) -> list[psutil.Process]:
        return [each for each in self.parent.children() if each.status() != psutil.STATUS_ZOMBIE]

    async def wait_for_workers(self, *, without: int = 0) -> list[psutil.Process]:
        """Both, once they serve; without one that is dead."""
        async with asyncio.timeout(SECONDS):
            while True:
                found = [each for each in self.workers() if each.pid != without]
                if len(found) == 2:
                    return found
                await asyncio.sleep(0.1)

    def worker_of(self, socket: aiohttp.ClientWebSocketResponse) -> int:
        """The process at the other end of a line."""
        port = socket.get_extra_info("sockname")[1]
        for child in self.workers():
            if any(line.raddr and line.raddr.port == port for line in lines_of(child)):
                return int(child.pid)
        raise AssertionError("nobody has this line")


def lines_of(process: psutil.Process) -> list[Any]:
    return list(process.net_connections(kind="tcp"))


def wait_until_it_answers(parent: subprocess.Popen[bytes], port: int) -> None:
    """The port is there at once, an answer once the first process is."""
    while parent.poll() is None:
        with suppress(OSError), urlopen(f"http://127.0.0.1:{port}/healthz", timeout=SECONDS):
            return
    raise AssertionError("the web processes have ended")


@pytest.fixture(scope="module")
def web(django_db_setup: None, django_db_blocker: Any) -> Iterator[Web]:
    """The processes over the database of the tests."""
    with django_db_blocker.unblock():
        given = connection.settings_dict
    place = f"host={quote(given['HOST'], safe='')}&port={given['PORT']}"
    login = f"{given['USER']}:{quote(given['PASSWORD'])}"
    port = free_port()
    environment = os.environ | {
        "DATABASE_URL": f"postgresql://{login}@/{given['NAME']}?{place.removesuffix('&port=')}",
        "SASH_BASE_URL": f"http://127.0.0.1:{port}",
        "SASH_DEBUG": "1",
    }
    command = [sys.executable, "-m", "config.web", "--workers", "2", "--verbosity", "0"]
    where = ["--bind", "127.0.0.1", "--port", str(port), "config.asgi:application"]
    with subprocess.Popen([*command, *where], cwd=ROOT, env=environment) as parent:
        try:
            wait_until_it_answers(parent, port)
            yield Web(parent, port)
        finally:
            parent.terminate()
            assert parent.wait(SECONDS) == 0


@asynccontextmanager
async def browser(web: Web, user: User) -> AsyncIterator[aiohttp.ClientSession]:
    """Somebody signed in."""
    key = await sync_to_async(session_of)(user)
    headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={key}", "Origin": web.address}
    async with aiohttp.ClientSession(web.address, headers=headers) as session:
        yield session


async def frame_with(socket: aiohttp.ClientWebSocketResponse, text: str) -> str:
    async with asyncio.timeout(SECONDS):
        while True:
            frame = await socket.receive_str()
            if text in frame:
                return frame


async def lines_to_both(
    web: Web, session: aiohttp.ClientSession, path: str
) -> dict[int, aiohttp.ClientWebSocketResponse]:
    """A socket at each process; whoever takes a connection is chance."""
    found: dict[int, aiohttp.ClientWebSocketResponse] = {}
    async with asyncio.timeout(SECONDS):
        while len(found) < 2:
            socket = await session.ws_connect(path)
            await frame_with(socket, "catch-up")
            found.setdefault(web.worker_of(socket), socket)
    return found


async def customer_writes(web: Web, text: str) -> None:
    """Through whichever process takes it, and again as Meta does: this test's app is new there."""
    item = webhooks.message(text=text, id=f"wamid.{text}")
    body = webhooks.body_of(webhooks.envelope(webhooks.incoming(item)))
    headers = {"X-Hub-Signature-256": webhooks.sign(body).decode()}
    async with aiohttp.ClientSession(web.address, headers=headers) as session:
        async with asyncio.timeout(SECONDS):
            while await status_of(session, body) == 503:
                await asyncio.sleep(0.1)


async def status_of(session: aiohttp.ClientSession, body: bytes) -> int:
    async with session.post("/webhooks/whatsapp/", data=body) as answer:
        assert answer.status in {200, 503}
        return answer.status


async def test_what_comes_to_one_is_seen_at_both_and_one_may_die(
    web: Web, ana: User, conversation: Conversation
) -> None:
    before = {process.pid for process in await web.wait_for_workers()}
    path = f"/ws/conversations/{conversation.pk}/"
    async with browser(web, ana) as session:
        lines = await lines_to_both(web, session, path)
        assert set(lines) == before
        await customer_writes(web, "First")
        for line in lines.values():
            await frame_with(line, "First")
        since = await sync_to_async(read_cursor)()
        victim = min(before)
        os.kill(victim, signal.SIGKILL)
        async with asyncio.timeout(SECONDS):
            while (await lines[victim].receive()).type is not aiohttp.WSMsgType.CLOSED:
                pass
        await customer_writes(web, "Second")
        await frame_with(lines[max(before)], "Second")
        again = await session.ws_connect(path)
        await frame_with(again, "catch-up")
        url = f"/conversations/{conversation.pk}/changes/?since={since}"
        async with session.get(url) as page:
            assert "Second" in await page.text()
        await web.wait_for_workers(without=victim)
        both = await lines_to_both(web, session, path)
        await customer_writes(web, "Third")
        for line in both.values():
            await frame_with(line, "Third")


async def test_a_person_with_pages_at_both_stays_here_when_one_closes(web: Web, ana: User) -> None:
    await web.wait_for_workers()
    async with browser(web, ana) as session:
        lines = await lines_to_both(web, session, "/ws/inbox/")
        first, last = lines.values()
        await wait_until_connected(ana, True)
        await first.close()
        until = time.monotonic() + presence.GRACE + presence.ANSWER + 2
        while time.monotonic() < until:
            assert await is_connected(ana)
            await asyncio.sleep(0.5)
        await last.close()
        await wait_until_connected(ana, False)


async def wait_until_connected(user: User, wanted: bool) -> None:
    async with asyncio.timeout(SECONDS):
        while await is_connected(user) is not wanted:
            await asyncio.sleep(0.1)


async def is_connected(user: User) -> bool:
    return await Presence.objects.filter(user=user, last_seen_at__isnull=False).aexists()


async def raw_line(web: Web, key: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A socket after its handshake, for bytes of all kinds."""
    reader, writer = await asyncio.open_connection("127.0.0.1", web.port)
    lines = [
        "GET /ws/inbox/ HTTP/1.1",
        f"Host: 127.0.0.1:{web.port}",
        f"Origin: {web.address}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        f"Cookie: {settings.SESSION_COOKIE_NAME}={key}",
    ]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    answer = await reader.readuntil(b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 101")
    return reader, writer


def random_frame(chance: random.Random) -> bytes:
    """Any first two bytes, any length that they promise, and something after them."""
    body = chance.randbytes(chance.choice([0, 1, 5, 125, 126, 300]))
    return bytes((chance.randrange(256), chance.choice([0, 128]) | min(len(body), 127))) + body


async def everything_from(reader: asyncio.StreamReader) -> bytes:
    """Until the other side hangs up."""
    try:
        return await asyncio.wait_for(reader.read(), SECONDS)
    except ConnectionError:
        return b""


async def test_ten_thousand_random_frames_tell_nothing_and_break_nothing(
    web: Web, ana: User, conversation: Conversation
) -> None:
    chance, key = random.Random(7), await sync_to_async(session_of)(ana)
    pids = {process.pid for process in await web.wait_for_workers()}
    for _ in range(FRAMES // 200):
        reader, writer = await raw_line(web, key)
        writer.write(b"".join(random_frame(chance) for _ in range(200)))
        with suppress(OSError):  # it may have hung up by now
            writer.write_eof()
        told = await everything_from(reader)
        writer.close()
        assert not any(word in told.lower() for word in (b"traceback", b"exception", b".py"))
    assert {process.pid for process in web.workers()} == pids
    async with browser(web, ana) as session:
        line = await session.ws_connect("/ws/inbox/")
        await frame_with(line, "catch-up")
        await customer_writes(web, "Still there?")
        await frame_with(line, "Still there?")


async def test_a_frame_of_two_megabytes_ends_the_line_and_is_not_kept(web: Web, ana: User) -> None:
    key, size = await sync_to_async(session_of)(ana), 2 * 1024 * 1024
    workers = await web.wait_for_workers()
    held = sum(process.memory_info().rss for process in workers)
    for _ in range(20):
        reader, writer = await raw_line(web, key)
        writer.write(b"\x81\xff" + size.to_bytes(8, "big") + b"mask" + bytes(size))
        await everything_from(reader)
        writer.close()
    assert sum(process.memory_info().rss for process in workers) < held + 10 * size
