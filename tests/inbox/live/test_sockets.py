"""The two sockets: who is let in, who is put out, and that nobody may speak."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.contrib.auth import logout
from django.db import transaction
from django.test import Client, RequestFactory

from accounts.models import User
from config.asgi import sockets
from inbox.actions import pushes
from inbox.consumers.hub import hub_here
from inbox.models import Conversation
from tests import cast
from tests.inbox.live.conftest import session_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]
ORIGIN = b"http://localhost:8000"


@asynccontextmanager
async def connected(
    path: str, user: User | None, origin: bytes = ORIGIN
) -> AsyncIterator[WebsocketCommunicator]:
    """A browser's socket with the person's session."""
    headers = [(b"origin", origin), (b"host", b"localhost:8000")]
    if user is not None:
        key = await sync_to_async(session_of)(user)
        headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={key}".encode()))
    communicator = WebsocketCommunicator(sockets, path, headers=headers)
    communicator.user = user
    try:
        yield communicator
    finally:
        await communicator.disconnect()
        await hub_here().stop()


async def closing_code(communicator: WebsocketCommunicator, within: float = 1.0) -> int:
    """The code with which the server closes; frames before it are passed over."""
    while True:
        message = await communicator.receive_output(timeout=within)
        if message["type"] == "websocket.close":
            return int(message["code"])


async def frame_with(communicator: WebsocketCommunicator, text: str) -> str:
    while True:
        frame = await communicator.receive_from(timeout=5)
        if text in frame:
            return str(frame)


def write(conversation: Conversation, text: str) -> None:
    with transaction.atomic():
        pushes.message_changed(cast.inbound(conversation, text))


async def test_an_agent_of_the_team_is_let_in_and_hears(
    ana: User, conversation: Conversation
) -> None:
    async with connected(f"/ws/conversations/{conversation.pk}/", ana) as socket:
        assert (await socket.connect())[0]
        await sync_to_async(write)(conversation, "Hello Ana")
        assert "Hello Ana" in await frame_with(socket, "Hello Ana")


@pytest.mark.parametrize("who", ["cleo", "nobody", "leaver"])
async def test_outsiders_are_accepted_and_closed_at_once(
    who: str, ana: User, cleo: User, conversation: Conversation
) -> None:
    user = {"cleo": cleo, "nobody": None, "leaver": ana}[who]
    async with connected(f"/ws/conversations/{conversation.pk}/", user) as socket:
        if who == "leaver":
            await User.objects.filter(pk=ana.pk).aupdate(is_active=False)
        assert (await socket.connect())[0]
        assert await closing_code(socket) == 4403


async def test_a_conversation_that_is_not_there_looks_like_one_of_others(ana: User) -> None:
    async with connected("/ws/conversations/999999/", ana) as socket:
        await socket.connect()
        assert await closing_code(socket) == 4403


async def test_another_sites_page_is_refused(ana: User) -> None:
    async with connected("/ws/inbox/", ana, origin=b"https://evil.example") as socket:
        assert not (await socket.connect())[0]


async def test_leaving_the_team_closes_the_open_thread_within_a_second(
    ana: User, conversation: Conversation
) -> None:
    def leave() -> None:
        ana.memberships.all().delete()
        pushes.access_changed([ana.pk])

    async with connected(f"/ws/conversations/{conversation.pk}/", ana) as socket:
        await socket.connect()
        await sync_to_async(leave)()
        assert await closing_code(socket) == 4403


async def test_signing_out_closes_the_sockets_of_that_session_alone(ana: User) -> None:
    def sign_out(key: str) -> None:
        request = RequestFactory().post("/")
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = key
        request.session, request.user = client.session, ana
        logout(request)

    async with connected("/ws/inbox/", ana) as gone, connected("/ws/inbox/", ana) as stays:
        await gone.connect()
        await stays.connect()
        cookie = dict(gone.scope["headers"])[b"cookie"].decode()
        await sync_to_async(sign_out)(cookie.partition("=")[2])
        assert await closing_code(gone) == 4403
        assert {socket.session_key for socket in hub_here().crowd if socket.audiences} == {
            dict(stays.scope["headers"])[b"cookie"].decode().partition("=")[2]
        }


@pytest.mark.parametrize("said", ['{"type": "subscribe"}', "\x00", "x" * 100_000])
async def test_a_page_that_speaks_is_closed(said: str, ana: User) -> None:
    async with connected("/ws/inbox/", ana) as socket:
        await socket.connect()
        await socket.send_to(text_data=said)
        assert await closing_code(socket) == 4400
