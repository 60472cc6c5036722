"""One port, three doors: webhooks to the raw intake, sockets to Channels, pages to WSGI.

Django's ASGI handler starts a thread a request and hops threads in every middleware, so
pages run as the WSGI application in a thread pool, and webhooks never enter Django at all.
"""

import os
from typing import Any, cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from a2wsgi import WSGIMiddleware  # noqa: E402
from channels.routing import URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402

from config.wsgi import application as pages  # noqa: E402
from core.asgi import ASGIApp, Receive, Scope, Send  # noqa: E402
from inbox.intake.door import webhooks  # noqa: E402
from inbox.routing import websocket_urlpatterns  # noqa: E402

# More would only fight for the interpreter: with 16, a third fewer pages a second were served.
PAGE_THREADS = 6

# Each library has its own types for the same three arguments; ours are the plain ones.
http = cast(ASGIApp, WSGIMiddleware(cast(Any, pages), workers=PAGE_THREADS))
sockets = cast(
    ASGIApp,
    AllowedHostsOriginValidator(URLRouter(cast(Any, websocket_urlpatterns))),
)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Choose the door by the kind of connection and, for HTTP, by the path."""
    if scope["type"] == "websocket":
        await sockets(scope, receive, send)
    elif scope["type"] == "http":
        is_webhook = scope["path"].startswith("/webhooks/")
        await (webhooks if is_webhook else http)(scope, receive, send)
