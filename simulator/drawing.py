"""The only place that turns a message, sent or received, into what a phone draws.

Keys, each only where there is something: `text`, `media`, `header`, `footer`, `buttons`, `list`,
`location`, `people`, `cards`, `note`.
"""

from __future__ import annotations

from typing import Any

from .store import Doc

MEDIA = ("image", "audio", "video", "document", "sticker")


def draw(kind: str, content: Any) -> Doc:
    """`content` is the object of the message's own type, or the list of `contacts`."""
    if kind in MEDIA:
        drawn = {"media": media(kind, content), "text": content.get("caption", "")}
    elif kind == "text":
        drawn = {"text": content["body"]}
    elif kind == "location":
        drawn = {"location": location(content)}
    elif kind == "contacts":
        drawn = {"people": [person(card) for card in content]}
    elif kind == "interactive":
        drawn = interactive(content)
    elif kind == "button":
        drawn = {"text": content.get("text", "")}
    elif kind == "order":
        drawn = {"text": content.get("text", ""), "note": order_note(content)}
    else:
        drawn = {"note": kind.replace("_", " ")}
    return {name: value for name, value in drawn.items() if value}


def media(kind: str, content: Doc) -> Doc:
    wanted = ("id", "link", "filename", "voice", "mime_type", "animated")
    return {"kind": kind, **{name: content[name] for name in wanted if content.get(name)}}


def location(content: Doc) -> Doc:
    place: Doc = {name: str(content.get(name, "")) for name in ("name", "address", "url")}
    return {
        **place,
        "latitude": float(content["latitude"]),
        "longitude": float(content["longitude"]),
    }


def person(card: Doc) -> Doc:
    name = card.get("name") or {}
    phones = [str(one.get("phone", "")) for one in card.get("phones") or []]
    return {"name": name.get("formatted_name") or card.get("vcard", "")[:60], "phones": phones}


def order_note(content: Doc) -> str:
    found = content.get("product_items", [])
    return f"{len(found)} item{'' if len(found) == 1 else 's'} ordered"


def interactive(content: Doc) -> Doc:
    kind = content["type"]
    reply = content.get(kind)
    if kind in ("button_reply", "list_reply") and isinstance(reply, dict):
        return {"text": reply.get("title", ""), "footer": reply.get("description", "")}
    if kind in ("nfm_reply", "call_permission_reply") and isinstance(reply, dict):
        return {"text": reply.get("body") or reply.get("response", "")}
    drawn: Doc = {
        "header": header(content.get("header") or {}),
        "text": (content.get("body") or {}).get("text", ""),
        "footer": (content.get("footer") or {}).get("text", ""),
    }
    return {**drawn, **action(kind, content.get("action") or {})}


def header(content: Doc) -> Doc:
    form = content.get("type", "")
    if form == "text":
        return {"kind": "text", "text": content.get("text", "")}
    return {"kind": form, "media": media(form, content.get(form) or {})} if form else {}


def action(kind: str, content: Doc) -> Doc:
    if kind == "button":
        replies = [one.get("reply") or one["quick_reply"] for one in content["buttons"]]
        return {"buttons": [{"kind": "reply", "id": r["id"], "text": r["title"]} for r in replies]}
    if kind == "list":
        return {"list": {"button": content["button"], "sections": content["sections"]}}
    if kind == "carousel":
        return {"cards": [card(one) for one in content["cards"]]}
    return {"buttons": [_button(kind, content.get("parameters") or {})]}


BUTTONS = {
    "location_request_message": {"kind": "location", "text": "Send location"},
    "request_contact_info": {"kind": "contact", "text": "Share contact info"},
    "contact_request": {"kind": "contact", "text": "Share contact info"},
    "call_permission_request": {"kind": "permission", "text": "Allow calls"},
    "product": {"kind": "plain", "text": "View product"},
    "product_list": {"kind": "plain", "text": "View items"},
}


def _button(kind: str, parameters: Doc) -> Doc:
    if kind == "cta_url":
        return {"kind": "url", "text": parameters["display_text"], "url": parameters["url"]}
    if kind == "flow":
        return {"kind": "flow", "text": parameters["flow_cta"]}
    text = parameters.get("display_text") or kind.replace("_", " ").capitalize()
    return BUTTONS.get(kind, {"kind": "plain", "text": text})


def card(content: Doc) -> Doc:
    inner = content.get("action") or {}
    kind = "cta_url" if inner.get("name") == "cta_url" else "button"
    known = kind == "cta_url" or inner.get("buttons")
    return {
        "header": header(content.get("header") or {}),
        "text": (content.get("body") or {}).get("text", ""),
        **(action(kind, inner) if known else {}),
    }


def quote(message: Doc | None) -> Doc | None:
    """What a reply shows of the message that it answers."""
    if message is None:
        return None
    drawn = message["extra"].get("drawn", {})
    text = drawn.get("text") or (drawn.get("media") or {}).get("kind") or message["kind"]
    return {"id": message["id"], "direction": message["direction"], "text": text[:160]}
