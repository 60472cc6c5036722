"""The only place that checks interactive messages: buttons, lists, links, flows, carousels."""

from __future__ import annotations

from collections.abc import Callable

from . import checks
from .store import Doc, Store

CheckMedia = Callable[[Store, str, Doc, str], None]
HEADERS = ("text", "image", "video", "document")
BODY_MOST = {"list": 4096}
BODY_OPTIONAL = ("product",)
WITHOUT_HEADER = (
    "location_request_message", "product", "catalog_message", "carousel", "address_message",
    "voice_call", "call_permission_request", "request_contact_info", "contact_request",
)  # fmt: skip
ROWS_MOST = 10


def check_interactive(store: Store, content: Doc, check_media: CheckMedia) -> None:
    """Raises GraphError; `check_media` checks the file of a header."""
    kind = checks.text(content, "type", 60, "interactive.")
    if kind not in ACTIONS:
        raise checks.bad(f"interactive.type {kind!r} is not known.")
    _frame(store, kind, content, check_media)
    if kind == "carousel":
        _carousel(store, checks.part(content, "action", "interactive."), check_media)
    else:
        ACTIONS[kind](checks.part(content, "action", "interactive."))


def _frame(store: Store, kind: str, content: Doc, check_media: CheckMedia) -> None:
    if kind not in BODY_OPTIONAL or content.get("body"):
        body = checks.part(content, "body", "interactive.")
        checks.text(body, "text", BODY_MOST.get(kind, 1024), "interactive.body.")
    if content.get("footer"):
        checks.text(checks.part(content, "footer"), "text", 60, "interactive.footer.")
    header = content.get("header")
    if kind == "product_list" and not header:
        raise checks.absent("interactive.header")
    if header:
        _header(store, kind, checks.part(content, "header"), check_media)


def _header(store: Store, kind: str, header: Doc, check_media: CheckMedia) -> None:
    form = header.get("type")
    if kind in WITHOUT_HEADER:
        raise checks.bad(f"interactive.header is not allowed on {kind}.")
    if form not in HEADERS or (kind in ("list", "product_list") and form != "text"):
        raise checks.bad(f"interactive.header.type {form!r} is not allowed.")
    if form == "text":
        checks.text(header, "text", 60, "interactive.header.")
    else:
        where = f"interactive.header.{form}."
        check_media(store, form, checks.part(header, form, "interactive.header."), where)


def _buttons(action: Doc) -> None:
    buttons = checks.items(action, "buttons", 3, "interactive.action.")
    where = "interactive.action.buttons.reply."
    for button in buttons:
        if button.get("type") != "reply":
            raise checks.bad("interactive.action.buttons.type is not 'reply'.")
        reply = checks.part(button, "reply", "interactive.action.buttons.")
        checks.text(reply, "id", 256, where)
        checks.text(reply, "title", 20, where)
    checks.distinct([button["reply"]["id"] for button in buttons], f"{where}id")
    checks.distinct([button["reply"]["title"] for button in buttons], f"{where}title")


def _list(action: Doc) -> None:
    checks.text(action, "button", 20, "interactive.action.")
    sections = checks.items(action, "sections", 10, "interactive.action.")
    rows = []
    for section in sections:
        needed = len(sections) > 1
        checks.text(section, "title", 24, "interactive.action.sections.", required=needed)
        rows += checks.items(section, "rows", ROWS_MOST, "interactive.action.sections.")
    if len(rows) > ROWS_MOST:
        raise checks.bad(f"The list has {len(rows)} rows; at most {ROWS_MOST} are allowed in all.")
    where = "interactive.action.sections.rows."
    for row in rows:
        checks.text(row, "id", 200, where)
        checks.text(row, "title", 24, where)
        checks.text(row, "description", 72, where, required=False)
    checks.distinct([row["id"] for row in rows], f"{where}id")


def _link(action: Doc) -> None:
    _name(action, "cta_url")
    parameters = checks.part(action, "parameters", "interactive.action.")
    checks.text(parameters, "display_text", 20, "interactive.action.parameters.")
    url = checks.text(parameters, "url", 2000, "interactive.action.parameters.")
    if not url.startswith(("http://", "https://")):
        raise checks.bad("interactive.action.parameters.url is not a http or https address.")


def _flow(action: Doc) -> None:
    _name(action, "flow")
    parameters = checks.part(action, "parameters", "interactive.action.")
    if not (parameters.get("flow_id") or parameters.get("flow_name")):
        raise checks.absent("interactive.action.parameters.flow_id or flow_name")
    checks.text(parameters, "flow_cta", 30, "interactive.action.parameters.")


def _product(action: Doc) -> None:
    checks.text(action, "catalog_id", 200, "interactive.action.")
    checks.text(action, "product_retailer_id", 200, "interactive.action.")


def _products(action: Doc) -> None:
    checks.text(action, "catalog_id", 200, "interactive.action.")
    found = 0
    for section in checks.items(action, "sections", 10, "interactive.action."):
        found += len(checks.items(section, "product_items", 30, "interactive.action.sections."))
    if found > 30:
        raise checks.bad(f"The list has {found} products; at most 30 are allowed in all.")


def _carousel(store: Store, action: Doc, check_media: CheckMedia) -> None:
    cards = checks.items(action, "cards", 10, "interactive.action.")
    if len(cards) < 2:
        raise checks.bad("interactive.action.cards needs at least 2 cards.")
    where = "interactive.action.cards."
    for card in cards:
        if card.get("header"):
            _header(store, "card", checks.part(card, "header", where), check_media)
        if card.get("body"):
            checks.text(checks.part(card, "body", where), "text", 160, f"{where}body.")
        _card_buttons(checks.part(card, "action", where))
    layouts = {str(card["action"].get("name", "buttons")) for card in cards}
    if len(layouts) > 1:
        raise checks.bad("All cards need the same buttons.")


def _card_buttons(action: Doc) -> None:
    """A link as in a message of its own, quick replies, or a product of a catalogue."""
    where = "interactive.action.cards.action."
    if action.get("name") == "cta_url":
        _link(action)
    elif action.get("buttons"):
        for button in checks.items(action, "buttons", 2, where):
            reply = checks.part(button, "quick_reply", f"{where}buttons.")
            checks.text(reply, "id", 256, where)
            checks.text(reply, "title", 20, where)
    else:
        _product(action)


def _name(action: Doc, name: str) -> None:
    if action.get("name") != name:
        raise checks.bad(f"interactive.action.name is not {name!r}.")
    if action.get("parameters") is not None:
        checks.part(action, "parameters", "interactive.action.")


def _named(name: str) -> Callable[[Doc], None]:
    return lambda action: _name(action, name)


ACTIONS: dict[str, Callable[[Doc], None]] = {
    "button": _buttons,
    "list": _list,
    "cta_url": _link,
    "location_request_message": _named("send_location"),
    "flow": _flow,
    "product": _product,
    "product_list": _products,
    "catalog_message": _named("catalog_message"),
    "carousel": lambda action: None,
    "voice_call": _named("voice_call"),
    "call_permission_request": _named("call_permission_request"),
    "address_message": _named("address_message"),
    "order_details": _named("review_and_pay"),
    "order_status": _named("review_order"),
    "request_contact_info": _named("request_contact_info"),
    "contact_request": _named("contact_request"),
}
