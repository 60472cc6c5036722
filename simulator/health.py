"""The only place for `health_status`: whether a number or an account can send, and why not."""

from __future__ import annotations

from .store import Doc
from .world import World

ORDER = ("AVAILABLE", "LIMITED", "BLOCKED")
STATES = {
    "CONNECTED": ("AVAILABLE", 0, "", ""),
    "RATE_LIMITED": (
        "LIMITED", 131048, "The number has reached its limit of messages.",
        "Wait, then send less.",
    ),
    "RESTRICTED": (
        "BLOCKED", 131031, "The number is restricted for violating a policy.",
        "Appeal in the Business Manager.",
    ),
    "BANNED": ("BLOCKED", 131031, "The number is banned.", "Appeal in the Business Manager."),
}  # fmt: skip
ELSE = (
    "BLOCKED", 133010, "The number is not registered on the Cloud API.",
    "Verify the number and register it.",
)  # fmt: skip


def number_health(world: World, number: Doc) -> Doc:
    account = world.store.get("accounts", number["account"]) or {}
    return _together([_number(number), *_above(world, account)])


def account_health(world: World, account: Doc) -> Doc:
    return _together(_above(world, account))


def template_health(world: World, template: Doc) -> Doc:
    account = world.store.get("accounts", template["account"]) or {}
    can_send = template["status"] == "APPROVED"
    problem = (132001, f"The template is {template['status']}.", "Use an approved template.")
    state = _entity("MESSAGE_TEMPLATE", template["id"], "AVAILABLE" if can_send else "BLOCKED")
    if not can_send:
        state["errors"] = [_error(*problem)]
    return _together([state, *_above(world, account)])


def _number(number: Doc) -> Doc:
    state, code, text, remedy = STATES.get(number["status"], ELSE)
    entity = _entity("PHONE_NUMBER", number["id"], state)
    if code:
        entity["errors"] = [_error(code, text, remedy)]
    if number["name_status"] != "APPROVED":
        entity["additional_info"] = ["The display name has not been approved yet."]
    return entity


def _above(world: World, account: Doc) -> list[Doc]:
    return [
        _entity("WABA", account.get("id", ""), "AVAILABLE"),
        _entity("BUSINESS", "506914307656634", "AVAILABLE"),
        _entity("APP", world.options.app_id, "AVAILABLE"),
    ]


def _entity(kind: str, key: str, state: str) -> Doc:
    return {"entity_type": kind, "id": key, "can_send_message": state}


def _error(code: int, text: str, remedy: str) -> Doc:
    return {"error_code": code, "error_description": text, "possible_solution": remedy}


def _together(entities: list[Doc]) -> Doc:
    worst = max(ORDER.index(entity["can_send_message"]) for entity in entities)
    return {"can_send_message": ORDER[worst], "entities": entities}
