"""Open pages without a browser: sockets of the hub, and real sessions for real sockets."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connections
from django.test import Client

from accounts.models import User
from inbox.consumers.access import Visitor
from inbox.consumers.hub import Hub
from inbox.consumers.sockets import Socket
from inbox.consumers.threads import WORKERS, pool
from inbox.queries.access import user_audiences


@pytest_asyncio.fixture
async def hub() -> AsyncIterator[Hub]:
    """A hub that listens; stopped at the end."""
    hub = Hub()
    yield hub
    await hub.stop()


@pytest_asyncio.fixture(autouse=True)
async def rest_threads() -> AsyncIterator[None]:
    """What a hub has begun in its threads ends before the tables are emptied.

    And the thread that async tests write from gives its connection back.
    """
    yield
    loop, together = asyncio.get_running_loop(), threading.Barrier(WORKERS)
    await asyncio.gather(*(loop.run_in_executor(pool, together.wait, 10) for _ in range(WORKERS)))
    await sync_to_async(connections.close_all)()


class Page:
    """An open page without a line: what the hub sends it waits in a queue."""

    def __init__(
        self,
        user: User,
        conversation_id: int | None = None,
        key: str = "",
        *,
        is_news: bool = False,
    ) -> None:
        self.sent: asyncio.Queue[str | int] = asyncio.Queue()
        self.socket = Socket(key, self.take, conversation_id, is_news)
        self.visitor = Visitor(user.pk, user.language, frozenset(user_audiences(user)))

    async def take(self, message: dict[str, Any]) -> None:
        self.sent.put_nowait(message.get("text") or message["code"])

    async def join(self, hub: Hub) -> None:
        """As the door lets it in."""
        await hub.join(self.socket)
        hub.admit(self.socket, self.visitor)

    async def frame_with(self, text: str = "", within: float = 5.0) -> str:
        """The next frame that holds the text; others before it are passed over."""
        async with asyncio.timeout(within):
            while True:
                frame = await self.sent.get()
                assert isinstance(frame, str), f"closed with {frame}"
                if text in frame:
                    return frame

    async def end(self, within: float = 5.0) -> int:
        """The code with which it is closed."""
        async with asyncio.timeout(within):
            while True:
                frame = await self.sent.get()
                if isinstance(frame, int):
                    return frame

    def heard(self) -> str:
        """Everything else that was sent until now."""
        frames = []
        while not self.sent.empty():
            frames.append(str(self.sent.get_nowait()))
        return "".join(frames)


@pytest.fixture
def page_of() -> Callable[..., Page]:
    """page_of(ana, conversation.pk): a signed-in person's open page."""

    def make(user: User, conversation_id: int | None = None, *, is_news: bool = False) -> Page:
        return Page(user, conversation_id, session_of(user), is_news=is_news)

    return make


def session_of(user: User) -> str:
    """The key of a session in which the person is signed in."""
    client = Client()
    client.force_login(user)
    return str(client.cookies[settings.SESSION_COOKIE_NAME].value)
