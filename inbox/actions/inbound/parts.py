"""Cuts a delivery into its smallest parts, each of which is applied or quarantined by itself."""

import dataclasses
import json
import re
from collections.abc import Callable, Iterator
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
BESIDES = frozenset((*LISTS, "history", "standby"))
ESCAPED_NUL = b"\\u0000"


@dataclass(slots=True)
class Frame:
    """One change and where it stood, which all its parts share.

    value: as it came. context: what stands beside its items, cleaned. tidy: what cleans an item.
    """

    received_at: datetime
    delivery_id: int | None = None
    entry_id: str = ""
    time: Any = None
    field: str = ""
    value: Any = None
    context: dict[str, Any] = dataclasses.field(default_factory=dict)
    tidy: Callable[[Any], Any] = lambda item: item


@dataclass(slots=True)
class Part:
    """One item of one change.

    item: cleaned, from the list named `section`; without a section the change's whole value.
    origin: "", "standby" or "history", where the list lay; holder: what held it; context: what
    stands beside it. problem: why it cannot even be read.
    """

    frame: Frame
    item: Any = None
    section: str = ""
    origin: str = ""
    given: Any = None
    holder: dict[str, Any] = dataclasses.field(default_factory=dict)
    context: dict[str, Any] = dataclasses.field(default_factory=dict)
    problem: Unreadable | None = None
    raw: str = ""

    @property
    def field(self) -> str:
        return self.frame.field

    @property
    def delivery_id(self) -> int | None:
        return self.frame.delivery_id

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
        entry: dict[str, Any] = {"id": self.frame.entry_id}
        if self.frame.time is not None:
            entry["time"] = self.frame.time
        entry["changes"] = [{"field": self.field, "value": self._value()}]
        return _as_text({"object": OBJECT, "entry": [entry]})

    def _value(self) -> Any:
        """The change's value again, with this item alone."""
        value, alone = self.frame.value, {self.section: [self.given]}
        if not self.section:
            return value
        if self.origin == "standby":
            return {**value, "standby": alone}
        if self.origin == "history":
            rest = _without(value, "history")
            if self.section == "errors":
                return {**rest, "history": [self.given]}
            return {**rest, "history": [{"threads": [_without(self.holder, *LISTS) | alone]}]}
        return _without(value, *LISTS) | alone


def split_delivery(
    body: bytes, *, received_at: datetime, delivery_id: int | None = None
) -> Iterator[Part]:
    """Every part of a body, in its order; what cannot be read comes with its problem."""
    frame = Frame(received_at, delivery_id)
    try:
        content, is_plain = _parse(body)
        document = mapping(content, "the body")
        if document.get("object") != OBJECT:
            raise Unreadable("unknown_object", f"object is not {OBJECT}")
        entries = sequence(document.get("entry"), "entry")
    except Unreadable as error:
        raw = body.decode("utf-8", "backslashreplace").replace("\x00", "\\u0000")
        yield Part(frame, problem=error, raw=raw or "(nothing)")
        return
    if not is_plain:
        frame.tidy = clean
    for entry in entries:
        yield from _split_entry(entry, frame)


def _parse(body: bytes) -> tuple[Any, bool]:
    """The document, and whether it needs no cleaning, which most do not.

    Without the escape of U+0000 and without more brackets than may be nested there is nothing
    to replace or to refuse.
    """
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        return _read_leniently(body), False
    return content, ESCAPED_NUL not in body and body.count(b"{") + body.count(b"[") <= DEEPEST


def read_json(body: bytes) -> Any:
    """The document of a body. Raises Unreadable("unreadable_json" or "too_deep")."""
    return _parse(body)[0]


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


def _split_entry(entry: Any, whole: Frame) -> Iterator[Part]:
    try:
        entry = mapping(entry, "entry")
        entry_id = identifier(clean(entry.get("id")), "id")
        time = clean(entry.get("time"))
        changes = sequence(entry.get("changes"), "changes")
    except Unreadable as error:
        yield Part(whole, problem=error, raw=_as_text({"object": OBJECT, "entry": [entry]}))
        return
    for change in changes:
        yield from _split_change(change, replace(whole, entry_id=entry_id, time=time))


def _split_change(change: Any, frame: Frame) -> Iterator[Part]:
    field = change.get("field") if isinstance(change, dict) else None
    frame.field = _clean_text(field) if isinstance(field, str) else ""
    frame.value = change.get("value") if isinstance(change, dict) else change
    try:
        value = mapping(frame.value, "value")
        frame.context = frame.tidy(_without(value, *BESIDES))
        parts = [part for holder in _holders(value, frame) for part in _items(*holder)]
        yield from parts or [Part(frame, frame.tidy(value), context=frame.context)]
    except Unreadable as error:
        yield Part(frame, problem=error)


def _without(value: dict[str, Any], *names: str) -> dict[str, Any]:
    return {key: item for key, item in value.items() if key not in names}


Holder = tuple[dict[str, Any], Frame, str, dict[str, Any]]


def _holders(value: dict[str, Any], frame: Frame) -> Iterator[Holder]:
    """Whatever holds lists of items: (holder, frame, origin, context of its items)."""
    yield value, frame, "", frame.context
    if isinstance(standby := value.get("standby"), dict):
        yield standby, frame, "standby", frame.context
    if isinstance(value.get("history"), list):
        for chunk in value["history"]:
            yield from _threads(chunk, frame)


def _threads(chunk: Any, frame: Frame) -> Iterator[Holder]:
    threads = chunk.get("threads") if isinstance(chunk, dict) else None
    if not isinstance(threads, list):
        yield {"errors": [chunk]}, frame, "history", frame.context
        return
    for thread in threads:
        if isinstance(thread, dict):
            about = frame.tidy(_without(thread, "messages"))
            yield thread, frame, "history", frame.context | {"thread": about}
        else:
            yield {"messages": [thread]}, frame, "history", frame.context


def _items(
    holder: dict[str, Any], frame: Frame, origin: str, context: dict[str, Any]
) -> Iterator[Part]:
    sections = [*LISTS, "errors"] if origin == "history" else LISTS
    for section in sections:
        items = holder.get(section)
        for given in items if isinstance(items, list) else ():
            part = Part(frame, None, section, origin, given, holder, context)
            try:
                part.item = frame.tidy(given)
            except Unreadable as error:
                part.problem = error
            yield part
