"""The door of the Graph API: token, object, faults, ledger, and the answer as Meta words it."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from aiohttp import web

from .api_token import authenticate
from .calls import Call, read_body, write_ledger
from .faults import error_of, spoil
from .graph import GraphError, unknown_object
from .messages import recipient_of
from .routes import ROUTES
from .store import Doc
from .world import World, world_of

VERSION = re.compile(r"^v\d+\.\d+$")
SPOILING = ("hang", "drop", "malformed", "no_id")


async def graph_api(request: web.Request) -> web.StreamResponse:
    """Every call below `/` or `/vNN.0/`: `/{object}` or `/{object}/{edge}`."""
    parts = [part for part in request.match_info["path"].split("/") if part]
    if parts and VERSION.match(parts[0]):
        parts = parts[1:]
    node, edge = (parts[0] if parts else ""), "/".join(parts[1:])
    call = Call(world_of(request), request, node, edge, name=edge or "node")
    try:
        return await _answered(call)
    except GraphError as error:
        write_ledger(call, http=error.status, code=error.code, answered="error")
        return web.json_response(error.body(), status=error.status)


async def _answered(call: Call) -> web.StreamResponse:
    world = call.world
    if world.settings.slow_ms:
        await asyncio.sleep(world.settings.slow_ms / 1000)
    authenticate(world, call.request)
    handler = _find_handler(call)
    call.body = await read_body(call.request)
    if call.name == "messages":
        customer = recipient_of(world, call.body)
        call.customer = customer["id"] if customer else ""
    fault = world.faults.take(call.name, customer=call.customer, number=call.node)
    if fault is None:
        return _plain(call, await handler(call))
    return await _faulty(call, fault, handler)


async def _faulty(call: Call, fault: Doc, handler: Any) -> web.StreamResponse:
    kind = fault["kind"]
    if kind == "failed":
        call.fail_with = (int(fault["code"]), fault["details"])
    if kind == "slow":
        await asyncio.sleep(fault["delay_ms"] / 1000)
    answer = await handler(call) if fault["accepts"] else {}
    if kind == "error":
        raise error_of(fault)
    if kind in SPOILING:
        write_ledger(call, http=200, code=0, answered=kind)
        return await spoil(call.request, fault, answer if isinstance(answer, dict) else {})
    return _plain(call, answer)


def _plain(call: Call, answer: Any) -> web.StreamResponse:
    if isinstance(answer, web.StreamResponse):
        write_ledger(call, http=answer.status, code=0, answered="ok")
        return answer
    write_ledger(call, http=200, code=0, answered="ok")
    return web.json_response(answer)


def _find_handler(call: Call) -> Any:
    call.kind = kind_of(call.world, call.node)
    handler = ROUTES.get((call.kind, call.method, call.edge))
    if handler is None:
        raise unknown_object(call.node, call.method) if not call.kind else _unknown_path(call)
    return handler


def _unknown_path(call: Call) -> GraphError:
    text = f"Unknown path components: /{call.edge}" if call.edge else "Unsupported request"
    return GraphError(2500 if call.edge else 100, status=400, message=text)


def kind_of(world: World, node: str) -> str:
    """What an id names: number, account, template, media, app, upload; '' if nothing."""
    for kind in ("number", "account", "template"):
        if world.store.get(f"{kind}s", node):
            return kind
    if node == world.options.app_id:
        return "app"
    if node.startswith("upload:"):
        return "upload"
    if node == "debug_token":
        return node
    return "media" if world.store.one("SELECT 1 FROM media WHERE id = ?", node) else ""
