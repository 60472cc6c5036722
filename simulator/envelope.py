"""The only place for the shape of webhooks: envelope, metadata, contacts, messages, statuses.

As in Meta's reference of the `messages` webhook.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from .clock import stamp
from .graph import status_error
from .store import Doc

CHANGE = dict[str, Any]


def wrap_events(events: list[Doc]) -> Doc:
    """One POST for many events: one entry per account, neighbours of one customer in one value."""
    entries: dict[str, list[CHANGE]] = {}
    for event in events:
        changes = entries.setdefault(event["account"], [])
        change = {"value": json.loads(event["value"]), "field": event["field"]}
        if not (changes and _joined(changes[-1], change)):
            changes.append(change)
    entry = [{"id": account, "changes": changes} for account, changes in entries.items()]
    _stamp_entries(entry, events)
    return {"object": "whatsapp_business_account", "entry": entry}


def _stamp_entries(entry: list[Doc], events: list[Doc]) -> None:
    at = {event["account"]: event["at"] for event in events if event["field"] != "messages"}
    for one in entry:
        if one["id"] in at:
            one["time"] = int(at[one["id"]])


def _joined(last: CHANGE, change: CHANGE) -> bool:
    """Put `change` into `last` where Meta would: same number, same customer, same list."""
    value, other = last["value"], change["value"]
    same = last["field"] == change["field"] == "messages" and all(
        value.get(key) == other.get(key) for key in ("metadata", "contacts")
    )
    for name in ("messages", "statuses"):
        if same and name in value and name in other:
            value[name].extend(other[name])
            return True
    return False


def metadata(number: Doc) -> Doc:
    return {
        "display_phone_number": number["digits"],
        "phone_number_id": number["id"],
    }


def messages_value(number: Doc, **parts: Any) -> Doc:
    return {"messaging_product": "whatsapp", "metadata": metadata(number), **parts}


def contact(customer: Doc, *, user_ids: bool = True) -> Doc:
    """The element of `contacts`; someone with a username has no `wa_id`."""
    profile = {"name": customer["name"]}
    if customer["username"]:
        profile["username"] = customer["username"]
    card: Doc = {"profile": profile}
    if not customer["hide_phone"]:
        card["wa_id"] = customer["wa_id"]
    if user_ids or customer["hide_phone"]:
        card["user_id"] = customer["user_id"]
        if customer["parent_user_id"]:
            card["parent_user_id"] = customer["parent_user_id"]
    return card


def named(prefix: str, plain: str, customer: Doc, *, user_ids: bool = True) -> Doc:
    """Keys that name a customer: `from`, `from_user_id`; `recipient_id`, `recipient_user_id`."""
    keys = {} if customer["hide_phone"] else {plain: customer["wa_id"]}
    if user_ids or customer["hide_phone"]:
        keys[f"{prefix}_user_id"] = customer["user_id"]
        if customer["parent_user_id"]:
            keys[f"{prefix}_parent_user_id"] = customer["parent_user_id"]
    return keys


def status_of(
    message: Doc,
    status: str,
    at: float,
    recipient: Doc,
    *,
    errors: Sequence[tuple[int, str]] = (),
) -> Doc:
    """One element of `statuses`; `recipient` holds the keys that name the customer."""
    element = {"id": message["id"], "status": status, "timestamp": stamp(at), **recipient}
    extra = message["extra"]
    if extra.get("opaque"):
        element["biz_opaque_callback_data"] = extra["opaque"]
    if errors:
        element["errors"] = [status_error(code, details) for code, details in errors]
    return element


def pricing(category: str) -> Doc:
    """Per-message pricing as it stands since October 2026."""
    return {
        "billable": True,
        "pricing_model": "PMP",
        "type": "regular",
        "category": category.lower(),
    }
