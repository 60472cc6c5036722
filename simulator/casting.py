"""`/_sim/customers`, `/_sim/numbers`, `/_sim/templates`: who is there, and how they stand."""

from __future__ import annotations

import secrets
from typing import Any

from aiohttp import web

from . import template_reviews
from .customers import CustomerError, change_customer, create_customer, delete_customer
from .delivery import come_online
from .doors import customer_of, read_json, refuse
from .seed import ACCOUNT, new_number
from .store import Doc
from .template_reviews import ReviewError
from .world import World, world_of

CHOICES: dict[str, tuple[Any, ...]] = {
    "quality_rating": ("GREEN", "YELLOW", "RED", "UNKNOWN", "NA"),
    "status": (
        "CONNECTED", "PENDING", "DISCONNECTED", "RESTRICTED", "RATE_LIMITED", "BANNED", "FLAGGED",
        "MIGRATED", "DELETED", "UNVERIFIED", "UNKNOWN",
    ),
    "throughput": ({"level": "STANDARD"}, {"level": "HIGH"}),
    "name_status": (
        "APPROVED", "PENDING_REVIEW", "DECLINED", "EXPIRED", "AVAILABLE_WITHOUT_REVIEW", "NONE",
    ),
    "code_verification_status": ("VERIFIED", "NOT_VERIFIED", "EXPIRED"),
    "account_mode": ("LIVE", "SANDBOX"),
    "whatsapp_business_manager_messaging_limit": (
        "TIER_50", "TIER_250", "TIER_2K", "TIER_10K", "TIER_100K", "TIER_UNLIMITED",
    ),
}  # fmt: skip


async def get_customers(request: web.Request) -> web.Response:
    return web.json_response({"customers": world_of(request).store.list("customers")})


async def post_customers(request: web.Request) -> web.Response:
    """One customer, or many as `{"customers": [...]}`."""
    world, body = world_of(request), await read_json(request)
    many = body.get("customers")
    try:
        made = [create_customer(world.store, one) for one in (many or [body])]
    except (CustomerError, TypeError, ValueError) as problem:
        refuse(str(problem))
    world.hub.publish("changed", what="customers")
    return web.json_response({"customers": made} if many else made[0], status=201)


async def get_customer(request: web.Request) -> web.Response:
    return web.json_response(customer_of(request))


async def patch_customer(request: web.Request) -> web.Response:
    world, body, before = world_of(request), await read_json(request), customer_of(request)
    try:
        customer = change_customer(world.store, before["id"], body)
    except CustomerError as problem:
        refuse(str(problem))
    if customer["online"] and not before["online"]:
        come_online(world, customer["id"])
    world.hub.publish("changed", what="customers")
    return web.json_response(customer)


async def remove_customer(request: web.Request) -> web.Response:
    delete_customer(world_of(request).store, customer_of(request)["id"])
    world_of(request).hub.publish("changed", what="customers")
    return web.json_response({"success": True})


async def post_number(request: web.Request) -> web.Response:
    """A connected business number: `phone`, `name`."""
    world, body = world_of(request), await read_json(request)
    key = str(body.get("id") or secrets.randbelow(9 * 10**14) + 10**14)
    account = str(body.get("account") or ACCOUNT)
    number = new_number(
        key, str(body.get("phone", "")), str(body.get("name", "")), account=account
    )
    if not number["digits"]:
        refuse("A number needs a phone.")
    return web.json_response(world.store.put("numbers", key, number), status=201)


async def patch_number(request: web.Request) -> web.Response:
    """Quality, status, throughput and the like; quality and throughput are told by webhook."""
    world, body = world_of(request), await read_json(request)
    number = world.store.get("numbers", request.match_info["number"])
    if number is None:
        refuse("There is no such number.", status=404)
    for name, value in body.items():
        if value not in CHOICES.get(name, ()):
            allowed = ", ".join(map(str, CHOICES.get(name, ())))
            refuse(f"{name} is one of {allowed}." if allowed else f"{name} cannot be set.")
    changed = world.store.change("numbers", number["id"], **body)
    _tell_number(world, number, changed)
    world.hub.publish("changed", what="numbers")
    return web.json_response(changed)


def _tell_number(world: World, before: Doc, after: Doc) -> None:
    account, display = after["account"], {"display_phone_number": after["digits"]}
    if after["throughput"] != before["throughput"]:
        value = {**display, "event": "THROUGHPUT_UPGRADE", "current_limit": "TIER_UNLIMITED"}
        world.courier.publish(account, "phone_number_quality_update", value)
    if after["quality_rating"] != before["quality_rating"]:
        event = "FLAGGED" if after["quality_rating"] == "RED" else "UNFLAGGED"
        limit = after["whatsapp_business_manager_messaging_limit"]
        value = {**display, "event": event, "current_limit": limit}
        world.courier.publish(account, "phone_number_quality_update", value)
    if after["name_status"] != before["name_status"]:
        value = {
            **display, "decision": after["name_status"],
            "requested_verified_name": after["verified_name"], "rejection_reason": None,
        }  # fmt: skip
        world.courier.publish(account, "phone_number_name_update", value)


async def patch_template(request: web.Request) -> web.Response:
    """`status` (with `reason`), `quality`, `category`: each is told by webhook."""
    world, body = world_of(request), await read_json(request)
    template = world.store.get("templates", request.match_info["template"])
    if template is None:
        refuse("There is no such template.", status=404)
    try:
        changed: dict[str, Any] = template_reviews.change(world, template, body)
    except ReviewError as problem:
        refuse(str(problem))
    return web.json_response(changed)


ROUTES = [
    web.get("/_sim/customers", get_customers),
    web.post("/_sim/customers", post_customers),
    web.get("/_sim/customers/{customer}", get_customer),
    web.patch("/_sim/customers/{customer}", patch_customer),
    web.delete("/_sim/customers/{customer}", remove_customer),
    web.post("/_sim/numbers", post_number),
    web.patch("/_sim/numbers/{number}", patch_number),
    web.patch("/_sim/templates/{template}", patch_template),
]
