"""Tells the simulator of the demo's customers, so that their phones take what Sash sends them.

The only place that knows the file of `--customers` (docs/simulator.md).
"""

import json
from pathlib import Path
from typing import Any

from inbox.identities import wa_id_key
from inbox.models import Identity, SessionWindow
from inbox.window import LENGTH


def write_phones(file: Path, customers: dict[str, dict[str, Any]]) -> None:
    """customers: key -> values as in contacts.json. What the file held is replaced."""
    phones = [phone_of(key, values) for key, values in customers.items()]
    file.write_text(json.dumps(phones, ensure_ascii=False, indent=1), encoding="utf-8")


def phone_of(key: str, values: dict[str, Any]) -> dict[str, Any]:
    """One customer with every address of theirs, and when they last wrote to each number."""
    username, wa_id = values.get("username", ""), values.get("wa_id", "")
    addresses = {
        "phone": f"+{wa_id}" if wa_id else "",
        "user_id": values.get("bsuid", ""),
        "username": f"@{username}" if username else "",
    }
    return {
        "id": key,
        "name": values["profile_name"] or username,
        **{name: value for name, value in addresses.items() if value},
        "hide_phone": not wa_id,
        "last_message_at": last_messages(values),
    }


def last_messages(values: dict[str, Any]) -> dict[str, float]:
    """Number -> unix seconds, such that the simulator closes each window when Sash does."""
    if wa_id := values.get("wa_id"):
        address = {"kind": Identity.Kind.WA_ID, "key": wa_id_key(wa_id)}
    else:
        address = {"kind": Identity.Kind.BSUID, "key": values["bsuid"]}
    rows = SessionWindow.objects.filter(
        contact__identities__in=Identity.objects.filter(**address), channel__number__isnull=False
    ).values_list("channel__number__phone_number_id", "closes_at")
    return {number: (closes_at - LENGTH).timestamp() for number, closes_at in rows}
