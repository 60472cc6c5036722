"""The two sockets of a page: raw ASGI beside Channels, because an open page should cost little.

Nothing goes up but the handshake: a socket that speaks is closed. Refused means accepted and
then closed with 4403, which a browser can tell from a broken line.
"""

import asyncio

from django.contrib.sessions.backends.base import SessionBase

from core.asgi import Receive, Scope, Send
from inbox.consumers.access import identify
from inbox.consumers.hub import Hub, hub_here
from inbox.consumers.sockets import NOT_YOURS, Close, Socket
from inbox.consumers.threads import in_thread

SPOKE = 4400


async def inbox(scope: Scope, receive: Receive, send: Send) -> None:
    """/ws/inbox/: rows, counts, presence."""
    await serve(scope, receive, send, None)


async def thread(scope: Scope, receive: Receive, send: Send) -> None:
    """/ws/conversations/<id>/: the bubbles of the open conversation."""
    await serve(scope, receive, send, scope["url_route"]["kwargs"]["conversation_id"])


async def serve(scope: Scope, receive: Receive, send: Send, conversation_id: int | None) -> None:
    """From the handshake to the end of one socket."""
    if (await receive())["type"] != "websocket.connect":
        return
    session: SessionBase = scope["session"]
    socket, hub = Socket(session.session_key or "", conversation_id), hub_here()
    try:
        await hub.join(socket)
        if not await admit(socket):
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.close", "code": NOT_YOURS})
            return
        await send({"type": "websocket.accept"})
        await speak(socket, hub, receive, send)
    finally:
        await hub.leave(socket)


async def admit(socket: Socket) -> bool:
    """Ask who it is. The socket is in the hub already, so no change of access is missed."""
    visitor = await in_thread(identify, socket.session_key, socket.conversation_id)
    if visitor is None:
        return False
    socket.user_id, socket.language = visitor.user_id, visitor.language
    socket.audiences = visitor.audiences
    return True


async def speak(socket: Socket, hub: Hub, receive: Receive, send: Send) -> None:
    """Send what the hub offers until either side ends it."""
    jobs = [asyncio.create_task(write(socket, send)), asyncio.create_task(hear(receive, send))]
    try:
        if socket.conversation_id is None:
            await hub.beats.came(socket)
            hub.recount.set()
        await asyncio.wait(jobs, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for job in jobs:
            job.cancel()
        await asyncio.gather(*jobs, return_exceptions=True)


async def write(socket: Socket, send: Send) -> None:
    while True:
        frame = await socket.queue.get()
        if isinstance(frame, Close):
            await send({"type": "websocket.close", "code": frame.code})
            return
        await send({"type": "websocket.send", "text": frame})


async def hear(receive: Receive, send: Send) -> None:
    """The only thing a page may say is that it goes."""
    if (await receive())["type"] != "websocket.disconnect":
        await send({"type": "websocket.close", "code": SPOKE})
