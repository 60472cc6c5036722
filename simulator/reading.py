"""Mark as read and typing: what the business tells the customer's phone."""

from __future__ import annotations

from typing import Any

from . import checks, threads
from .calls import Call

TYPING_S = 25


def mark_read(call: Call) -> dict[str, Any]:
    """Marks the message and all earlier ones of its conversation; shows typing if asked."""
    wamid = checks.text(call.body, "message_id", 300)
    message = threads.get_message(call.world.store, wamid)
    ours = message and message["number"] == call.node and message["direction"] == "in"
    if not message or not ours:
        raise checks.bad("message_id: this number received no message with that id.")
    call.message_kind, call.customer = "read", message["customer"]
    world = call.world
    for one in threads.thread(world.store, message["customer"], message["number"]):
        unread = one["direction"] == "in" and one["status"] != "read"
        if unread and one["seq"] <= message["seq"]:
            threads.set_status(world.store, one, "read")
            world.hub.publish("message", message=threads.shown(one))
    if call.body.get("typing_indicator"):
        call.message_kind = "typing"
        names = {"customer": message["customer"], "number": message["number"]}
        world.hub.publish("typing", **names, seconds=TYPING_S)
    return {"success": True}
