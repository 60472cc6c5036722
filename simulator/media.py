"""Media of the Graph API: upload, look up, download, delete."""

from __future__ import annotations

import hmac
from typing import Any

from aiohttp import web

from .api_token import authenticate
from .calls import Call, missing
from .graph import GraphError, unknown_object
from .media_rules import check_file
from .media_store import find_media, keep_media, link_hash, media_content, media_url
from .world import world_of


async def post_media(call: Call) -> dict[str, Any]:
    """`POST /{phone}/media`: a form of messaging_product, file and type."""
    if not call.request.content_type.startswith("multipart/"):
        raise GraphError(100, "Send a multipart form with the file.")
    form = await call.request.post()
    if form.get("messaging_product") != "whatsapp":
        raise missing("messaging_product")
    upload = form.get("file")
    if not isinstance(upload, web.FileField):
        raise missing("file")
    mime = str(form.get("type") or upload.content_type)
    content = upload.file.read()
    check_file(mime, content)
    names = {"filename": upload.filename, "source": "upload"}
    media = keep_media(call.world, call.node, mime, content, **names)
    return {"id": media["id"]}


async def get_media(call: Call) -> dict[str, Any]:
    media = find_media(call.world, call.node)
    guard = call.request.query.get("phone_number_id")
    if media is None or (guard and media["number"] != guard):
        raise unknown_object(call.node, "get")
    return {
        "messaging_product": "whatsapp",
        "url": media_url(call.world, media["id"]),
        "mime_type": media["mime"],
        "sha256": media["sha256"],
        "file_size": str(media["size"]),
        "id": media["id"],
    }


async def delete_media(call: Call) -> dict[str, Any]:
    call.world.store.run("DELETE FROM media WHERE id = ?", call.node)
    return {"success": True}


async def download(request: web.Request) -> web.Response:
    """The file behind a link: needs the token too, and 404 once its five minutes are over."""
    world, query = world_of(request), request.query
    try:
        authenticate(world, request)
    except GraphError as error:
        return web.json_response(error.body(), status=error.status)
    key, ends = query.get("mid", ""), query.get("ext", "")
    whole = ends.isdigit() and hmac.compare_digest(
        query.get("hash", ""), link_hash(world, key, int(ends))
    )
    media = find_media(world, key)
    if not whole or int(ends) < world.clock.real() or media is None:
        return web.json_response({"error": {"message": "Not found", "code": 404}}, status=404)
    return web.Response(
        body=media_content(world, key),
        headers={"Content-Type": media["mime"], "X-Content-Type-Options": "nosniff"},
    )
