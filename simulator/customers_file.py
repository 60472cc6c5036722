"""The only place for an installation's own customers: read from a file, put beside the cast."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from .customers import (
    CustomerError,
    change_customer,
    create_customer,
    find_by_number,
    find_by_user_id,
    number_key,
)
from .store import Doc, Store


def read_customers(path: str) -> list[Doc]:
    """The list in the file, none without a path. Raises CustomerError."""
    if not path:
        return []
    try:
        wanted = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise CustomerError(f"{path} cannot be read: {problem}") from problem
    if not isinstance(wanted, list) or not all(isinstance(one, dict) for one in wanted):
        raise CustomerError(f"{path} is not a list of customers.")
    return wanted


def plant_customers(store: Store, wanted: Iterable[Doc]) -> None:
    """Put each in once. Raises CustomerError.

    Whoever is there already stays as they are, and who was removed stays away. Only when they
    last wrote is taken each time: the business may have been set up anew since.
    """
    for values in wanted:
        name, known = _name(values), _find(store, values)
        if known is None and store.get("planted", name) is None:
            create_customer(store, values)
        elif known is not None and "last_message_at" in values:
            told = {"last_message_at": values["last_message_at"]}
            change_customer(store, known["id"], told)
        store.put("planted", name, {})


def _name(values: Doc) -> str:
    """What stays the same from one start to the next."""
    others = (values.get(key) for key in ("user_id", "username"))
    return str(next(filter(None, (values.get("id"), number_key(_phone(values)), *others)), ""))


def _phone(values: Doc) -> str:
    return str(values.get("phone") or values.get("wa_id") or "")


def _find(store: Store, values: Doc) -> Doc | None:
    return (
        store.get("customers", str(values.get("id", "")))
        or find_by_number(store, _phone(values))
        or find_by_user_id(store, str(values.get("user_id", "")))
    )
