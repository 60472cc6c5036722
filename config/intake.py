"""Webhooks alone, apart from pages and sockets: what a large number's intake runs.

uvicorn serves it (Daphne's HTTP costs as much as all the rest), in as many processes as wanted:
`python -m config.process intake`. They share nothing but PostgreSQL.
"""

import asyncio
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from core.asgi import Receive, Scope, Send  # noqa: E402
from core.interpreter import suit_a_server  # noqa: E402
from inbox.intake.applier import applier  # noqa: E402
from inbox.intake.door import webhooks  # noqa: E402

HEALTHY = {"type": "http.response.start", "status": 200, "headers": []}


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Webhooks, /healthz, and the server's own life."""
    if scope["type"] == "lifespan":
        await live(receive, send)
    elif scope["type"] == "http" and scope["path"] == "/healthz":
        await send(HEALTHY)
        await send({"type": "http.response.body", "body": b"ok\n"})
    elif scope["type"] == "http":
        await webhooks(scope, receive, send)


async def live(receive: Receive, send: Send) -> None:
    """Apply what was taken before the process ends; others would find it after its lease."""
    await receive()
    suit_a_server()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await asyncio.to_thread(applier.finish)
    await send({"type": "lifespan.shutdown.complete"})
