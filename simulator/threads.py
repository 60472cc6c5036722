"""The only place that reads and writes messages of a conversation, and shows them to pages."""

from __future__ import annotations

import base64
import json
import secrets
from typing import Any

from .store import Doc, Store

RANKS = {"accepted": 0, "sent": 1, "delivered": 2, "read": 3, "played": 4, "failed": 9}


def new_wamid(number: str, *, inbound: bool) -> str:
    """A message id that looks like Meta's: opaque, but base64 with the number inside."""
    tail = secrets.token_hex(10 if inbound else 9).upper().encode()
    lead = b"\x15\x02\x00\x12\x18\x14" if inbound else b"\x15\x02\x00\x11\x18\x12"
    name = number.encode()[:20]
    raw = b"\x1c\x18" + bytes([len(name)]) + name + lead + tail + b"\x00"
    return "wamid." + base64.b64encode(raw).decode()


def add_message(store: Store, message: Doc) -> Doc:
    """Keys: id, customer, number, direction in|out|echo, at, kind, status, body, extra."""
    values = {
        **message,
        "body": json.dumps(message["body"]),
        "extra": json.dumps(message["extra"]),
    }
    sql = f"INSERT INTO messages ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})"  # noqa: S608
    message["seq"] = store.run(sql, *values.values())
    return message


def get_message(store: Store, wamid: str) -> Doc | None:
    row = store.one("SELECT * FROM messages WHERE id = ?", wamid)
    return _opened(row) if row else None


def set_status(store: Store, message: Doc, status: str) -> None:
    message["status"] = status
    store.run("UPDATE messages SET status = ? WHERE id = ?", status, message["id"])


def set_extra(store: Store, message: Doc, **values: Any) -> None:
    """Set some keys; what others have set since the message was read stays."""
    row = store.one("SELECT extra FROM messages WHERE id = ?", message["id"])
    message["extra"] = {**(json.loads(row["extra"]) if row else {}), **values}
    store.run(
        "UPDATE messages SET extra = ? WHERE id = ?", json.dumps(message["extra"]), message["id"]
    )


def thread(store: Store, customer: str, number: str, limit: int = 300) -> list[Doc]:
    rows = store.all(
        "SELECT * FROM messages WHERE customer = ? AND number = ? ORDER BY seq DESC LIMIT ?",
        *(customer, number, limit),
    )
    return [_opened(row) for row in reversed(rows)]


def last_written(store: Store, customer: Doc, number: str) -> float | None:
    """When the customer last opened the window: a message or call, by the moved clock.

    Those from before this platform began count as well, where the customer tells of them.
    """
    row = store.one(
        "SELECT MAX(at) AS at FROM messages WHERE customer = ? AND number = ? AND direction = 'in'"
        " AND kind NOT IN ('reaction', 'system', 'edit', 'revoke')",
        *(customer["id"], number),
    )
    times = [row["at"] if row else None, customer.get("last_message_at", {}).get(number)]
    return max((at for at in times if at is not None), default=None)


def waiting(store: Store, customer: str | None, *statuses: str) -> list[Doc]:
    """Sent messages in one of the statuses, of one customer or of all, oldest first."""
    marks = ", ".join("?" * len(statuses))
    rows = store.all(
        f"SELECT * FROM messages WHERE direction = 'out' AND status IN ({marks})"  # noqa: S608
        " AND (? IS NULL OR customer = ?) ORDER BY seq",
        *(*statuses, customer, customer),
    )
    return [_opened(row) for row in rows]


def shown(message: Doc) -> Doc:
    """What a page needs to draw the message."""
    extra = message["extra"]
    names = ("drawn", "reactions", "edited", "revoked", "errors", "quote", "seen")
    view = {name: message[name] for name in ("id", "seq", "customer", "number", "direction")}
    view.update(at=message["at"], kind=message["kind"], status=message["status"])
    return {**view, **{name: extra[name] for name in names if extra.get(name)}}


def _opened(row: Doc) -> Doc:
    return {**row, "body": json.loads(row["body"]), "extra": json.loads(row["extra"])}
