"""What a customer does besides writing: reacting, editing, deleting, calling, changing number.

Each takes the control API's body and answers what it did. Raises InboundError.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from . import drawing, threads
from .clock import stamp
from .customers import MOST_OFFSET, CustomerError, change_customer, user_id_for
from .envelope import contact, messages_value, named
from .inbound import InboundError, draw, tell, write
from .store import Doc
from .world import World

Act = Callable[[World, Doc, Doc, Doc], Doc]
EDITABLE = ("text", "image", "video", "document")


def react(world: World, customer: Doc, number: Doc, body: Doc) -> Doc:
    """`reaction: {message_id, emoji}`; an empty or missing emoji takes it back."""
    reaction = _part(body, "reaction")
    target = _target(world, customer, reaction.get("message_id"), strict=False)
    emoji = str(reaction.get("emoji") or "")
    content = {"message_id": reaction.get("message_id")}
    if emoji:
        content["emoji"] = emoji
    message = write(world, customer, number, "reaction", content, age_s=_age(body))
    if target:
        reactions = {**target["extra"].get("reactions", {}), "customer": emoji}
        threads.set_extra(world.store, target, reactions=reactions)
        world.hub.publish("message", message=threads.shown(target))
    return threads.shown(message)


def edit(world: World, customer: Doc, number: Doc, body: Doc) -> Doc:
    """`edit: {message_id, text}`: a new text, or a new caption of a picture, video, document."""
    wish = _part(body, "edit")
    target = _target(world, customer, wish.get("message_id"), direction="in")
    kind, text = target["kind"], str(wish.get("text", ""))
    if kind not in EDITABLE:
        raise InboundError(f"A message of kind {kind} cannot be edited.")
    name = "body" if kind == "text" else "caption"
    content = {**target["body"][kind], name: text}
    inner = {"context": {"id": target["id"]}, "type": kind, kind: content}
    wish = {"original_message_id": target["id"], "message": inner}
    write(world, customer, number, "edit", wish, age_s=_age(body))
    threads.set_extra(world.store, target, drawn=drawing.draw(kind, content), edited=True)
    return _updated(world, target)


def revoke(world: World, customer: Doc, number: Doc, body: Doc) -> Doc:
    """`revoke: {message_id}`: delete an own message for everyone."""
    target = _target(world, customer, _part(body, "revoke").get("message_id"), direction="in")
    content = {"original_message_id": target["id"]}
    write(world, customer, number, "revoke", content, age_s=_age(body))
    threads.set_extra(world.store, target, revoked=True, drawn={})
    return _updated(world, target)


def change_identity(world: World, customer: Doc, number: Doc, body: Doc) -> Doc:
    """`system: {type, phone}`: user_changed_number, customer_identity_changed,
    user_changed_user_id.
    """
    system = _part(body, "system")
    kind = system.get("type", "user_changed_number")
    if kind == "user_changed_number":
        return _change_number(world, customer, number, str(system.get("phone", "")))
    more: Doc = {}
    content: Doc = {"type": kind, "body": "User identity changed"}
    if kind == "user_changed_user_id":
        new = user_id_for(customer["wa_id"])
        content.update(body=f"User {customer['name']} changed", user_id=new)
        content["wa_id"] = customer["wa_id"]
    elif kind == "customer_identity_changed":
        at = stamp(world.clock.now())
        more["identity"] = {
            "acknowledged": True, "created_timestamp": at, "hash": secrets.token_hex(6),
        }  # fmt: skip
    else:
        raise InboundError(f"There is no system message {kind!r}.")
    _tell_system(world, customer, number, content, more)
    if kind == "user_changed_user_id":
        return change_customer(world.store, customer["id"], {"user_id": content["user_id"]})
    return customer


def _change_number(world: World, customer: Doc, number: Doc, phone: str) -> Doc:
    try:
        changed = change_customer(world.store, customer["id"], {"phone": phone})
    except CustomerError as problem:
        raise InboundError(str(problem)) from problem
    old, new = customer["wa_id"], changed["wa_id"]
    text = f"User {customer['name']} changed from {old} to {new}"
    content = {"body": text, "wa_id": new, "type": "user_changed_number"}
    _tell_system(world, customer, number, content, {})
    return changed


def _tell_system(world: World, customer: Doc, number: Doc, content: Doc, more: Doc) -> None:
    element: Doc = {
        **named("from", "from", customer, user_ids=world.settings.user_ids),
        "id": threads.new_wamid(customer["wa_id"], inbound=True),
        "timestamp": stamp(world.clock.now(customer["clock_offset_s"])),
        **more,
        "type": "system",
        "system": content,
    }
    tell(world, customer, number, card=False, messages=[element])


def call(world: World, customer: Doc, number: Doc, body: Doc) -> Doc:
    """`call: {event, duration_s}`: the customer calls (`connect`) or hangs up (`terminate`)."""
    wish = _part(body, "call")
    event = wish.get("event", "connect")
    if event not in ("connect", "terminate"):
        raise InboundError("call.event is connect or terminate.")
    at = world.clock.now(customer["clock_offset_s"]) - _age(body)
    key = str(wish.get("id") or f"wacid.{secrets.token_urlsafe(24)}")
    names = named("from", "from", customer, user_ids=world.settings.user_ids)
    element: Doc = {
        "id": key, "to": number["digits"], **names, "event": event, "timestamp": stamp(at),
        "direction": "USER_INITIATED",
    }  # fmt: skip
    if event == "connect":
        element["session"] = {"sdp_type": "offer", "sdp": "v=0\r\n"}
    else:
        length = wish.get("duration_s", 60)
        if not isinstance(length, int) or length < 0:
            raise InboundError("call.duration_s is a whole number.")
        element.update(status="COMPLETED", start_time=stamp(at - length), end_time=stamp(at))
        element["duration"] = length
    card = contact(customer, user_ids=world.settings.user_ids)
    value = messages_value(number, contacts=[card], calls=[element])
    _publish(world, customer, number, "calls", value)
    if event == "connect":
        _keep_call(world, customer, number, key, at)
    return {"id": key}


def _keep_call(world: World, customer: Doc, number: Doc, key: str, at: float) -> None:
    message = threads.add_message(world.store, {
        "id": key, "customer": customer["id"], "number": number["id"], "direction": "in",
        "at": at, "kind": "call", "status": "delivered", "body": {},
        "extra": {"drawn": {"note": "call"}},
    })  # fmt: skip
    world.hub.publish("message", message=threads.shown(message))


def echo(world: World, customer: Doc, number: Doc, body: Doc) -> Doc:
    """`echo: {type, <type>}`: somebody answers on the business's phone app."""
    wish = _part(body, "echo")
    kind = str(wish.get("type", "text"))
    at, users = world.clock.now() - _age(body), world.settings.user_ids
    element: Doc = {
        "from": number["digits"], **named("to", "to", customer, user_ids=users),
        "id": threads.new_wamid(customer["wa_id"], inbound=False), "timestamp": stamp(at),
        "type": kind, kind: wish.get(kind),
    }  # fmt: skip
    message = threads.add_message(world.store, {
        "id": element["id"], "customer": customer["id"], "number": number["id"],
        "direction": "echo", "at": at, "kind": kind, "status": "delivered",
        "body": {kind: wish.get(kind)}, "extra": {"drawn": draw(kind, wish.get(kind))},
    })  # fmt: skip
    card = contact(customer, user_ids=users)
    value = messages_value(number, contacts=[card], message_echoes=[element])
    _publish(world, customer, number, "smb_message_echoes", value)
    world.hub.publish("message", message=threads.shown(message))
    return threads.shown(message)


def prefer(world: World, customer: Doc, number: Doc, body: Doc) -> Doc:
    """`preference: stop | resume`: marketing messages."""
    value = body.get("preference", "stop")
    if value not in ("stop", "resume"):
        raise InboundError("preference is stop or resume.")
    card = contact(customer, user_ids=world.settings.user_ids)
    keys: Doc = {
        name: card[name] for name in ("wa_id", "user_id", "parent_user_id") if name in card
    }
    wish: Doc = {
        **keys, "detail": f"User requested to {value} marketing messages",
        "category": "marketing_messages", "value": value, "timestamp": int(world.clock.now()),
    }  # fmt: skip
    content = messages_value(number, contacts=[card], user_preferences=[wish])
    _publish(world, customer, number, "user_preferences", content)
    return {"success": True}


ACTS: dict[str, Act] = {
    "reaction": react,
    "edit": edit,
    "revoke": revoke,
    "system": change_identity,
    "call": call,
    "echo": echo,
    "preference": prefer,
}


def _part(body: Doc, name: str) -> Doc:
    part: Any = body.get(name)
    if not isinstance(part, dict):
        raise InboundError(f"{name} is missing.")
    return part


def _age(body: Doc) -> float:
    age = body.get("age_s", 0)
    return float(age) if isinstance(age, (int, float)) and abs(age) <= MOST_OFFSET else 0.0


def _target(
    world: World, customer: Doc, wamid: object, *, direction: str = "", strict: bool = True
) -> Doc:
    """The message named, of this customer. A reaction may name one that is not there."""
    message = threads.get_message(world.store, str(wamid))
    known = message is not None and message["customer"] == customer["id"]
    if strict and not (known and direction in ("", message and message["direction"])):
        raise InboundError("There is no such message of this customer.")
    return (message or {}) if known else {}


def _publish(world: World, customer: Doc, number: Doc, field: str, value: Doc) -> None:
    world.courier.publish(
        number["account"], field, value, number=number["id"], lane=customer["id"]
    )


def _updated(world: World, target: Doc) -> Doc:
    world.hub.publish("message", message=threads.shown(target))
    return threads.shown(target)
