"""Reads what is neither a message nor a status: calls, changed numbers, hand-overs, notices."""

import hashlib
from datetime import datetime
from typing import Any

import orjson

from inbox.actions.inbound.arrivals import (
    AddressBookName,
    Happening,
    Notice,
    Person,
    Preference,
)
from inbox.actions.inbound.parts import LISTS, Part
from inbox.actions.inbound.people import found, read_contact, read_person
from inbox.actions.inbound.shapes import Unreadable, identifier, mapping, moment, string

SYSTEM_KINDS = {
    "user_changed_number": "number_changed",
    "user_changed_user_id": "user_id_changed",
    "customer_identity_changed": "identity_changed",
}
CALL_FACTS = ("event", "status", "direction", "duration", "start_time", "end_time")
USER = "USER_INITIATED"


def read_system(part: Part, number: str) -> Happening:
    """The customer has another number, user id or device (Meta, "System messages")."""
    item = mapping(part.item, "message")
    at = moment(item.get("timestamp"))
    about = mapping(item.get("system"), "system")
    kind = string(about.get("type"), "system.type")
    moved_to = read_contact(about | {"wa_id": about.get("wa_id") or about.get("new_wa_id")}, at)
    return Happening(
        number=number,
        person=read_person(item, part.context, at),
        kind=SYSTEM_KINDS.get(kind, "system"),
        at=at,
        data={"text": string(about.get("body"), "body"), "type": kind},
        key=identifier(item.get("id"), "id") or _digest(item),
        moved_to=moved_to if moved_to.is_known_by else None,
    )


def read_user_id_update(part: Part, number: str) -> Happening:
    """The customer's user ids changed; `previous` is how we know them."""
    item = mapping(part.item, "user_id_update")
    at = moment(item.get("timestamp"))
    own = mapping(item.get("user_id"), "user_id")
    parent = mapping(item.get("parent_user_id"), "parent_user_id")

    def ids(when: str) -> Person:
        return Person(
            wa_id=identifier(item.get("wa_id"), "wa_id"),
            bsuid=identifier(own.get(when), "user_id"),
            parent_bsuid=identifier(parent.get(when), "parent_user_id"),
            at=at,
        )

    data = {"text": string(item.get("detail"), "detail"), "type": "user_id_update"}
    person = found(ids("previous"))
    return Happening(
        number, person, "user_id_changed", at, data, _digest(item), moved_to=ids("current")
    )


def read_call(part: Part, number: str) -> Happening:
    """One step of a call; its sound and session never pass through here."""
    item = mapping(part.item, "call")
    at = moment(item.get("timestamp"))
    is_theirs = item.get("direction") == USER
    event = string(item.get("event"), "event")
    return Happening(
        number=number,
        person=read_person(item, part.context, at, prefix="from" if is_theirs else "to"),
        kind="call",
        at=at,
        data=_call_facts(item),
        key=_call_key(item, event),
        creates=is_theirs,
        opens_window=is_theirs and event == "connect",
    )


def read_call_status(part: Part, number: str) -> Happening:
    """Ringing, accepted or rejected: a call of ours."""
    item = mapping(part.item, "status")
    at = moment(item.get("timestamp"))
    return Happening(
        number=number,
        person=read_person(
            {"from": item.get("recipient_id"), "from_user_id": item.get("recipient_user_id")},
            part.context,
            at,
        ),
        kind="call",
        at=at,
        data=_call_facts(item),
        key=_call_key(item, string(item.get("status"), "status")),
    )


def _call_facts(item: dict[str, Any]) -> dict[str, Any]:
    facts = {name: item[name] for name in CALL_FACTS if item.get(name) is not None}
    return {"call": identifier(item.get("id"), "id"), **facts}


def _call_key(item: dict[str, Any], step: str) -> str:
    call = identifier(item.get("id"), "id")
    if not call:
        raise Unreadable("no_target", "a call without an id")
    key = f"{call}:{step}"
    return key if len(key) <= 200 else _digest({"call": key})


def read_handover(part: Part) -> Happening:
    """Another partner of the number took or passed the thread (Meta, "Conversation routing")."""
    value = mapping(part.item, "value")
    sender = mapping(value.get("sender"), "sender")
    metadata = mapping(value.get("metadata"), "metadata")
    recipient = mapping(value.get("recipient"), "recipient")
    number = recipient.get("phone_number_id") or metadata.get("phone_number_id")
    at = moment(value.get("timestamp"))
    kind = string(value.get("type"), "type") or "handover"
    person = Person(
        wa_id=identifier(sender.get("phone_number"), "phone_number"),
        bsuid=identifier(sender.get("user_id"), "user_id"),
        at=at,
    )
    return Happening(
        number=identifier(number, "phone_number_id"),
        person=found(person),
        kind=kind[:40],
        at=at,
        data=mapping(value.get(kind), kind),
        key=_digest(value),
    )


def read_preference(part: Part, number: str) -> Preference:
    """Marketing stopped, resumed or asked for."""
    item = mapping(part.item, "user_preference")
    at = moment(item.get("timestamp"))
    choice = string(item.get("value"), "value")
    if choice not in {"stop", "resume", "signup"}:
        raise Unreadable("unknown_preference", f"value {choice[:60]!r}")
    own = read_contact(item, at)
    keys = {"from": own.wa_id, "from_user_id": own.bsuid, "from_parent_user_id": own.parent_bsuid}
    person = read_person(keys, part.context, at)
    detail = item.get("detail")
    wording = detail if isinstance(detail, str) else ""
    return Preference(number, person, at, choice == "stop", wording)


def read_address_book(part: Part, number: str) -> AddressBookName | Notice:
    """A contact in the phone app was added or renamed; a removed one stays as it is here."""
    item = mapping(part.item, "state_sync")
    about = mapping(item.get("contact"), "contact")
    metadata = mapping(item.get("metadata"), "metadata")
    if item.get("action") == "remove" or item.get("type") != "contact":
        return read_notice(part)
    at = moment(metadata.get("timestamp"), "metadata.timestamp")
    person = found(read_contact(about | {"wa_id": about.get("phone_number")}, at))
    name = about.get("full_name") or about.get("first_name")
    return AddressBookName(number, person, at, string(name, "full_name").strip()[:200])


def read_notice(part: Part) -> Notice:
    """Everything else is kept for administrators, with what the apps below make of it."""
    value = part.item if not part.section else {**part.context, part.section: [part.item]}
    value = mapping(value, "value")
    if not part.field:
        raise Unreadable("wrong_type", "the change has no field")
    for name in LISTS if not part.section else ():
        if name in value and not isinstance(value[name], list):
            raise Unreadable("wrong_type", f"{name} is not a list")
    return Notice(
        field=part.field[:60],
        entry_id=part.frame.entry_id,
        value=value,
        at=_time_of(part, value),
        key_time=str(part.frame.time or ""),
        kind="errors" if value.get("errors") else "",
    )


def _time_of(part: Part, value: dict[str, Any]) -> datetime:
    for candidate in (part.frame.time, value.get("timestamp")):
        try:
            return moment(candidate)
        except Unreadable:
            continue
    return part.frame.received_at


def _digest(item: Any) -> str:
    text = orjson.dumps(item, option=orjson.OPT_SORT_KEYS)
    return f"sash.{hashlib.sha256(text).hexdigest()}"
