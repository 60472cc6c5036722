"""The pages' files, their headers, and the guard against other sites' pages."""

from __future__ import annotations

import mimetypes
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web

HERE = Path(__file__).parent
PAGES = {"/": "index.html", "/phone/": "phone.html", "/control/": "control.html"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:;"
    " media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
OURS = ("/_sim/", "/phone/", "/control/", "/static/")
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def guard(request: web.Request, handler: Answer) -> web.StreamResponse:
    """Another site's page in the same browser may neither read nor change anything."""
    origin = request.headers.get("Origin", "")
    ours = request.path == "/" or request.path.startswith(OURS)
    if ours and origin and urlsplit(origin).netloc != request.host:
        raise web.HTTPForbidden(text="Only the simulator's own pages may do this.")
    response = await handler(request)
    if ours and not response.prepared:
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.update(HEADERS)
    return response


async def page(request: web.Request) -> web.Response:
    html = (HERE / "pages" / PAGES[request.path]).read_text(encoding="utf-8")
    return web.Response(text=html, content_type="text/html", headers={"Cache-Control": "no-cache"})


async def static(request: web.Request) -> web.Response:
    path = HERE / "static" / request.match_info["name"]
    if not path.is_file():
        raise web.HTTPNotFound
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return web.Response(
        body=path.read_bytes(), content_type=kind, headers={"Cache-Control": "no-cache"}
    )


async def healthz(request: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})


async def with_slash(request: web.Request) -> web.Response:
    raise web.HTTPFound(request.path + "/")


ROUTES = [
    *(web.get(path, page) for path in PAGES),
    web.get("/phone", with_slash),
    web.get("/control", with_slash),
    web.get(r"/static/{name:[a-z0-9_-]+\.(?:js|css|svg)}", static),
    web.get("/healthz", healthz),
]
