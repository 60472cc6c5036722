"""The business account, and what can be asked about a token."""

from __future__ import annotations

from typing import Any

from .calls import Call
from .health import account_health
from .paging import chosen

FIELDS = ("id", "name", "timezone_id", "message_template_namespace", "currency", "country")
SCOPES = ["whatsapp_business_management", "whatsapp_business_messaging"]


async def get_account(call: Call) -> dict[str, Any]:
    account = call.node_doc()
    hidden = ("subscribed", "webhook")
    doc = {name: value for name, value in account.items() if name not in hidden}
    return chosen(call, {**doc, "health_status": account_health(call.world, account)}, FIELDS)


async def post_account(call: Call) -> dict[str, Any]:
    changes = {
        name: str(call.params[name]) for name in ("name", "timezone_id") if name in call.params
    }
    call.world.store.change("accounts", call.node, **changes)
    return {"success": True}


async def get_app(call: Call) -> dict[str, Any]:
    return {"id": call.node, "name": "Simulated app"}


async def debug_token(call: Call) -> dict[str, Any]:
    """What `input_token` is good for."""
    world, token = call.world, call.text("input_token")
    known = token == world.options.access_token
    data: dict[str, Any] = {"app_id": world.options.app_id, "application": "Simulated app"}
    data.update(type="SYSTEM_USER", is_valid=known and not world.settings.token_expired)
    if known:
        accounts = [one["id"] for one in world.store.list("accounts")]
        data["scopes"] = SCOPES
        data["granular_scopes"] = [{"scope": name, "target_ids": accounts} for name in SCOPES]
        data["expires_at"] = 0
    return {"data": data}
