"""The only place for who the customers are, and which spellings of a number are one person."""

from __future__ import annotations

import secrets
from typing import Any

from .clock import DAY
from .store import Doc, Store

DEFAULTS: Doc = {
    "name": "",
    "wa_id": "",
    "user_id": "",
    "parent_user_id": "",
    "username": "",
    "hide_phone": False,
    "on_whatsapp": True,
    "online": True,
    "auto_read": True,
    "read_receipts": True,
    "clock_offset_s": 0,
    "blocked_by": [],
    "last_message_at": {},  # number -> unix seconds: what they wrote before this platform began
}
LATEST = 10**11
MOST_OFFSET = 366 * DAY
COUNTRIES = {
    "1": "US", "7": "RU", "27": "ZA", "34": "ES", "44": "GB", "49": "DE", "52": "MX", "54": "AR",
    "55": "BR", "81": "JP", "91": "IN", "234": "NG", "966": "SA", "971": "AE", "972": "IL",
}  # fmt: skip


class CustomerError(Exception):
    """A customer cannot be made or changed as asked."""


def digits(text: str) -> str:
    return "".join(char for char in text if "0" <= char <= "9")


def number_key(number: str) -> str:
    """One key for every spelling: Brazil's ninth digit, Mexico's 1, Argentina's 9 and 15."""
    number = digits(number)
    if number.startswith("55") and len(number) == 13 and number[4] == "9":
        return number[:4] + number[5:]
    if number.startswith("521") and len(number) == 13:
        return "52" + number[3:]
    if number.startswith("549") and len(number) == 13:
        return "54" + number[3:]
    return number


def own_spelling(number: str) -> str:
    """The WhatsApp id that Meta gives to a number: rewritten for Brazil, Mexico, Argentina."""
    number = digits(number)
    if number.startswith("52") and len(number) == 12:
        return "521" + number[2:]
    if number.startswith("54") and len(number) == 12:
        return "549" + number[2:]
    if number.startswith("55") and len(number) == 13 and int(number[2:4] or 0) > 30:
        return number_key(number)
    return number


def user_id_for(wa_id: str) -> str:
    """A business-scoped user id, `<country>.<digits>`."""
    country = next((COUNTRIES[wa_id[:n]] for n in (3, 2, 1) if wa_id[:n] in COUNTRIES), "US")
    return f"{country}.{secrets.randbelow(10**17) + 10**17}"


def create_customer(store: Store, values: dict[str, Any]) -> Doc:
    """`values`: name, phone and any key of DEFAULTS. Raises CustomerError."""
    values = dict(values)
    phone = str(values.pop("phone", "") or "")
    key = str(values.pop("id", "") or f"c{secrets.token_hex(5)}")
    doc = {**DEFAULTS, **_known(values), "id": key}
    doc["wa_id"] = digits(doc["wa_id"]) or own_spelling(phone)
    doc["user_id"] = doc["user_id"] or user_id_for(doc["wa_id"])
    return _save(store, doc)


def change_customer(store: Store, key: str, values: dict[str, Any]) -> Doc:
    doc = store.get("customers", key)
    if doc is None:
        raise CustomerError(f"There is no customer {key!r}.")
    values = dict(values)
    if phone := values.pop("phone", ""):
        values["wa_id"] = own_spelling(str(phone))
    values.pop("id", None)
    doc.update(_known(values))
    return _save(store, doc)


def delete_customer(store: Store, key: str) -> None:
    store.run("DELETE FROM aliases WHERE customer = ?", key)
    store.delete("customers", key)


def find_by_number(store: Store, number: str) -> Doc | None:
    key = number_key(number)
    return _find(store, f"number {key}") if key else None


def find_by_user_id(store: Store, user_id: str) -> Doc | None:
    return _find(store, f"user {user_id}") if user_id else None


def _find(store: Store, alias: str) -> Doc | None:
    row = store.one("SELECT customer FROM aliases WHERE alias = ?", alias)
    return store.get("customers", row["customer"]) if row else None


def _save(store: Store, doc: Doc) -> Doc:
    _check(store, doc)
    store.run("DELETE FROM aliases WHERE customer = ?", doc["id"])
    names = [f"user {doc[key]}" for key in ("user_id", "parent_user_id") if doc[key]]
    if doc["wa_id"]:
        names.append(f"number {number_key(doc['wa_id'])}")
    for name in names:
        store.run("INSERT OR REPLACE INTO aliases VALUES (?, ?)", name, doc["id"])
    return store.put("customers", doc["id"], doc)


def _known(values: dict[str, Any]) -> Doc:
    if unknown := values.keys() - DEFAULTS.keys():
        raise CustomerError(f"A customer has no {', '.join(sorted(unknown))}.")
    for name, value in values.items():
        kind = type(DEFAULTS[name])
        if type(value) is not kind and not (kind is int and type(value) is float):
            raise CustomerError(f"{name} has a value of the wrong kind.")
    return values


def _check(store: Store, doc: Doc) -> None:
    if not doc["wa_id"] and not doc["hide_phone"]:
        raise CustomerError("A customer needs a phone number, or a username that hides it.")
    if not abs(doc["clock_offset_s"]) <= MOST_OFFSET:
        raise CustomerError("A customer's clock differs by at most a year.")
    for at in doc.get("last_message_at", {}).values():
        if type(at) not in (int, float) or not 0 < at < LATEST:
            raise CustomerError("last_message_at is unix seconds for each number.")
    if doc["wa_id"] and not 7 <= len(doc["wa_id"]) <= 15:
        raise CustomerError("A phone number has 7 to 15 digits, with its country code.")
    other = find_by_number(store, doc["wa_id"])
    if other and other["id"] != doc["id"]:
        raise CustomerError(f"{other['name']} has this number already.")
