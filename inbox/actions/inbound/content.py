"""Reads what a message says, type by type (Meta, "Messages webhook", one page a type)."""

import base64
import binascii
import re
from collections.abc import Callable
from typing import Any

from inbox.actions.inbound.arrivals import Content, Media
from inbox.actions.inbound.parts import clean, read_json
from inbox.actions.inbound.shapes import Unreadable, identifier, mapping, sequence, string
from inbox.models import Message

Kind = Message.Kind
HEX = re.compile(r"[0-9a-fA-F]{64}")
MEDIA = {
    "image": Kind.IMAGE,
    "video": Kind.VIDEO,
    "audio": Kind.AUDIO,
    "document": Kind.DOCUMENT,
    "sticker": Kind.STICKER,
}
# Beside a message of any type; kept in its payload.
EXTRAS = ("referral", "errors", "identity", "group_id")


def read_content(item: dict[str, Any]) -> Content:
    """A message's content; of a type that we do not know, everything is kept as it came.

    Raises Unreadable where a known type is not in its documented shape.
    """
    name = string(item.get("type"), "type")
    reader = READERS.get(name)
    if reader is None or (item.get("errors") and name not in item):
        return unsupported(item)
    return reader(item)


def unsupported(item: dict[str, Any]) -> Content:
    """A message that we cannot show: Meta's reason where it gave one."""
    reason = ""
    for error in sequence(item.get("errors"), "errors"):
        about = mapping(error, "error")
        reason = reason or string(about.get("title") or about.get("message"), "title")
    return Content(Kind.UNSUPPORTED, reason, payload=dict(item))


def extras_of(item: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    """What the payload keeps of a message beside its content, under Meta's names."""
    kept = {name: item[name] for name in EXTRAS if item.get(name)}
    about = item.get("context")
    if isinstance(about, dict) and about.get("referred_product"):
        kept["referred_product"] = about["referred_product"]
    if context.get("conversation_context"):
        kept["conversation_context"] = context["conversation_context"]
    return kept


def _text(item: dict[str, Any]) -> Content:
    body = string(mapping(item.get("text"), "text").get("body"), "text.body")
    return Content(Kind.TEXT, body)


def _media(item: dict[str, Any]) -> Content:
    name = item["type"]
    about = mapping(item.get(name), name)
    caption = string(about.get("caption"), "caption")
    return Content(MEDIA[name], caption, media=read_media(about, item.get("errors")))


def read_media(about: dict[str, Any], errors: Any = None) -> Media:
    """A media object; errors: those of its message, when Meta could not take the file."""
    media_id = identifier(about.get("id"), "media id")
    problem = "" if media_id else "Meta named no file"
    for error in sequence(errors, "errors"):
        details = mapping(mapping(error, "error").get("error_data"), "error_data").get("details")
        problem = string(details or error.get("title"), "error title") or "Meta refused the file"
    return Media(
        media_id=media_id,
        mime_type=string(about.get("mime_type"), "mime_type")[:150],
        filename=string(about.get("filename"), "filename")[:300],
        sha256=sha256_hex(string(about.get("sha256"), "sha256")),
        is_voice=about.get("voice") is True,
        is_animated=about.get("animated") is True,
        error=problem[:500],
    )


def sha256_hex(text: str) -> str:
    """A digest in hexadecimal, given so or in base64; empty when it is neither."""
    if HEX.fullmatch(text):
        return text.lower()
    try:
        digest = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return ""
    return digest.hex() if len(digest) == 32 else ""


def _location(item: dict[str, Any]) -> Content:
    place = mapping(item.get("location"), "location")
    words = (string(place.get(key), key) for key in ("name", "address"))
    return Content(Kind.LOCATION, ", ".join(filter(None, words)), {"location": place})


def _contacts(item: dict[str, Any]) -> Content:
    cards = [mapping(card, "contact") for card in sequence(item.get("contacts"), "contacts")]
    return Content(Kind.CONTACTS, ", ".join(map(card_name, cards)), {"contacts": cards})


def card_name(card: dict[str, Any]) -> str:
    """A shared contact's name, or their first number when they have none."""
    name = string(mapping(card.get("name"), "name").get("formatted_name"), "formatted_name")
    phones = [mapping(phone, "phone") for phone in sequence(card.get("phones"), "phones")]
    return name or next((string(phone.get("phone"), "phone") for phone in phones), "") or "?"


def _interactive(item: dict[str, Any]) -> Content:
    reply = mapping(item.get("interactive"), "interactive")
    name = string(reply.get("type"), "interactive.type")
    about = mapping(reply.get(name), name) if name else {}
    if name == "nfm_reply":
        about = about | {"response": _form_answers(about.get("response_json"))}
        reply = reply | {name: about}
    if name == "call_permission_reply":
        text = "Calls allowed" if about.get("response") == "accept" else "Calls declined"
    else:
        text = string(about.get("title") or about.get("body"), "title")
    return Content(Kind.INTERACTIVE, text, {"interactive": reply})


def _form_answers(text: Any) -> dict[str, Any]:
    """The answers of a form, which Meta sends as text that may be broken or missing."""
    try:
        answers = clean(read_json(text.encode())) if isinstance(text, str) else {}
    except Unreadable:
        return {}
    return answers if isinstance(answers, dict) else {}


def _button(item: dict[str, Any]) -> Content:
    button = mapping(item.get("button"), "button")
    return Content(Kind.BUTTON, string(button.get("text"), "button.text"), {"button": button})


def _order(item: dict[str, Any]) -> Content:
    order = mapping(item.get("order"), "order")
    sequence(order.get("product_items"), "product_items")
    return Content(Kind.ORDER, string(order.get("text"), "order.text"), {"order": order})


def _welcome(item: dict[str, Any]) -> Content:
    return Content(Kind.SYSTEM, "Opened the chat for the first time", {"type": item["type"]})


READERS: dict[str, Callable[[dict[str, Any]], Content]] = {
    "text": _text,
    **dict.fromkeys(MEDIA, _media),
    "location": _location,
    "contacts": _contacts,
    "interactive": _interactive,
    "button": _button,
    "order": _order,
    "request_welcome": _welcome,
}
