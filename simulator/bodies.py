"""The only place that checks what a message to send holds, kind by kind.

Limits are those of Meta's pages on each kind of message.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import checks
from .calls import Call
from .graph import GraphError
from .interactive import check_interactive
from .media_rules import kind_of_mime
from .store import Doc, Store

MEDIA = ("image", "audio", "video", "document", "sticker")
KINDS = (*MEDIA, "text", "location", "contacts", "reaction", "interactive", "template")
OPAQUE_MOST = 512


def check_body(call: Call) -> tuple[str, Any]:
    """Kind and content of a message body. `voice` is audio with `voice: true`."""
    body = call.body
    opaque = body.get("biz_opaque_callback_data")
    if opaque is not None:
        checks.text(body, "biz_opaque_callback_data", OPAQUE_MOST, required=False)
    if body.get("context") is not None:
        checks.text(checks.part(body, "context"), "message_id", 300, "context.")
    kind = body.get("type") or ("text" if "text" in body else "")
    if kind not in KINDS:
        names = ", ".join(sorted(KINDS)).upper()
        raise GraphError(100, message=f"(#100) Param type must be one of {{{names}}}.")
    if kind == "contacts":
        return kind, _contacts(body)
    content = checks.part(body, kind)
    if kind in MEDIA:
        check_media(call.world.store, kind, content)
    else:
        CHECKS[kind](call.world.store, content)
    return kind, content


def check_media(store: Store, kind: str, content: Doc, where: str = "") -> None:
    where = where or f"{kind}."
    key, link = content.get("id"), content.get("link")
    if not key and not link:
        raise checks.absent(f"{where}id or {where}link")
    checks.text(content, "caption", 1024, where, required=False)
    if content.get("caption") and kind in ("audio", "sticker"):
        raise checks.bad(f"{where}caption is not allowed.")
    checks.text(content, "filename", 240, where, required=False)
    if key:
        _known_media(store, kind, str(key), where)
    elif not str(link).startswith(("http://", "https://")):
        raise checks.bad(f"{where}link is not a http or https address.")


def _known_media(store: Store, kind: str, key: str, where: str) -> None:
    media = store.one("SELECT mime FROM media WHERE id = ?", key)
    if media is None:
        raise checks.bad(f"{where}id: there is no media with id {key}.")
    if kind != "document" and kind_of_mime(media["mime"]) != kind:
        raise GraphError(131053, f"A file of type {media['mime']} cannot be sent as {kind}.")


def _text(store: Store, content: Doc) -> None:
    checks.text(content, "body", 4096, "text.")


def _location(store: Store, content: Doc) -> None:
    checks.number(content, "latitude", -90, 90, "location.")
    checks.number(content, "longitude", -180, 180, "location.")
    checks.text(content, "name", 1000, "location.", required=False)
    checks.text(content, "address", 1000, "location.", required=False)


def _reaction(store: Store, content: Doc) -> None:
    wamid = checks.text(content, "message_id", 300, "reaction.")
    if not wamid.startswith("wamid."):
        raise checks.bad("reaction.message_id is not the id of a message.")
    if not isinstance(content.get("emoji", ""), str):
        raise checks.bad("reaction.emoji is not a string.")
    checks.text(content, "emoji", 16, "reaction.", required=False)


def _contacts(body: Doc) -> list[Doc]:
    cards = checks.items(body, "contacts", 257)
    for card in cards:
        name = checks.part(card, "name", "contacts.")
        checks.text(name, "formatted_name", 1024, "contacts.name.")
        others = ("first_name", "last_name", "middle_name", "prefix", "suffix")
        if not any(name.get(other) for other in others):
            raise checks.absent(f"contacts.name.({' | '.join(others)})")
        if card.get("phones"):
            checks.items(card, "phones", 100, "contacts.")
    return cards


def _template(store: Store, content: Doc) -> None:
    checks.text(content, "name", 512, "template.")
    language = checks.part(content, "language", "template.")
    checks.text(language, "code", 40, "template.language.")
    if language.get("policy", "deterministic") != "deterministic":
        raise checks.bad("template.language.policy is not 'deterministic'.")


CHECKS: dict[str, Callable[[Store, Doc], None]] = {
    "text": _text,
    "location": _location,
    "reaction": _reaction,
    "interactive": lambda store, content: check_interactive(store, content, check_media),
    "template": _template,
}
