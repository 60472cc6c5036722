"""`POST /{phone-number-id}/messages`: who it goes to, whether it is refused, its answer."""

from __future__ import annotations

from typing import Any

from . import delivery, drawing, threads
from .bodies import check_body
from .calls import Call, missing
from .customers import digits, find_by_number, find_by_user_id, own_spelling
from .graph import GraphError
from .reading import mark_read
from .store import Doc
from .template_sends import fill_template
from .world import World

FAILURE = tuple[int, str]
LATE = (
    131047,
    "Message failed to send because more than 24 hours have passed since the customer last"
    " replied to this number.",
)


def recipient_of(world: World, body: Doc) -> Doc | None:
    """The customer that `to` or `recipient` names; the phone number wins if both do."""
    to = body.get("to")
    if isinstance(to, str) and to:
        return find_by_number(world.store, to) or find_by_user_id(world.store, to)
    user_id = body.get("recipient")
    return find_by_user_id(world.store, user_id) if isinstance(user_id, str) else None


async def post_messages(call: Call) -> dict[str, Any]:
    if call.body.get("messaging_product") != "whatsapp":
        raise missing("messaging_product")
    if call.body.get("status") == "read":
        return mark_read(call)
    number = call.node_doc()
    target = _named_recipient(call.body)
    _check_number(number, target)
    kind, content = check_body(call)
    call.message_kind = kind
    drawn = drawing.draw(kind, content)
    category = "service"
    if kind == "template":
        template, drawn = fill_template(call.world.store, number["account"], content)
        category = template["category"].lower()
    customer = recipient_of(call.world, call.body)
    failure = _refusal(call, number, customer, kind)
    _take_from_limits(call.world, number, customer["id"] if customer else target)
    facts = {"drawn": drawn, "category": category, "failure": failure or call.fail_with}
    message = _accept(call, number, customer, facts)
    call.world.later(delivery.carry(call.world, message))
    return _answer(call, target, customer, message)


def _take_from_limits(world: World, number: Doc, customer: str) -> None:
    if world.settings.limits:
        level, status = number["throughput"]["level"], world.settings.throughput_status
        world.limits.take(number["id"], level, customer, throughput_status=status)


def _named_recipient(body: Doc) -> str:
    if body.get("recipient_type", "individual") == "group":
        raise GraphError(131041, "The simulator has no groups.")
    target = body.get("to") or body.get("recipient")
    if not isinstance(target, str) or not target:
        raise missing("to")
    return target


def _check_number(number: Doc, target: str) -> None:
    if number["status"] in ("BANNED", "RESTRICTED"):
        raise GraphError(131031, "The business account has been locked.")
    if number["status"] != "CONNECTED":
        raise GraphError(133010, "The phone number is not registered on the Cloud API.")
    if digits(target) == number["digits"]:
        raise GraphError(131021, "The sender and the recipient are the same phone number.")


def _refusal(call: Call, number: Doc, customer: Doc | None, kind: str) -> FAILURE | None:
    """Why it will fail; raises instead where the settings want the answer to say so."""
    world, failure, way = call.world, None, "status"
    if customer is None or not customer["on_whatsapp"]:
        failure, way = (131026, "Message undeliverable."), world.settings.unknown_refusal
        way = "status" if way == "never" else way
    elif number["id"] in customer["blocked_by"]:
        raise GraphError(130403, "The recipient is blocked by the business.")
    elif kind != "template":
        written = threads.last_written(world.store, customer, number["id"])
        if world.clock.window_left(written, customer["clock_offset_s"]) < 0:
            failure, way = LATE, world.settings.window_refusal
    if failure and way == "http":
        raise GraphError(*failure)
    return None if way == "never" else failure


def _accept(call: Call, number: Doc, customer: Doc | None, facts: Doc) -> Doc:
    world, body = call.world, call.body
    target = str(body.get("to") or body.get("recipient"))
    call.wamid = threads.new_wamid(_digits_of(customer, target), inbound=False)
    quoted = (body.get("context") or {}).get("message_id", "")
    extra = {
        **facts,
        "opaque": body.get("biz_opaque_callback_data", ""),
        "quote": drawing.quote(threads.get_message(world.store, quoted)) if quoted else None,
        "to": target,
    }
    message: Doc = {
        "id": call.wamid,
        "customer": customer["id"] if customer else "",
        "number": number["id"],
        "direction": "out",
        "at": world.clock.now(),
        "kind": call.message_kind,
        "status": "accepted",
        "body": body,
        "extra": extra,
    }
    return threads.add_message(world.store, message)


def _answer(call: Call, target: str, customer: Doc | None, message: Doc) -> dict[str, Any]:
    person = {"input": target}
    if call.body.get("to"):
        person["wa_id"] = customer["wa_id"] if customer else own_spelling(target)
    if customer and not call.body.get("to"):
        person["user_id"] = customer["user_id"]
    sent = {"id": message["id"]}
    if message["kind"] == "template":
        sent["message_status"] = "accepted"
    return {"messaging_product": "whatsapp", "contacts": [person], "messages": [sent]}


def _digits_of(customer: Doc | None, target: str) -> str:
    return (customer["wa_id"] if customer else "") or digits(target) or "0"
