"""What the phone page needs beside the control API: threads, live news, files."""

from __future__ import annotations

import asyncio
import json

from aiohttp import web

from . import threads
from .doors import number_of, refuse
from .media_rules import kind_of_mime, plain_mime
from .media_store import find_media, media_content
from .store import Doc
from .world import World, world_of

HEARTBEAT_S = 15
SHOWN = ("image", "audio", "video", "sticker")
FILE_POLICY = "default-src 'none'; sandbox"


async def get_people(request: web.Request) -> web.Response:
    """Customers with the last message of each, and the numbers that they can write to."""
    world = world_of(request)
    number = number_of(world, request.query.get("number"))["id"]
    people = [
        {**customer, "last": _last(world, customer["id"], number)}
        for customer in world.store.list("customers")[:200]
    ]
    wanted = ("id", "display_phone_number", "verified_name", "digits")
    numbers = [{name: one[name] for name in wanted} for one in world.store.list("numbers")]
    return web.json_response({"customers": people, "numbers": numbers})


def _last(world: World, customer: str, number: str) -> Doc | None:
    found = threads.thread(world.store, customer, number, 1)
    return threads.shown(found[0]) if found else None


async def get_thread(request: web.Request) -> web.Response:
    """Messages between `customer` and `number`, oldest first, and the seconds left to answer."""
    world = world_of(request)
    try:
        customer = world.customer(request.query.get("customer", ""))
    except KeyError:
        refuse("There is no such customer.", status=404)
    number = number_of(world, request.query.get("number"))
    written = threads.last_written(world.store, customer, number["id"])
    found = threads.thread(world.store, customer["id"], number["id"])
    return web.json_response({
        "customer": customer,
        "messages": [threads.shown(message) for message in found],
        "window_left_s": world.clock.window_left(written, customer["clock_offset_s"]),
    })  # fmt: skip


async def stream(request: web.Request) -> web.StreamResponse:
    """Server-sent events: `message`, `typing`, `webhook`, `ledger`, `changed`."""
    headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
    response = web.StreamResponse(headers=headers)
    with world_of(request).hub.listen() as queue:
        await response.prepare(request)
        await response.write(b": hello\n\n")
        while True:
            try:
                line = await asyncio.wait_for(queue.get(), HEARTBEAT_S)
                await response.write(f"data: {line}\n\n".encode())
            except TimeoutError:
                await response.write(b": still here\n\n")
            except ConnectionResetError:
                return response


async def get_file(request: web.Request) -> web.Response:
    """A file as the phone shows it; whatever is no picture, sound or film is only saved."""
    world, key = world_of(request), request.match_info["media"]
    media = find_media(world, key)
    if media is None:
        raise web.HTTPNotFound
    kind = plain_mime(media["mime"])
    inline = kind_of_mime(kind) in SHOWN or kind == "audio/webm"
    headers = {"Content-Security-Policy": FILE_POLICY, "Cache-Control": "private, max-age=3600"}
    headers["Content-Disposition"] = "inline" if inline else "attachment"
    mime = kind if inline else "application/octet-stream"
    return web.Response(body=media_content(world, key), content_type=mime, headers=headers)


def tick(world: World, event: Doc) -> None:
    """The business's server has the customer's message: its second tick."""
    if event["field"] != "messages" or '"messages"' not in event["value"]:
        return
    for element in json.loads(event["value"]).get("messages", []):
        message = threads.get_message(world.store, element.get("id", ""))
        if message and message["status"] == "sent":
            threads.set_status(world.store, message, "delivered")
            world.hub.publish("message", message=threads.shown(message))


ROUTES = [
    web.get("/_sim/people", get_people),
    web.get("/_sim/thread", get_thread),
    web.get("/_sim/stream", stream),
    web.get("/phone/media/{media:[0-9]+}", get_file),
]
