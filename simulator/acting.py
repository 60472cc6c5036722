"""`/_sim/customers/{id}/…`: the control API's door to everything that a customer does."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from . import delivery, threads
from .changes import ACTS
from .customers import MOST_OFFSET
from .doors import customer_of, number_of, read_json, refuse
from .inbound import InboundError, write
from .media_rules import INBOUND_MOST, kind_of_mime, plain_mime
from .media_store import keep_media
from .store import Doc
from .world import World, world_of


async def post_message(request: web.Request) -> web.Response:
    """Write as the customer: the body of a webhook's message, with `number`."""
    world, body = world_of(request), await read_json(request)
    customer, number = customer_of(request), number_of(world, body.get("number"))
    kind = str(body.get("type", "text"))
    try:
        if kind in ACTS:
            return web.json_response(ACTS[kind](world, customer, number, body))
        message = _write(world, customer, number, body)
    except InboundError as problem:
        refuse(str(problem))
    return web.json_response(threads.shown(message), status=201)


def _write(world: World, customer: Doc, number: Doc, body: Doc) -> Doc:
    kind, age = str(body.get("type", "text")), body.get("age_s", 0)
    if not isinstance(age, (int, float)) or not abs(age) <= MOST_OFFSET:
        raise InboundError("age_s is a number of seconds, at most a year.")
    context, more = body.get("context") or {}, body.get("more") or {}
    if not isinstance(context, dict) or not isinstance(more, dict):
        raise InboundError("context and more are objects.")
    if body.get("referral"):
        more = {**more, "referral": body["referral"]}
    return write(
        world, customer, number, kind, body.get(kind), age_s=age, context=context, more=more
    )


async def post_file(request: web.Request) -> web.Response:
    """Send a file as the customer: a form of `number`, `file`, and maybe `caption`, `voice`."""
    world, customer = world_of(request), customer_of(request)
    form = await request.post()
    number, upload = number_of(world, form.get("number")), form.get("file")
    if not isinstance(upload, web.FileField):
        refuse("The form has no file.")
    content = upload.file.read()
    if len(content) > INBOUND_MOST:
        refuse("WhatsApp takes files of up to 100 MB.")
    media = keep_media(
        world, number["id"], upload.content_type, content,
        filename=upload.filename, source="customer",
    )  # fmt: skip
    kind = str(form.get("type") or kind_of_mime(plain_mime(upload.content_type)) or "document")
    return await _send_file(world, customer, number, kind, media, form)


async def _send_file(
    world: World, customer: Doc, number: Doc, kind: str, media: Doc, form: Any
) -> web.Response:
    content: Doc = {"id": media["id"]}
    if form.get("caption") and kind not in ("audio", "sticker"):
        content["caption"] = str(form["caption"])
    if kind == "audio":
        content["voice"] = form.get("voice") == "true"
    if kind == "sticker":
        content["animated"] = False
    context = {"id": str(form["context"])} if form.get("context") else None
    try:
        message = write(world, customer, number, kind, content, context=context)
    except InboundError as problem:
        refuse(str(problem))
    return web.json_response(threads.shown(message), status=201)


async def post_read(request: web.Request) -> web.Response:
    """The customer looks at the conversation with `number`."""
    world, body = world_of(request), await read_json(request)
    number = number_of(world, body.get("number"))
    count = delivery.open_thread(world, customer_of(request)["id"], number["id"])
    return web.json_response({"read": count})


async def post_played(request: web.Request) -> web.Response:
    """The customer plays the voice message `id`."""
    world, body = world_of(request), await read_json(request)
    message = threads.get_message(world.store, str(body.get("id")))
    if message is None or message["customer"] != customer_of(request)["id"]:
        refuse("There is no such message.", status=404)
    if message["kind"] == "audio" and message["direction"] == "out":
        delivery.report(world, message, "read")
        delivery.report(world, message, "played")
    return web.json_response({"success": True})


BASE = "/_sim/customers/{customer}"
ROUTES = [
    web.post(f"{BASE}/messages", post_message),
    web.post(f"{BASE}/files", post_file),
    web.post(f"{BASE}/read", post_read),
    web.post(f"{BASE}/played", post_played),
]
