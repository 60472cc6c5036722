"""What a message's payload says, made fit for drawing. It is a stranger's JSON: any shape."""

from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.utils.translation import gettext as _

from inbox.models import Attachment, Message

register = template.Library()
MAPS = "https://www.openstreetmap.org/?mlat={0}&mlon={1}#map=16/{0}/{1}"
MOST = 50
BUTTON_ICONS = {"url": "open", "cta_url": "open", "phone_number": "phone", "copy_code": "card"}


def as_dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def as_list(value: Any) -> list[dict[str, Any]]:
    return [as_dict(entry) for entry in value[:MOST]] if isinstance(value, list) else []


def as_text(value: Any) -> str:
    return str(value) if isinstance(value, str | int | float) else ""


def part(message: Message, key: str) -> Any:
    """payload[key], or the payload itself where it is that part."""
    payload = as_dict(message.payload)
    return payload.get(key, payload)


@register.filter
def get(mapping: Any, key: str) -> Any:
    """One entry of data; None where it is not what we expect."""
    return as_dict(mapping).get(key)


@register.filter
def web_address(value: Any) -> str:
    """An http(s) address, or nothing: a customer must not make a link to anything else."""
    text = as_text(value)
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return text if parts.scheme in {"http", "https"} and parts.netloc else ""


@register.filter
def file_ending(file: Attachment) -> str:
    """PDF, DOCX and so on: the word on a document's drawing."""
    ending = PurePosixPath(file.filename).suffix.lstrip(".")[:4]
    return (ending or "file").upper() if ending.isalnum() or not ending else "FILE"


@register.filter
def location(message: Message) -> dict[str, str]:
    """name, address, coordinates and a link to a map, the last only for real coordinates."""
    data = as_dict(part(message, "location"))
    try:
        latitude, longitude = float(data["latitude"]), float(data["longitude"])
        is_real = abs(latitude) <= 90 and abs(longitude) <= 180
    except (KeyError, TypeError, ValueError):
        is_real = False
    found = {"name": as_text(data.get("name")), "address": as_text(data.get("address"))}
    if is_real:
        spot = (f"{latitude:.6f}", f"{longitude:.6f}")
        found |= {"coordinates": ", ".join(spot), "url": MAPS.format(*spot)}
        found |= {"latitude": spot[0], "longitude": spot[1]}
    return found


@register.filter
def contact_cards(message: Message) -> list[dict[str, Any]]:
    """name, company, numbers and emails of each card."""
    return [
        {
            "name": as_text(as_dict(card.get("name")).get("formatted_name")) or _("Contact"),
            "company": as_text(as_dict(card.get("org")).get("company")),
            "numbers": [as_text(phone.get("phone")) for phone in as_list(card.get("phones"))],
            "emails": [as_text(mail.get("email")) for mail in as_list(card.get("emails"))],
        }
        for card in as_list(part(message, "contacts"))
    ]


@register.filter
def interactive(message: Message) -> dict[str, Any]:
    """What we offered (header, body, buttons, sections) or what the customer chose."""
    data = as_dict(part(message, "interactive"))
    answer = as_dict(data.get("button_reply") or data.get("list_reply"))
    action = as_dict(data.get("action"))
    return {
        "header": as_text(as_dict(data.get("header")).get("text")),
        "body": as_text(as_dict(data.get("body")).get("text")),
        "footer": as_text(as_dict(data.get("footer")).get("text")),
        "chosen": as_text(answer.get("title")),
        "description": as_text(answer.get("description")),
        "buttons": action_buttons(data, action),
        "sections": as_list(action.get("sections")),
        "opener": as_text(action.get("button")) or _("Options"),
        "fields": form_fields(data),
    }


def action_buttons(data: dict[str, Any], action: dict[str, Any]) -> list[dict[str, str]]:
    """Reply buttons, one link, or the request for a location."""
    if data.get("type") == "cta_url":
        title = as_text(as_dict(action.get("parameters")).get("display_text"))
        return [{"title": title, "icon": "open"}]
    if data.get("type") == "location_request_message":
        return [{"title": _("Send location"), "icon": "place"}]
    return [
        {"title": as_text(as_dict(button.get("reply")).get("title")), "icon": "reply"}
        for button in as_list(action.get("buttons"))
    ]


def form_fields(data: dict[str, Any]) -> list[tuple[str, str]]:
    """The answers of a form (flow), as far as they are plain values."""
    answers = as_dict(as_dict(data.get("nfm_reply")).get("response"))
    shown = [(name, as_text(value)) for name, value in answers.items() if name != "flow_token"]
    return [(name, value) for name, value in shown[:MOST] if value]


@register.filter
def template_parts(message: Message) -> dict[str, Any]:
    """Header, body, footer and buttons as the customer reads them.

    What was sent stands in the payload; a template that came another way is shown as it is now.
    """
    sent = as_dict(part(message, "template"))
    found = sent_parts(sent) if "body" in sent else defined_parts(message)
    return found | {"body": message.text} if message.text else found


def sent_parts(sent: dict[str, Any]) -> dict[str, Any]:
    return {
        "header": as_text(as_dict(sent.get("header")).get("text")),
        "body": as_text(sent.get("body")),
        "footer": as_text(sent.get("footer")),
        "buttons": [template_button(each) for each in as_list(sent.get("buttons"))],
    }


def defined_parts(message: Message) -> dict[str, Any]:
    found: dict[str, Any] = {"buttons": []}
    components = as_list(message.template.components) if message.template else []
    for component in components:
        kind = as_text(component.get("type"))
        if kind == "BUTTONS":
            found["buttons"] = [
                template_button(each) for each in as_list(component.get("buttons"))
            ]
        elif kind in {"HEADER", "BODY", "FOOTER"}:
            found[kind.lower()] = as_text(component.get("text"))
    return found


def template_button(button: dict[str, Any]) -> dict[str, str]:
    kind = as_text(button.get("type")).lower()
    words = _("Copy code") if kind == "copy_code" else ""  # Meta gives these no words of ours
    title = as_text(button.get("text")) or words
    return {"title": title, "icon": BUTTON_ICONS.get(kind, "reply")}


@register.filter
def order_lines(message: Message) -> dict[str, Any]:
    """Lines with quantity, name and price, and the total where one currency holds for all."""
    rows = as_list(as_dict(part(message, "order")).get("product_items"))
    lines = [
        {
            "quantity": as_text(row.get("quantity")) or "1",
            "name": as_text(row.get("product_retailer_id")),
            "price": f"{as_text(row.get('item_price'))} {as_text(row.get('currency'))}".strip(),
        }
        for row in rows
    ]
    return {"lines": lines, "total": order_total(rows)}


def order_total(rows: list[dict[str, Any]]) -> str:
    currencies = {as_text(row.get("currency")) for row in rows}
    if len(currencies) != 1:
        return ""
    try:
        prices = [
            Decimal(as_text(row.get("item_price"))) * Decimal(as_text(row.get("quantity")) or "1")
            for row in rows
        ]
        total = sum(prices, Decimal(0))
    except ArithmeticError:
        return ""
    return f"{total} {currencies.pop()}" if total.is_finite() else ""
