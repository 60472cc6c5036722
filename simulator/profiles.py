"""A number's business profile, settings and blocked users."""

from __future__ import annotations

from typing import Any

from . import checks, threads
from .calls import Call, missing
from .clock import DAY
from .graph import GraphError
from .messages import recipient_of
from .paging import page_of
from .store import Doc

MOST = {"about": 139, "address": 256, "description": 512, "email": 128}
PROFILE = (*MOST, "profile_picture_url", "websites", "vertical")
VERTICALS = (
    "OTHER", "AUTO", "BEAUTY", "APPAREL", "EDU", "ENTERTAIN", "EVENT_PLAN", "FINANCE", "GROCERY",
    "GOVT", "HOTEL", "HEALTH", "NONPROFIT", "PROF_SERVICES", "RETAIL", "TRAVEL", "RESTAURANT",
    "UNDEFINED", "NOT_A_BIZ", "ALCOHOL", "ONLINE_GAMBLING", "PHYSICAL_GAMBLING", "OTC_DRUGS",
    "MATRIMONY_SERVICE",
)  # fmt: skip
SETTINGS: Doc = {
    "calling": {
        "status": "disabled",
        "call_icon_visibility": "visible",
        "ip_addresses": {"default": []},
        "callback_permission_status": "disabled",
    },
    "payload_encryption": {"status": "disabled"},
    "storage_configuration": {"status": "default"},
}


async def get_profile(call: Call) -> dict[str, Any]:
    asked = call.request.query.get("fields", "")
    names = [name for name in asked.split(",") if name in PROFILE] or list(PROFILE)
    profile = call.node_doc()["profile"]
    found = {name: profile[name] for name in names if profile.get(name)}
    return {"data": [{**found, "messaging_product": "whatsapp"}]}


async def post_profile(call: Call) -> dict[str, Any]:
    if call.params.get("messaging_product") != "whatsapp":
        raise missing("messaging_product")
    changes = {name: value for name, value in call.params.items() if name in PROFILE}
    for name, most in MOST.items():
        checks.text(changes, name, most, required=False)
    if changes.get("vertical") and changes["vertical"] not in VERTICALS:
        raise checks.bad("vertical is not one that WhatsApp knows.")
    _check_websites(changes.get("websites") or [])
    if handle := call.params.get("profile_picture_handle"):
        changes["profile_picture_url"] = _picture(call, str(handle))
    profile = {**call.node_doc()["profile"], **changes}
    call.world.store.change("numbers", call.node, profile=profile)
    return {"success": True}


def _check_websites(websites: Any) -> None:
    good = isinstance(websites, list) and len(websites) <= 2
    if not good or not all(isinstance(one, str) and len(one) <= 256 for one in websites):
        raise checks.bad("websites are at most 2 addresses of at most 256 characters.")
    if not all(one.startswith(("http://", "https://")) for one in websites):
        raise checks.bad("websites start with http:// or https://.")


def _picture(call: Call, handle: str) -> str:
    upload = call.world.store.get("handles", handle)
    if upload is None:
        raise checks.bad("profile_picture_handle is not the handle of an upload.")
    return f"{call.world.base_url}/phone/media/{upload['media']}"


async def get_settings(call: Call) -> dict[str, Any]:
    return {**SETTINGS, **call.node_doc()["settings"]}


async def post_settings(call: Call) -> dict[str, Any]:
    number = call.node_doc()
    settings = {**SETTINGS, **number["settings"]}
    for name, value in call.body.items():
        if not isinstance(value, dict):
            raise checks.bad(f"{name} is not an object.")
        settings[name] = {**settings.get(name, {}), **value}
    call.world.store.change("numbers", number["id"], settings=settings)
    return {"success": True}


async def get_blocked(call: Call) -> dict[str, Any]:
    blocked = [
        {"messaging_product": "whatsapp", "wa_id": customer["wa_id"], "id": customer["id"]}
        for customer in call.world.store.list("customers")
        if call.node in customer["blocked_by"]
    ]
    answer = page_of(call, blocked)
    for one in answer["data"]:
        del one["id"]
    return answer


async def block(call: Call) -> dict[str, Any]:
    return _change_blocks(call, "added_users", blocking=True)


async def unblock(call: Call) -> dict[str, Any]:
    return _change_blocks(call, "removed_users", blocking=False)


def _change_blocks(call: Call, done_name: str, *, blocking: bool) -> dict[str, Any]:
    """All or some: with failures HTTP 400 and 139100, beside what was done."""
    done, failed = [], []
    for one in checks.items(call.body, "block_users", 1000):
        user = checks.text(one, "user", 200, "block_users.")
        customer = recipient_of(call.world, {"to": user})
        why = _cannot_block(call, customer) if blocking else "" if customer else "Unknown user."
        if customer is None or why:
            error = {"message": why, "code": 139103, "error_data": {"details": why}}
            failed.append(
                {"input": user, "wa_id": (customer or {}).get("wa_id", ""), "errors": [error]}
            )
            continue
        others = [key for key in customer["blocked_by"] if key != call.node]
        names = [*others, call.node] if blocking else others
        call.world.store.change("customers", customer["id"], blocked_by=names)
        done.append({"input": user, "wa_id": customer["wa_id"]})
    result = {"messaging_product": "whatsapp", "block_users": {done_name: done}}
    if failed:
        result["block_users"]["failed_users"] = failed  # type: ignore[index]
        raise PartialBlock(result)
    return result


class PartialBlock(GraphError):
    """Some users could not be blocked; the answer holds both lists beside the error."""

    def __init__(self, result: dict[str, Any]) -> None:
        super().__init__(139100, "Some users could not be changed.")
        self._result = result

    def body(self) -> dict[str, Any]:
        return {**self._result, **super().body()}


def _cannot_block(call: Call, customer: Doc | None) -> str:
    if customer is None:
        return "The user is not on WhatsApp."
    written = threads.last_written(call.world.store, customer, call.node)
    recent = written is not None and written > call.world.clock.now() - DAY
    return "" if recent else "The user has not written in the last 24 hours."
