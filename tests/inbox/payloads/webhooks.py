"""Webhooks as Meta sends them, built from the cast: envelopes, messages, statuses and so on.

Shapes: Meta, "Webhooks reference". Values are our own.
"""

from __future__ import annotations

import hashlib
import hmac
import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from tests.cast import APP_SECRET, AT, PHONE_NUMBER_ID, WABA_ID

DIEGO, MARINA = "34612345678", "351912345678"
US = "551155500101"
counter = itertools.count(1)


def stamp(at: datetime) -> str:
    return str(int(at.timestamp()))


def seconds(number: float) -> datetime:
    """So many seconds after the tests' instant."""
    return AT + timedelta(seconds=number)


def envelope(
    *values: dict[str, Any], field: str = "messages", entry_id: str = WABA_ID, time: Any = None
) -> dict[str, Any]:
    """A delivery with one change a value."""
    entry: dict[str, Any] = {
        "id": entry_id,
        "changes": [{"field": field, "value": value} for value in values],
    }
    if time is not None:
        entry["time"] = time
    return {"object": "whatsapp_business_account", "entry": [entry]}


def metadata(number: str = PHONE_NUMBER_ID) -> dict[str, Any]:
    return {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": US, "phone_number_id": number},
    }


def contact(wa_id: str = DIEGO, name: str = "Diego Fernández", **more: Any) -> dict[str, Any]:
    profile = {"name": name}
    if "username" in more:
        profile["username"] = more.pop("username")
    return {"profile": profile, **({"wa_id": wa_id} if wa_id else {}), **more}


def message(kind: str = "text", *, sender: str = DIEGO, at: datetime = AT, **content: Any) -> Any:
    """A message item; text="…" is short for a text."""
    item = {"id": f"wamid.{next(counter):06d}", "timestamp": stamp(at), "type": kind}
    if sender:
        item["from"] = sender
    if isinstance(content.get("text"), str):
        content["text"] = {"body": content["text"]}
    return item | content


def incoming(*items: Any, people: list[Any] | None = None, **more: Any) -> dict[str, Any]:
    """The value of a `messages` change with these messages."""
    people = [contact()] if people is None else people
    return metadata() | ({"contacts": people} if people else {}) | {"messages": [*items]} | more


def status(name: str, wamid: str, *, at: datetime = AT, **more: Any) -> dict[str, Any]:
    return {"id": wamid, "status": name, "timestamp": stamp(at), "recipient_id": DIEGO} | more


def told(*statuses: Any, **more: Any) -> dict[str, Any]:
    """The value of a `messages` change with these statuses."""
    return metadata() | {"statuses": [*statuses]} | more


def body_of(document: Any) -> bytes:
    return orjson.dumps(document)


def sign(body: bytes, secret: str = APP_SECRET) -> bytes:
    return b"sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest().encode()


def moment(text: str) -> datetime:
    return datetime.fromtimestamp(int(text), UTC)
