"""`/_sim/…`: the control API; settings, clock, faults, customers, ledger, webhook log, reset."""

from __future__ import annotations

from aiohttp import web

from .calls import read_ledger
from .world import world_of


async def get_ledger(request: web.Request) -> web.Response:
    return web.json_response({"calls": read_ledger(world_of(request), dict(request.query))})


ROUTES = [web.get("/_sim/ledger", get_ledger)]
