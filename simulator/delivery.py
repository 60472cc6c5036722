"""The only place for the life of a sent message: sent, delivered, read, played or failed."""

from __future__ import annotations

import asyncio
import contextlib

from . import threads
from .customers import own_spelling
from .envelope import contact, messages_value, named, pricing, status_of
from .fetching import MediaNotFetched, fetch_links
from .graph import status_error
from .store import Doc
from .world import World


async def carry(world: World, message: Doc) -> None:
    """Walk one accepted message through its statuses, as long as the customer's phone lets it."""
    await asyncio.sleep(world.settings.sent_ms / 1000)
    failure = message["extra"]["failure"]
    if failure is None:
        try:
            await fetch_links(world, message)
        except MediaNotFetched as problem:
            failure = (131053, str(problem))
    if failure is not None:
        fail(world, message, *failure)
        return
    _apply_reaction(world, message)
    report(world, message, "sent")
    await _arrive(world, message)


async def _arrive(world: World, message: Doc) -> None:
    await asyncio.sleep(world.settings.delivered_ms / 1000)
    if not _customer(world, message)["online"]:
        return
    report(world, message, "delivered")
    if _customer(world, message)["auto_read"]:
        await asyncio.sleep(world.settings.read_ms / 1000)
        read(world, message)


def resume(world: World) -> None:
    """After a start: what was under way goes on."""
    for message in threads.waiting(world.store, None, "accepted"):
        world.later(carry(world, message))
    for message in threads.waiting(world.store, None, "sent"):
        world.later(_arrive(world, message))


def come_online(world: World, customer: str) -> None:
    """The phone is reachable again: everything that waits arrives."""
    for message in threads.waiting(world.store, customer, "sent"):
        world.later(_arrive(world, message))


def open_thread(world: World, customer: str, number: str) -> int:
    """The customer looks at the conversation: all that arrived there is read."""
    arrived = threads.waiting(world.store, customer, "delivered")
    mine = [message for message in arrived if message["number"] == number]
    for message in mine:
        read(world, message)
    return len(mine)


def read(world: World, message: Doc) -> None:
    if _customer(world, message)["read_receipts"]:
        report(world, message, "read")
    else:  # seen, but the customer does not tell
        threads.set_extra(world.store, message, seen=True)


def report(world: World, message: Doc, status: str) -> None:
    """Move the message on and tell the business; a status never goes back."""
    current = threads.get_message(world.store, message["id"])
    if current is None or threads.RANKS[current["status"]] >= threads.RANKS[status]:
        return
    priced = status == "sent" or (current["status"] == "sent" and status in ("delivered", "read"))
    customer = world.store.get("customers", current["customer"])
    if customer is None:
        return
    users = world.settings.user_ids
    recipient = named("recipient", "recipient_id", customer, user_ids=users)
    element = status_of(current, status, world.clock.now(), recipient)
    if priced:
        element["pricing"] = pricing(current["extra"]["category"])
    if world.settings.old_conversations and status in ("sent", "delivered"):
        element["conversation"] = _conversation(current, world.clock.now(), status)
    threads.set_status(world.store, current, status)
    _tell(world, current, element, [contact(customer, user_ids=users)])


def fail(world: World, message: Doc, code: int, details: str) -> None:
    customer = world.store.get("customers", message["customer"])
    to = message["extra"]["to"]
    recipient = {"recipient_id": own_spelling(to)} if to[:2].isdigit() or to[:1] == "+" else {}
    if customer:
        recipient = named("recipient", "recipient_id", customer, user_ids=world.settings.user_ids)
    element = status_of(message, "failed", world.clock.now(), recipient, errors=[(code, details)])
    threads.set_extra(world.store, message, errors=[status_error(code, details)])
    threads.set_status(world.store, message, "failed")
    _tell(world, message, element, None)


def _tell(world: World, message: Doc, element: Doc, contacts: list[Doc] | None) -> None:
    number = world.number(message["number"])
    parts = {"contacts": contacts} if contacts else {}
    value = messages_value(number, **parts, statuses=[element])
    lane = message["customer"] or message["id"]
    world.courier.publish(number["account"], "messages", value, number=number["id"], lane=lane)
    world.hub.publish("message", message=threads.shown(message))


def _conversation(message: Doc, at: float, status: str) -> Doc:
    """Up to v23: an id per message, and its end on `sent` only."""
    key = message["id"][-32:].encode().hex()[:32]
    doc: Doc = {"id": key, "origin": {"type": message["extra"]["category"]}}
    if status == "sent":
        doc["expiration_timestamp"] = str(int(at) + 86_400)
    return doc


def _apply_reaction(world: World, message: Doc) -> None:
    if message["kind"] != "reaction":
        return
    reaction = message["body"]["reaction"]
    target = threads.get_message(world.store, reaction["message_id"])
    if target is not None:
        reactions = {**target["extra"].get("reactions", {}), "business": reaction.get("emoji", "")}
        threads.set_extra(world.store, target, reactions=reactions)
        world.hub.publish("message", message=threads.shown(target))


def _customer(world: World, message: Doc) -> Doc:
    with contextlib.suppress(KeyError):
        return world.customer(message["customer"])
    return {"online": False, "auto_read": False, "read_receipts": False}
