"""Business numbers of the Graph API: read, change, and their life from code to registration."""

from __future__ import annotations

import secrets
from typing import Any

from . import checks
from .calls import Call
from .clock import DAY
from .customers import digits
from .graph import GraphError
from .health import number_health
from .paging import chosen, page_of
from .seed import new_number
from .store import Doc
from .subscribing import configuration, override_of

FIELDS = (
    "verified_name", "code_verification_status", "display_phone_number", "quality_rating",
    "platform_type", "throughput", "webhook_configuration", "id",
)  # fmt: skip
HIDDEN = ("account", "digits", "webhook", "pin", "code", "registrations", "settings", "profile")
REGISTRATIONS_MOST, REGISTRATIONS_DAYS = 10, 3


def public_number(call: Call, number: Doc) -> Doc:
    """Every field that can be read of a number."""
    doc = {name: value for name, value in number.items() if name not in HIDDEN}
    score = {"score": number["quality_rating"]}
    doc.update(quality_score=score, webhook_configuration=configuration(call.world, number))
    return {**doc, "health_status": number_health(call.world, number)}


async def get_phone_numbers(call: Call) -> dict[str, Any]:
    account = call.node_doc()["id"]
    mine = [one for one in call.world.store.list("numbers") if one["account"] == account]
    listed = page_of(call, [public_number(call, one) for one in mine])
    return {**listed, "data": [chosen(call, one, FIELDS) for one in listed["data"]]}


async def get_number(call: Call) -> dict[str, Any]:
    return chosen(call, public_number(call, call.node_doc()), FIELDS)


async def post_number(call: Call) -> dict[str, Any]:
    """Change the PIN, the callback of the number, its name or its visibility in search."""
    changes: Doc = {}
    data = call.params.get("whatsapp_business_api_data") or {}
    if pin := call.params.get("pin") or data.get("pin"):
        changes.update(pin=_pin(pin), is_pin_enabled=True)
    if isinstance(wish := call.params.get("webhook_configuration"), dict):
        changes["webhook"] = await override_of(call, wish)
    if name := call.params.get("new_display_name"):
        changes.update(new_display_name=str(name), new_name_status="PENDING_REVIEW")
    for name in ("search_visibility", "username"):
        if name in call.params:
            changes[name] = str(call.params[name])
    call.world.store.change("numbers", call.node, **changes)
    return {"success": True}


async def post_phone_numbers(call: Call) -> dict[str, Any]:
    """Add a number to the account: cc, phone_number, verified_name."""
    account = call.node_doc()["id"]
    code, local = digits(call.text("cc")), digits(call.text("phone_number"))
    whole = local if local.startswith(code) and len(local) > 10 else code + local
    if any(one["digits"] == whole for one in call.world.store.list("numbers")):
        raise GraphError(100, "The phone number is registered already.")
    key = str(secrets.randbelow(9 * 10**14) + 10**14)
    number = new_number(key, f"+{whole}", call.text("verified_name"), account=account)
    number.update(
        status="PENDING", code_verification_status="NOT_VERIFIED", quality_rating="UNKNOWN",
        name_status="PENDING_REVIEW", is_pin_enabled=False, pin="",
    )  # fmt: skip
    call.world.store.put("numbers", key, number)
    return {"id": key}


async def request_code(call: Call) -> dict[str, Any]:
    """A code by SMS or voice: it shows on the control page."""
    number = call.node_doc()
    if call.text("code_method") not in ("SMS", "VOICE"):
        raise checks.bad("code_method is not SMS or VOICE.")
    call.text("language")
    if number["code_verification_status"] == "VERIFIED":
        raise GraphError(136024, "The phone number is verified already.")
    code = f"{secrets.randbelow(10**6):06}"
    call.world.store.change("numbers", number["id"], code=code)
    call.world.hub.publish("changed", what="numbers")
    return {"success": True}


async def verify_code(call: Call) -> dict[str, Any]:
    number = call.node_doc()
    code = digits(call.text("code"))
    if not number.get("code") or code != number["code"]:
        raise GraphError(136025, "The code is wrong or has expired.")
    values = {"code": "", "code_verification_status": "VERIFIED"}
    call.world.store.change("numbers", number["id"], **values)
    return {"success": True, "id": number["id"]}


async def register(call: Call) -> dict[str, Any]:
    """Connect the number to the Cloud API; `pin` sets or has to match the second factor."""
    if call.params.get("messaging_product") != "whatsapp":
        raise checks.bad("messaging_product is not whatsapp.")
    number, pin = call.node_doc(), _pin(call.text("pin"))
    now = call.world.clock.real()
    tries = [at for at in number["registrations"] if at > now - REGISTRATIONS_DAYS * DAY]
    if len(tries) >= REGISTRATIONS_MOST:
        raise GraphError(133016, "More than 10 registrations in 72 hours.")
    call.world.store.change("numbers", number["id"], registrations=[*tries, now])
    if number["code_verification_status"] != "VERIFIED":
        raise GraphError(133006, "Verify the phone number before it is registered.")
    if number["is_pin_enabled"] and pin != number["pin"]:
        raise GraphError(133005, "The PIN does not match.")
    values = {"status": "CONNECTED", "pin": pin, "is_pin_enabled": True}
    call.world.store.change("numbers", number["id"], **values)
    return {"success": True}


async def deregister(call: Call) -> dict[str, Any]:
    number = call.node_doc()
    if number["status"] != "CONNECTED":
        raise GraphError(133010, "The phone number is not registered.")
    call.world.store.change("numbers", number["id"], status="DISCONNECTED")
    return {"success": True}


def _pin(value: Any) -> str:
    text = str(value)
    if len(text) != 6 or len(digits(text)) != 6:
        raise checks.bad("pin is not six digits.")
    return text
