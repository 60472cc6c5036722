"""`/_sim/…`: the control API; settings, clock, faults, ledger, webhook log, reset."""

from __future__ import annotations

import json
from dataclasses import asdict

from aiohttp import web

from .calls import read_ledger
from .customers import MOST_OFFSET, CustomerError
from .delivery import resume
from .doors import number_of, read_json, refuse
from .envelope import messages_value
from .faults import FaultError
from .graph import TITLES, GraphError
from .settings import change_settings, save_settings
from .store import Doc
from .subscribing import app_callback, set_app_callback
from .world import World, world_of


def state_of(world: World) -> Doc:
    """Everything that the control page shows but the logs."""
    return {
        "settings": asdict(world.settings),
        "clock": {"offset_s": world.clock.offset, "now": world.clock.now()},
        "webhook": app_callback(world),
        "numbers": world.store.list("numbers"),
        "customers": world.store.list("customers")[:200],
        "templates": world.store.list("templates"),
        "faults": world.faults.list(),
        "account": (world.store.list("accounts") or [{}])[0],
        "app_id": world.options.app_id,
        "errors": {code: name for code, (_, name) in TITLES.items()},
    }


async def get_state(request: web.Request) -> web.Response:
    return web.json_response(state_of(world_of(request)))


async def patch_settings(request: web.Request) -> web.Response:
    world, body = world_of(request), await read_json(request)
    paused = world.settings.webhooks_paused
    try:
        change_settings(world.settings, body)
    except (ValueError, TypeError) as problem:
        refuse(str(problem))
    save_settings(world.store, world.settings)
    if paused and not world.settings.webhooks_paused:
        world.courier.resume()
    world.hub.publish("changed", what="settings")
    return web.json_response(asdict(world.settings))


async def patch_clock(request: web.Request) -> web.Response:
    """`offset_s`, or `forward_s` to add to it."""
    world, body = world_of(request), await read_json(request)
    forward, offset = body.get("forward_s", 0), body.get("offset_s", world.clock.offset)
    if not isinstance(forward, (int, float)) or not isinstance(offset, (int, float)):
        refuse("offset_s and forward_s are numbers of seconds.")
    if not abs(offset + forward) <= MOST_OFFSET:
        refuse("The clock moves by at most a year.")
    world.clock.offset = float(offset + forward)
    world.store.put("clock", "clock", {"offset_s": world.clock.offset})
    world.hub.publish("changed", what="clock")
    return web.json_response({"offset_s": world.clock.offset, "now": world.clock.now()})


async def get_faults(request: web.Request) -> web.Response:
    return web.json_response({"faults": world_of(request).faults.list()})


async def post_fault(request: web.Request) -> web.Response:
    world = world_of(request)
    try:
        fault = world.faults.add(await read_json(request))
    except FaultError as problem:
        refuse(str(problem))
    world.hub.publish("changed", what="faults")
    return web.json_response(fault, status=201)


async def delete_faults(request: web.Request) -> web.Response:
    world_of(request).faults.remove(request.match_info.get("fault", ""))
    world_of(request).hub.publish("changed", what="faults")
    return web.json_response({"success": True})


async def get_ledger(request: web.Request) -> web.Response:
    try:
        return web.json_response({"calls": read_ledger(world_of(request), dict(request.query))})
    except ValueError:
        refuse("after, limit and accepted are numbers.")


async def get_webhooks(request: web.Request) -> web.Response:
    """The last events, newest first, and how many are in each state."""
    store, limit = world_of(request).store, request.query.get("limit", "50")
    if not limit.isdigit():
        refuse("limit is a number.")
    rows = store.all("SELECT * FROM webhooks ORDER BY seq DESC LIMIT ?", min(int(limit), 5000))
    states = store.all("SELECT state, COUNT(*) AS count FROM webhooks GROUP BY state")
    events = [{**row, "value": json.loads(row["value"])} for row in rows]
    counts = {row["state"]: row["count"] for row in states}
    return web.json_response({"events": events, "counts": counts})


async def post_webhook(request: web.Request) -> web.Response:
    """Send any `field` and `value`; with `number`, the value gets its metadata."""
    world, body = world_of(request), await read_json(request)
    field, value = body.get("field", "messages"), body.get("value")
    if not isinstance(field, str) or not isinstance(value, dict):
        refuse("field is text and value an object.")
    number = number_of(world, body.get("number"))
    if body.get("number"):
        value = {**messages_value(number), **value}
    account = str(body.get("account") or number["account"])
    seq = world.courier.publish(account, field, value, number=number["id"])
    return web.json_response({"seq": seq}, status=201)


async def redeliver(request: web.Request) -> web.Response:
    seq = int(request.match_info["seq"])
    if not world_of(request).courier.redeliver(seq):
        refuse("There is no such event.", status=404)
    return web.json_response({"success": True})


async def put_webhook_url(request: web.Request) -> web.Response:
    """Set the app's callback: `url`, `verify_token`; `verify: false` leaves out the handshake."""
    world, body = world_of(request), await read_json(request)
    url, token = str(body.get("url", "")), body.get("verify_token", world.options.verify_token)
    try:
        verify = bool(body.get("verify", True))
        await set_app_callback(world, url, str(token), verify=verify)
    except GraphError as problem:
        refuse(problem.message)
    return web.json_response(app_callback(world))


async def reset(request: web.Request) -> web.Response:
    """Back to the first day: `{"seed": "demo"|"none"}`. Settings and faults go too."""
    world, body = world_of(request), await read_json(request)
    world.start_over()
    try:
        world.populate(body.get("seed", world.options.seed))
    except CustomerError as problem:
        refuse(str(problem))
    resume(world)
    world.hub.publish("changed", what="all")
    return web.json_response(state_of(world))


ROUTES = [
    web.get("/_sim/state", get_state),
    web.patch("/_sim/settings", patch_settings),
    web.patch("/_sim/clock", patch_clock),
    web.get("/_sim/faults", get_faults),
    web.post("/_sim/faults", post_fault),
    web.delete("/_sim/faults", delete_faults),
    web.delete("/_sim/faults/{fault}", delete_faults),
    web.get("/_sim/ledger", get_ledger),
    web.get("/_sim/webhooks", get_webhooks),
    web.post("/_sim/webhooks", post_webhook),
    web.post("/_sim/webhooks/{seq:[0-9]+}/redeliver", redeliver),
    web.put("/_sim/webhook-url", put_webhook_url),
    web.post("/_sim/reset", reset),
]
