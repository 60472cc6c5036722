"""The sockets of a page: raw ASGI beside Channels, because an open page should cost little.

Nothing goes up but the handshake: a socket that speaks is closed. Refused means accepted and
then closed with 4403, which a browser can tell from a broken line.
"""

from django.conf import settings
from django.http import parse_cookie

from core.asgi import Receive, Scope, Send
from inbox.consumers.hub import Hub, hub_here
from inbox.consumers.sockets import NOT_YOURS, Socket

SPOKE = 4400


async def inbox(scope: Scope, receive: Receive, send: Send) -> None:
    """/ws/inbox/: rows, counts, presence."""
    await serve(scope, receive, send, None)


async def news(scope: Scope, receive: Receive, send: Send) -> None:
    """/ws/news/: what concerns every page, for pages without conversations."""
    await serve(scope, receive, send, None, is_news=True)


async def thread(scope: Scope, receive: Receive, send: Send) -> None:
    """/ws/conversations/<id>/: the bubbles of the open conversation."""
    await serve(scope, receive, send, scope["url_route"]["kwargs"]["conversation_id"])


async def serve(
    scope: Scope,
    receive: Receive,
    send: Send,
    conversation_id: int | None,
    *,
    is_news: bool = False,
) -> None:
    """From the handshake to the end of one socket."""
    if (await receive())["type"] != "websocket.connect":
        return
    socket, hub = Socket(session_of(scope), send, conversation_id, is_news), hub_here()
    scope.clear()  # an open page keeps nothing of its handshake
    try:
        if not await admit(socket, hub):
            await send({"type": "websocket.close", "code": NOT_YOURS})
        elif (await receive())["type"] != "websocket.disconnect":
            await send({"type": "websocket.close", "code": SPOKE})
    finally:
        await hub.leave(socket)


async def admit(socket: Socket, hub: Hub) -> bool:
    """Accept it, and ask who it is until nobody's rights changed while we asked."""
    await hub.join(socket)
    is_accepted = False
    while True:
        asked = hub.changes
        visitor = await hub.admission.ask((socket.session_key, socket.conversation_id))
        if not is_accepted:
            await socket.send({"type": "websocket.accept"})
            is_accepted = True
        if visitor is None:
            return False
        if asked == hub.changes:
            hub.admit(socket, visitor)
            return True


def session_of(scope: Scope) -> str:
    """The key in the session's cookie; empty without one."""
    for name, value in scope["headers"]:
        if name == b"cookie":
            cookies = parse_cookie(value.decode("latin-1"))
            return str(cookies.get(settings.SESSION_COOKIE_NAME, ""))
    return ""
