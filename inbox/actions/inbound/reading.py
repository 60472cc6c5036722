"""Reads one part of a webhook into what it brings (Meta, "Webhooks reference").

Every part gives one arrival, or says why it cannot be read.
"""

import hashlib
from collections.abc import Callable
from typing import Any

import orjson

from inbox.actions.inbound.arrivals import (
    Arrival,
    MessageChange,
    NewMessage,
    Source,
)
from inbox.actions.inbound.content import extras_of, read_content
from inbox.actions.inbound.happenings import (
    read_address_book,
    read_call,
    read_handover,
    read_notice,
    read_preference,
    read_system,
    read_user_id_update,
)
from inbox.actions.inbound.outcomes import STATUSES, read_status
from inbox.actions.inbound.parts import Part
from inbox.actions.inbound.people import read_contact, read_person
from inbox.actions.inbound.shapes import (
    Unreadable,
    identifier,
    mapping,
    moment,
    string,
)
from inbox.identities import wa_id_key
from inbox.models import EarlyEvent, Message

HISTORY_STATUSES = STATUSES | {"error": Message.Status.FAILED, "pending": Message.Status.SENT}


def read_part(part: Part) -> Arrival:
    """What a part brings. Raises Unreadable."""
    if part.problem is not None:
        raise part.problem
    if part.origin == "history":
        return _read_history(part)
    reader = READERS.get((part.field, part.section)) or READERS.get(("", part.section))
    return reader(part) if reader else read_notice(part)


def _read_message(part: Part) -> Arrival:
    item = mapping(part.item, "message")
    name = string(item.get("type"), "type")
    if name == "system":
        return read_system(part, part.number())
    if name in CHANGES:
        return _read_change(part, item, Message.Author.CUSTOMER)
    source = Source.STANDBY if part.origin == "standby" else Source.LIVE
    if item.get("group_id"):
        source = Source.GROUP
    if name == "request_welcome":
        source = Source.QUIET
    if part.field == "history":
        source = Source.HISTORY
    return _new_message(part, item, source)


def _new_message(part: Part, item: dict[str, Any], source: Source) -> NewMessage:
    at = moment(item.get("timestamp"))
    errors = part.context.get("errors")
    if errors and not item.get("errors"):
        item = item | {"errors": errors}
    content = read_content(item)
    content.payload.update(extras_of(item, part.context))
    about = mapping(item.get("context"), "context")
    return NewMessage(
        number=part.number(),
        person=read_person(item, part.context, at),
        provider_id=message_id(item),
        at=at,
        content=content,
        source=source,
        quoted_provider_id=identifier(about.get("id"), "context.id"),
        is_forwarded=bool(about.get("forwarded") or about.get("frequently_forwarded")),
    )


def message_id(item: dict[str, Any]) -> str:
    """Meta's id, or for a message without one a name made of all that it says."""
    given = identifier(item.get("id"), "id")
    if given:
        return given
    digest = hashlib.sha256(orjson.dumps(item, option=orjson.OPT_SORT_KEYS))
    return f"sash.{digest.hexdigest()}"


def _read_change(part: Part, item: dict[str, Any], author: Message.Author) -> MessageChange:
    name = item["type"]
    about = mapping(item.get(name), name)
    key = "message_id" if name == "reaction" else "original_message_id"
    target = identifier(about.get(key), key)
    if not target:
        raise Unreadable("no_target", f"{name} does not say of which message")
    edited = mapping(about.get("message"), "message")
    kind = string(edited.get("type"), "type")
    body = mapping(edited.get(kind), kind) if kind else {}
    return MessageChange(
        number=part.number(),
        provider_id=target,
        kind=CHANGES[name],
        at=moment(item.get("timestamp")),
        author=author,
        emoji=string(about.get("emoji"), "emoji")[:40],
        text=string(body.get("body") if kind == "text" else body.get("caption"), "text"),
    )


def _read_echo(part: Part) -> Arrival:
    item = mapping(part.item, "echo")
    if string(item.get("type"), "type") in CHANGES:
        return _read_change(part, item, Message.Author.PHONE_APP)
    at = moment(item.get("timestamp"))
    content = read_content(item)
    about = mapping(item.get("context"), "context")
    return NewMessage(
        number=part.number(),
        person=read_person(item, part.context, at, prefix="to"),
        provider_id=message_id(item),
        at=at,
        content=content,
        source=Source.ECHO,
        is_ours=True,
        status=Message.Status.SENT,
        quoted_provider_id=identifier(about.get("id"), "context.id"),
        is_forwarded=bool(about.get("forwarded") or about.get("frequently_forwarded")),
    )


def _read_history(part: Part) -> Arrival:
    if part.section != "messages":
        return read_notice(part)
    item = mapping(part.item, "message")
    at = moment(item.get("timestamp"))
    thread = mapping(part.context.get("thread"), "thread")
    customer = identifier(thread.get("id"), "thread.id")
    about = read_contact(mapping(thread.get("context"), "thread context"), at)
    sender = identifier(item.get("from"), "from")
    is_ours = wa_id_key(sender) != wa_id_key(customer)
    person = read_person({"from": customer, "from_user_id": about.bsuid}, {}, at)
    told = string(mapping(item.get("history_context"), "history_context").get("status"), "status")
    status = HISTORY_STATUSES.get(told.lower(), Message.Status.SENT)
    return NewMessage(
        number=part.number(),
        person=person,
        provider_id=message_id(item),
        at=at,
        content=read_content(item),
        source=Source.HISTORY,
        is_ours=is_ours,
        status=status if is_ours else Message.Status.RECEIVED,
    )


def _with_number(reader: Callable[[Part, str], Arrival]) -> Callable[[Part], Arrival]:
    return lambda part: reader(part, part.number())


CHANGES = {
    "reaction": EarlyEvent.Kind.REACTION,
    "edit": EarlyEvent.Kind.EDIT,
    "revoke": EarlyEvent.Kind.REVOKE,
}
READERS: dict[tuple[str, str], Callable[[Part], Arrival]] = {
    ("", "messages"): _read_message,
    ("", "statuses"): read_status,
    ("", "message_echoes"): _read_echo,
    ("", "calls"): _with_number(read_call),
    ("", "user_preferences"): _with_number(read_preference),
    ("", "user_id_update"): _with_number(read_user_id_update),
    ("", "state_sync"): _with_number(read_address_book),
    ("messaging_handovers", ""): read_handover,
}
