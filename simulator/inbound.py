"""The only place where a customer acts: what they write becomes a thread's line and a webhook."""

from __future__ import annotations

from typing import Any

from . import drawing, threads
from .clock import stamp
from .envelope import contact, messages_value, named
from .media_store import find_media, webhook_media
from .store import Doc
from .world import World

MEDIA = ("image", "audio", "video", "document", "sticker")
UNSUPPORTED = {
    "code": 131051,
    "title": "Message type unknown",
    "message": "Message type unknown",
    "error_data": {"details": "Message type is currently not supported."},
}


class InboundError(Exception):
    """The customer cannot send that."""


def write(
    world: World,
    customer: Doc,
    number: Doc,
    kind: str,
    content: Any,
    *,
    age_s: float = 0,
    context: Doc | None = None,
    more: Doc | None = None,
) -> Doc:
    """Send a message as the customer. Raises InboundError.

    `content` is the object of the message's own type as in the webhook; media need `id` alone.
    `context` is put in as it is, with `from` added; `more` are further keys of the message.
    `age_s` stamps the message as written so long ago.
    """
    at = world.clock.now(customer["clock_offset_s"]) - age_s
    content = _completed(world, kind, content)
    quoted = threads.get_message(world.store, str((context or {}).get("id", "")))
    extra: Doc = {"drawn": draw(kind, content), "quote": drawing.quote(quoted)}
    body = {kind: content}
    message = _keep(world, customer, number, at=at, kind=kind, body=body, extra=extra)
    element = _head(world, customer, message)
    if context:
        element["context"] = _context(number, customer, quoted, context)
    element.update(more or {}, type=kind)
    if content is not None:
        element[kind] = content
    if kind == "unsupported":
        element["errors"] = [UNSUPPORTED]
    tell(world, customer, number, messages=[element])
    world.hub.publish("message", message=threads.shown(message))
    return message


def _keep(world: World, customer: Doc, number: Doc, **facts: Any) -> Doc:
    wamid = threads.new_wamid(customer["wa_id"] or customer["user_id"][3:], inbound=True)
    names = {"id": wamid, "customer": customer["id"], "number": number["id"]}
    return threads.add_message(
        world.store, {**names, "direction": "in", "status": "sent", **facts}
    )


def tell(world: World, customer: Doc, number: Doc, *, card: bool = True, **parts: Any) -> None:
    """Publish a `messages` value about the customer; `card` adds the contact."""
    if number["id"] in customer["blocked_by"]:
        return
    if card:
        parts = {"contacts": [contact(customer, user_ids=world.settings.user_ids)], **parts}
    value = messages_value(number, **parts)
    world.courier.publish(
        number["account"], "messages", value, number=number["id"], lane=customer["id"]
    )


def _head(world: World, customer: Doc, message: Doc) -> Doc:
    names = named("from", "from", customer, user_ids=world.settings.user_ids)
    return {**names, "id": message["id"], "timestamp": stamp(message["at"])}


def _context(number: Doc, customer: Doc, quoted: Doc | None, context: Doc) -> Doc:
    if "id" not in context:
        return context
    mine = quoted is not None and quoted["direction"] == "in"
    return {"from": customer["wa_id"] if mine else number["digits"], **context}


def _completed(world: World, kind: str, content: Any) -> Any:
    if kind not in MEDIA:
        return content
    media = find_media(world, str((content or {}).get("id", "")))
    if media is None:
        raise InboundError(f"A message of kind {kind} needs the id of an uploaded file.")
    whole = {**content, **webhook_media(world, media)}
    if kind == "document" and media["filename"]:
        whole.setdefault("filename", media["filename"])
    return whole


def draw(kind: str, content: Any) -> Doc:
    """What the phone draws. Raises InboundError for a content that no phone could send."""
    try:
        return drawing.draw(kind, content)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as problem:
        raise InboundError(f"The {kind} cannot be read: {problem!r}") from problem
