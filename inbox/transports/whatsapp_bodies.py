"""What a message looks like in a request to the Cloud API (Meta, "Send messages")."""

from collections.abc import Sequence
from typing import Any

from core.formatting import LINK
from inbox.failures import Own
from inbox.models import Identity, Message
from inbox.transports.base import Outgoing, Unsendable
from templates_app.rendering import send_components

MEDIA = {"image", "audio", "video", "document", "sticker"}
# By which identity to reach somebody, the surest first. A username reaches nobody.
REACH = (Identity.Kind.WA_ID, Identity.Kind.PHONE, Identity.Kind.BSUID)


def recipient_of(identities: Sequence[tuple[str, str]]) -> dict[str, str]:
    """{"to": "+<digits>"} or {"recipient": <BSUID>}, the newest of its kind. Raises Unsendable."""
    known = dict(identities)
    for kind in REACH:
        if value := known.get(kind):
            if kind == Identity.Kind.BSUID:
                return {"recipient": value}
            return {"to": "+" + "".join(filter(str.isdecimal, value))}
    raise Unsendable(Own.NO_ADDRESS)


def content_of(message: Outgoing) -> dict[str, Any] | list[Any]:
    """What stands under the message's kind. Raises Unsendable."""
    if message.kind == Message.Kind.TEXT:
        return {"body": message.text, "preview_url": bool(LINK.search(message.text))}
    if message.kind in MEDIA:
        return _media(message)
    if message.kind == Message.Kind.TEMPLATE:
        return _template(message)
    if message.kind == Message.Kind.REACTION:
        return _reaction(message)
    content: dict[str, Any] | list[Any] = message.payload[message.kind]
    attachment = message.attachment
    if message.kind == Message.Kind.INTERACTIVE and attachment and isinstance(content, dict):
        kind = attachment.kind
        header = {"type": kind, kind: {"id": attachment.provider_media_id}}
        return content | {"header": header}
    return content


def _media(message: Outgoing) -> dict[str, Any]:
    attachment = message.attachment
    if attachment is None:
        raise Unsendable(Own.FILE_MISSING)
    content: dict[str, Any] = {"id": attachment.provider_media_id}
    if message.text:
        content["caption"] = message.text
    if message.kind == Message.Kind.DOCUMENT and attachment.filename:
        content["filename"] = attachment.filename
    if message.kind == Message.Kind.AUDIO and attachment.is_voice:
        content["voice"] = True
    return content


def _template(message: Outgoing) -> dict[str, Any]:
    template, attachment = message.template, message.attachment
    if template is None or not template.is_sendable:
        raise Unsendable(Own.TEMPLATE_GONE)
    values = message.payload.get("template", {}).get("values", {})
    media = {"id": attachment.provider_media_id} if attachment else None
    try:
        components = send_components(template, values, media)
    except (LookupError, TypeError, ValueError) as error:
        raise Unsendable(Own.BAD_VALUES, str(error)) from error
    content: dict[str, Any] = {"name": template.name, "language": {"code": template.language}}
    return content | ({"components": components} if components else {})


def _reaction(message: Outgoing) -> dict[str, Any]:
    if not message.quoted_id:
        raise Unsendable(Own.NO_ADDRESS, "the message reacted to has no id")
    return {"message_id": message.quoted_id, "emoji": message.payload["reaction"]["emoji"]}
