"""Webhooks as Meta posts them, as bytes; shapes: Meta, "Webhooks reference"."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Iterable
from typing import Any

from faults.cast import ACCOUNT

Item = dict[str, Any]


def text(wamid: str, sender: str, words: str, *, at: float | None = None) -> Item:
    """A customer's text message."""
    return {
        "from": sender,
        "id": wamid,
        "timestamp": str(int(time.time() if at is None else at)),
        "type": "text",
        "text": {"body": words},
    }


def status(wamid: str, name: str, recipient: str, *, at: float | None = None) -> Item:
    """What became of a message of ours."""
    stamp = str(int(time.time() if at is None else at))
    return {"id": wamid, "status": name, "timestamp": stamp, "recipient_id": recipient}


def change(number: str, *, field: str = "messages", **parts: Any) -> Item:
    """One change of a number: messages=[…], statuses=[…], message_echoes=[…]."""
    metadata = {"display_phone_number": "4930555001", "phone_number_id": number}
    value = {"messaging_product": "whatsapp", "metadata": metadata, **parts}
    return {"field": field, "value": value}


def incoming(number: str, *messages: Item) -> Item:
    """Customers' messages with their senders' names."""
    senders = sorted({message["from"] for message in messages})
    people = [{"profile": {"name": f"Customer {wa_id}"}, "wa_id": wa_id} for wa_id in senders]
    return change(number, contacts=people, messages=list(messages))


def echo(number: str, to: str, wamid: str, words: str) -> Item:
    """The business answered in its phone app."""
    item = text(wamid, number, words) | {"to": to}
    return change(number, field="smb_message_echoes", message_echoes=[item])


def envelope(*changes: Item) -> bytes:
    """The body of one POST."""
    entry = {"id": ACCOUNT, "changes": list(changes)}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


def sign(body: bytes, secret: str) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def wamids(prefix: str, numbers: Iterable[int]) -> list[str]:
    return [f"wamid.{prefix}{number:08}" for number in numbers]
