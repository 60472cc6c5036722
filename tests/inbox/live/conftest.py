"""Open pages without a browser: sockets of the hub, and real sessions for real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connections
from django.test import Client

from accounts.models import User
from inbox.consumers.hub import Hub
from inbox.consumers.sockets import Close, Socket
from inbox.queries.access import user_audiences


@pytest_asyncio.fixture
async def hub() -> AsyncIterator[Hub]:
    """A hub that listens; stopped at the end."""
    hub = Hub()
    yield hub
    await hub.stop()


@pytest_asyncio.fixture(autouse=True)
async def give_connections_back() -> AsyncIterator[None]:
    """The thread that async tests write from keeps its connection otherwise."""
    yield
    await sync_to_async(connections.close_all)()


@pytest.fixture
def socket_of() -> Callable[..., Socket]:
    """socket_of(ana, conversation_id=7): an open page as the hub knows it."""

    def make(user: User, conversation_id: int | None = None) -> Socket:
        return Socket(
            session_key=session_of(user),
            conversation_id=conversation_id,
            user_id=user.pk,
            audiences=user_audiences(user),
        )

    return make


def session_of(user: User) -> str:
    """The key of a session in which the person is signed in."""
    client = Client()
    client.force_login(user)
    return str(client.cookies[settings.SESSION_COOKIE_NAME].value)


async def next_frame(socket: Socket, holding: str = "", within: float = 5.0) -> str | Close:
    """The next frame that holds the text; counts and signals before it are passed over."""
    async with asyncio.timeout(within):
        while True:
            frame = await socket.queue.get()
            if isinstance(frame, Close) or holding in frame:
                return frame


def waiting(socket: Socket) -> str:
    """Everything that waits to be sent, taken off the queue."""
    frames = []
    while not socket.queue.empty():
        frames.append(str(socket.queue.get_nowait()))
    return "".join(frames)
