"""The only place for what the control API's doors share: reading JSON, refusing, finding."""

from __future__ import annotations

import json
from typing import NoReturn

from aiohttp import web

from .store import Doc
from .world import World, world_of


async def read_json(request: web.Request) -> Doc:
    if request.content_type != "application/json":
        refuse("Send JSON, with its content type.", status=415)
    try:
        body = await request.json()
    except ValueError:
        refuse("This is not JSON.")
    if not isinstance(body, dict):
        refuse("Send a JSON object.")
    return body


def refuse(text: str, *, status: int = 400) -> NoReturn:
    """End the request with `{"error": text}`."""
    kinds: dict[int, type[web.HTTPException]] = {
        400: web.HTTPBadRequest, 404: web.HTTPNotFound, 415: web.HTTPUnsupportedMediaType,
    }  # fmt: skip
    raise kinds[status](text=json.dumps({"error": text}), content_type="application/json")


def customer_of(request: web.Request) -> Doc:
    try:
        return world_of(request).customer(request.match_info["customer"])
    except KeyError:
        refuse("There is no such customer.", status=404)


def number_of(world: World, key: object) -> Doc:
    """The number with that id; without one, the first."""
    numbers = world.store.list("numbers")
    found = next((one for one in numbers if not key or one["id"] == key), None)
    return found or refuse("There is no such number.", status=404)
