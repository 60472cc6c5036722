"""The only place where a template's status, quality or category changes, and who hears of it."""

from __future__ import annotations

import asyncio
from typing import Any

from .store import Doc
from .world import World

STATUSES = (
    "APPROVED", "PENDING", "REJECTED", "PAUSED", "DISABLED", "IN_APPEAL", "PENDING_DELETION",
    "ARCHIVED", "FLAGGED",
)  # fmt: skip
QUALITIES = ("GREEN", "YELLOW", "RED", "UNKNOWN")
CATEGORIES = ("MARKETING", "UTILITY", "AUTHENTICATION")
PAUSES = ("FIRST_PAUSE", "SECOND_PAUSE", "DISABLED")
PAUSE_TEXT = "The template was paused for its low quality."
REJECTION = {
    "reason": "The template's format does not follow the guidelines.",
    "recommendation": "Put text between variables and give an example of each.",
}


class ReviewError(Exception):
    """A template cannot be changed as asked."""


def await_review(world: World, template: Doc) -> None:
    """Start the review that the settings ask for."""
    if world.settings.template_review != "manual":
        world.later(_review(world, template["id"]))


def resume(world: World) -> None:
    for template in world.store.list("templates"):
        if template["status"] == "PENDING" and template.get("submitted"):
            await_review(world, template)


async def _review(world: World, key: str) -> None:
    await asyncio.sleep(world.settings.template_review_ms / 1000)
    template = world.store.get("templates", key)
    if template and template["status"] == "PENDING":
        approved = world.settings.template_review == "approve"
        set_status(world, template, "APPROVED" if approved else "REJECTED")


def change(world: World, template: Doc, values: dict[str, Any]) -> Doc:
    """Status, quality and category as the control page sets them. Raises ReviewError."""
    if "status" in values:
        template = set_status(world, template, values["status"], str(values.get("reason", "")))
    if "quality" in values:
        template = set_quality(world, template, values["quality"])
    if "category" in values:
        template = set_category(world, template, values["category"])
    return template


def set_status(world: World, template: Doc, status: str, reason: str = "") -> Doc:
    if status not in STATUSES:
        raise ReviewError(f"status is one of {', '.join(STATUSES)}.")
    reason = reason or ("INVALID_FORMAT" if status == "REJECTED" else "NONE")
    value: Doc = {"event": status, **_names(template), "reason": reason}
    value["message_template_category"] = template["category"]
    changes: Doc = {"status": status, "rejected_reason": reason}
    if status == "REJECTED":
        value["rejection_info"] = REJECTION
    if status == "PAUSED":
        pauses = int(template.get("pauses", 0))
        title = PAUSES[min(pauses, 1)]
        value["other_info"] = {"title": title, "description": PAUSE_TEXT}
        changes["pauses"] = pauses + 1
    if status == "DISABLED":
        value["disable_info"] = {"disable_date": int(world.clock.now())}
        value["other_info"] = {"title": "DISABLED", "description": PAUSE_TEXT}
    return _changed(world, template, changes, "message_template_status_update", value)


def set_quality(world: World, template: Doc, quality: str) -> Doc:
    if quality not in QUALITIES:
        raise ReviewError(f"quality is one of {', '.join(QUALITIES)}.")
    old = template["quality_score"]["score"]
    value = {"previous_quality_score": old, "new_quality_score": quality, **_names(template)}
    score = {"score": quality, "date": int(world.clock.now())}
    field = "message_template_quality_update"
    return _changed(world, template, {"quality_score": score}, field, value)


def set_category(world: World, template: Doc, category: str) -> Doc:
    if category not in CATEGORIES:
        raise ReviewError(f"category is one of {', '.join(CATEGORIES)}.")
    old = template["category"]
    value = {**_names(template), "previous_category": old, "new_category": category}
    changes = {"category": category, "previous_category": old}
    return _changed(world, template, changes, "template_category_update", value)


def tell_deleted(world: World, template: Doc) -> None:
    value: Doc = {"event": "PENDING_DELETION", **_names(template), "reason": "NONE"}
    value["message_template_category"] = template["category"]
    world.courier.publish(template["account"], "message_template_status_update", value)


def tell_components(world: World, template: Doc) -> None:
    """`message_template_components_update` after an edit."""
    parts = {one["type"]: one for one in template["components"]}
    texts = (("title", "HEADER"), ("element", "BODY"), ("footer", "FOOTER"))
    value = _names(template)
    for name, kind in texts:
        if parts.get(kind, {}).get("text"):
            value[f"message_template_{name}"] = parts[kind]["text"]
    if buttons := parts.get("BUTTONS", {}).get("buttons"):
        value["message_template_buttons"] = [_button(button) for button in buttons]
    world.courier.publish(template["account"], "message_template_components_update", value)


def _button(button: Doc) -> Doc:
    wanted = ("type", "text", "url", "phone_number")
    return {f"message_template_button_{name}": button[name] for name in wanted if name in button}


def _names(template: Doc) -> Doc:
    """Webhooks write the id as a number and the language with a hyphen."""
    return {
        "message_template_id": int(template["id"]),
        "message_template_name": template["name"],
        "message_template_language": template["language"].replace("_", "-"),
    }


def _changed(world: World, template: Doc, changes: Doc, field: str, value: Doc) -> Doc:
    changes["last_updated_time"] = int(world.clock.now())
    world.courier.publish(template["account"], field, value)
    world.hub.publish("changed", what="templates")
    return world.store.change("templates", template["id"], **changes)
