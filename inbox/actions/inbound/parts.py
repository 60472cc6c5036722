"""Cuts a delivery into its smallest parts, each of which is applied or quarantined by itself."""

import dataclasses
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NoReturn

import orjson

from inbox.actions.inbound.shapes import Unreadable, identifier, mapping, sequence

OBJECT = "whatsapp_business_account"
DEEPEST = 64
# PostgreSQL's text refuses both; they are shown instead of dropped.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
LISTS = (
    "messages",
    "statuses",
    "message_echoes",
    "calls",
    "user_preferences",
    "user_id_update",
    "state_sync",
    "groups",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One item of one change, with the change's own context.

    item: cleaned, from the list named `section`; without a section the change's whole value.
    origin: "", "standby" or "history", where the list lay. context: what stands beside it.
    value: as it came, but with this item alone, so that content() is a delivery of its own.
    problem: why it cannot even be read.
    """

    field: str = ""
    section: str = ""
    origin: str = ""
    item: Any = None
    context: dict[str, Any] = dataclasses.field(default_factory=dict)
    value: Any = None
    entry_id: str = ""
    time: Any = None
    received_at: datetime
    delivery_id: int | None = None
    problem: Unreadable | None = None
    raw: str = ""

    def number(self) -> str:
        """The phone number id that it was sent to. Raises Unreadable("unknown_number")."""
        metadata = mapping(self.context.get("metadata"), "metadata")
        number = identifier(metadata.get("phone_number_id"), "phone_number_id")
        if not number:
            raise Unreadable("unknown_number", "no phone number id is given")
        return number

    def content(self) -> str:
        """What the quarantine keeps: a whole webhook with this part alone, as ASCII text."""
        if self.raw:
            return self.raw
        entry: dict[str, Any] = {"id": self.entry_id}
        if self.time is not None:
            entry["time"] = self.time
        entry["changes"] = [{"field": self.field, "value": self.value}]
        return _as_text({"object": OBJECT, "entry": [entry]})


def split_delivery(
    body: bytes, *, received_at: datetime, delivery_id: int | None = None
) -> Iterator[Part]:
    """Every part of a body, in its order; what cannot be read comes with its problem."""
    whole = Part(received_at=received_at, delivery_id=delivery_id)
    try:
        document = mapping(read_json(body), "the body")
        if document.get("object") != OBJECT:
            raise Unreadable("unknown_object", f"object is not {OBJECT}")
        entries = sequence(document.get("entry"), "entry")
    except Unreadable as error:
        raw = body.decode("utf-8", "backslashreplace").replace("\x00", "\\u0000")
        yield replace(whole, problem=error, raw=raw or "(nothing)")
        return
    for entry in entries:
        yield from _split_entry(entry, whole)


def read_json(body: bytes) -> Any:
    """The document of a body. Raises Unreadable("unreadable_json" or "too_deep")."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return _read_leniently(body)


def _read_leniently(body: bytes) -> Any:
    """Lone surrogates and broken UTF-8 are valid enough to be shown."""
    try:
        return json.loads(body.decode("utf-8", "replace"), parse_constant=_refuse)
    except RecursionError:
        raise Unreadable("too_deep", "nested too deeply") from None
    except ValueError as error:
        raise Unreadable("unreadable_json", str(error)[:300]) from None


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")


def clean(value: Any, depth: int = 0) -> Any:
    """The value with every U+0000 and lone surrogate replaced by a visible sign."""
    if depth > DEEPEST:
        raise Unreadable("too_deep", f"nested more than {DEEPEST} times")
    if isinstance(value, str):
        return _clean_text(value)
    if isinstance(value, list):
        return [clean(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {_clean_text(key): clean(item, depth + 1) for key, item in value.items()}
    return value


def _clean_text(text: str) -> str:
    if not UNSTORABLE.search(text):
        return text
    return UNSTORABLE.sub(lambda match: "\u2400" if match[0] == "\x00" else "\ufffd", text)


def _as_text(document: Any) -> str:
    try:
        return json.dumps(document)
    except RecursionError:
        return "(nested too deeply to be kept by itself; see the delivery)"


def _split_entry(entry: Any, whole: Part) -> Iterator[Part]:
    try:
        entry = mapping(entry, "entry")
        entry_id = identifier(clean(entry.get("id")), "id")
        base = replace(whole, entry_id=entry_id, time=clean(entry.get("time")))
        changes = sequence(entry.get("changes"), "changes")
    except Unreadable as error:
        yield replace(whole, problem=error, raw=_as_text({"object": OBJECT, "entry": [entry]}))
        return
    for change in changes:
        yield from _split_change(change, base)


def _split_change(change: Any, base: Part) -> Iterator[Part]:
    field = change.get("field") if isinstance(change, dict) else None
    raw = change.get("value") if isinstance(change, dict) else change
    part = replace(base, field=_clean_text(field) if isinstance(field, str) else "", value=raw)
    try:
        value = mapping(raw, "value")
        context = clean(_without(value, *LISTS, "history", "standby"))
        holders = list(_holders(value, replace(part, context=context)))
        parts = [item for holder in holders for item in _items(*holder)]
        yield from parts or [replace(part, item=clean(value), context=context)]
    except Unreadable as error:
        yield replace(part, problem=error)


def _without(value: dict[str, Any], *names: str) -> dict[str, Any]:
    return {key: item for key, item in value.items() if key not in names}


def _holders(value: dict[str, Any], part: Part) -> Iterator[tuple[dict[str, Any], Part]]:
    """Whatever holds lists of items, with the part that each of them becomes.

    The part's value has an empty object where the item will be put; see _items.
    """
    yield value, replace(part, value=_without(value, *LISTS))
    if isinstance(standby := value.get("standby"), dict):
        yield standby, replace(part, origin="standby", value=_without(value, "standby"))
    if isinstance(value.get("history"), list):
        for chunk in value["history"]:
            yield from _threads(chunk, replace(part, origin="history"))


def _threads(chunk: Any, part: Part) -> Iterator[tuple[dict[str, Any], Part]]:
    threads = chunk.get("threads") if isinstance(chunk, dict) else None
    if not isinstance(threads, list):
        yield {"errors": [chunk]}, part
        return
    for thread in threads:
        if isinstance(thread, dict):
            about = clean(_without(thread, "messages"))
            yield thread, replace(part, context=part.context | {"thread": about})
        else:
            yield {"messages": [thread]}, part


def _items(holder: dict[str, Any], part: Part) -> Iterator[Part]:
    sections = [*LISTS, "errors"] if part.origin == "history" else LISTS
    for section in sections:
        items = holder.get(section)
        for item in items if isinstance(items, list) else []:
            whole = replace(part, section=section, value=_value(part, section, item, holder))
            try:
                yield replace(whole, item=clean(item))
            except Unreadable as error:
                yield replace(whole, problem=error)


def _value(part: Part, section: str, item: Any, holder: dict[str, Any]) -> dict[str, Any]:
    """The change's value again, with this item alone."""
    if part.origin == "standby":
        return {**part.value, "standby": {section: [item]}}
    if part.origin == "history":
        rest = _without(part.value, "history")
        if section == "errors":
            return {**rest, "history": [item]}
        thread = {**_without(holder, *LISTS), section: [item]}
        return {**rest, "history": [{"threads": [thread]}]}
    return {**part.value, section: [item]}
