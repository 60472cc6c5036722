"""What the composer posts, read into messages for the gate, in the order in which they go."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, QueryDict

from core.media import StoredFile, delete_file
from core.uploads import RefusedFile, file_kind, store_recording, store_upload
from inbox.forms.interactive import read_interactive
from inbox.queries.unseen import Seen

MOST_FILES = 30
MOST_SEEN = 1000
RELOAD = "Reload the page, then send again."
WITHOUT_CAPTION = {"audio", "sticker"}


class Unreadable(Exception):
    """The form lacks something that only a broken page leaves out; `errors` by field."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        self.errors = errors
        super().__init__(str(errors))


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message, as `send_message` takes it."""

    client_uuid: uuid.UUID
    kind: str = "text"
    text: str = ""
    payload: dict[str, Any] = field(default_factory=dict)
    files: Sequence[StoredFile] = ()


def read_messages(request: HttpRequest) -> list[Outgoing]:
    """Every message of one post; files lie in the store from here on. Raises Unreadable."""
    client_uuid = read_uuid(request.POST)
    read = KINDS.get(request.POST.get("kind") or "text")
    if read is None:
        raise Unreadable({"kind": ["This kind of message cannot be sent."]})
    return read(request, client_uuid)


def read_uuid(data: QueryDict) -> uuid.UUID:
    """The number that the page gave its message. Raises Unreadable."""
    try:
        return uuid.UUID(data.get("client_uuid", ""))
    except ValueError:
        raise Unreadable({"client_uuid": [RELOAD]}) from None


def read_text(data: QueryDict, name: str = "text") -> str:
    """What somebody wrote, with its line breaks as WhatsApp has them."""
    text: str = data.get(name, "")
    return text.replace("\r\n", "\n").replace("\0", "").strip()


def read_seen(data: QueryDict) -> Seen | None:
    """What the page said it had shown; None where it says nothing. Raises Unreadable."""
    if not data.get("seen_since"):
        return None
    moments = [data.get("seen_since", ""), data.get("seen_at", "") or "0"]
    numbers, sent = [*moments, *_listed(data, "seen")], _listed(data, "sent")
    try:
        if len(numbers) + len(sent) > MOST_SEEN or any(len(number) > 18 for number in numbers):
            raise ValueError
        since, opened, *ids = map(int, numbers)
        at = datetime.fromtimestamp(opened, UTC)
        return Seen(since, at, frozenset(ids), frozenset(map(uuid.UUID, sent)))
    except (ValueError, OverflowError, OSError):
        raise Unreadable({"seen": [RELOAD]}) from None


def _listed(data: QueryDict, name: str) -> list[str]:
    return [part for part in data.get(name, "").split(",") if part]


def forget_files(messages: Sequence[Outgoing]) -> None:
    """Nothing was sent: the files go again."""
    for message in messages:
        for stored in message.files:
            delete_file(stored.name)


def _text_and_files(request: HttpRequest, client_uuid: uuid.UUID) -> list[Outgoing]:
    text = read_text(request.POST)
    uploads = request.FILES.getlist("file")
    if not uploads:
        return [Outgoing(client_uuid, text=text)]
    if len(uploads) > MOST_FILES:
        raise Unreadable({"file": [f"At most {MOST_FILES} files at once."]})
    messages: list[Outgoing] = []
    for index, upload in enumerate(uploads):
        try:
            stored = store_upload(upload)
        except RefusedFile as error:
            forget_files(messages)
            raise Unreadable({"file": [f"{upload.name}: {error}"]}) from error
        kind = file_kind(stored.mime_type)
        caption = text if index == 0 and kind not in WITHOUT_CAPTION else ""
        messages.append(
            Outgoing(_nth(client_uuid, index), kind=kind, text=caption, files=[stored])
        )
    if text and not messages[0].text:
        messages.append(Outgoing(_nth(client_uuid, len(messages)), text=text))
    return messages


def _nth(client_uuid: uuid.UUID, index: int) -> uuid.UUID:
    """The same post again gives the same numbers."""
    return client_uuid if index == 0 else uuid.uuid5(client_uuid, str(index))


def _voice(request: HttpRequest, client_uuid: uuid.UUID) -> list[Outgoing]:
    upload = request.FILES.get("file")
    if upload is None:
        raise Unreadable({"file": ["Nothing was recorded."]})
    try:
        stored = store_recording(upload)
    except RefusedFile as error:
        raise Unreadable({"file": [str(error)]}) from error
    return [Outgoing(client_uuid, kind="audio", files=[stored])]


def _location(request: HttpRequest, client_uuid: uuid.UUID) -> list[Outgoing]:
    names = ["latitude", "longitude", "name", "address"]
    place = {name: read_text(request.POST, f"location.{name}")[:1000] for name in names}
    payload = {"location": {name: value for name, value in place.items() if value}}
    return [Outgoing(client_uuid, kind="location", payload=payload)]


def _contact_card(request: HttpRequest, client_uuid: uuid.UUID) -> list[Outgoing]:
    def part(name: str) -> str:
        return read_text(request.POST, f"contacts.0.{name}")[:300]

    name = part("name")
    first, _, last = name.partition(" ")
    card: dict[str, Any] = {"name": {"formatted_name": name, "first_name": first or name}}
    if last:
        card["name"]["last_name"] = last
    if phone := part("phone"):
        card["phones"] = [{"phone": phone, "type": "CELL"}]
    if email := part("email"):
        card["emails"] = [{"email": email, "type": "WORK"}]
    if company := part("company"):
        card["org"] = {"company": company}
    if not (phone or email):
        raise Unreadable({"contacts.0.phone": ["A card needs a number or an e-mail address."]})
    return [Outgoing(client_uuid, kind="contacts", payload={"contacts": [card]})]


def _interactive(request: HttpRequest, client_uuid: uuid.UUID) -> list[Outgoing]:
    content = read_interactive(request.POST)
    return [Outgoing(client_uuid, kind="interactive", payload={"interactive": content})]


KINDS: dict[str, Callable[[HttpRequest, uuid.UUID], list[Outgoing]]] = {
    "text": _text_and_files,
    "voice": _voice,
    "location": _location,
    "contacts": _contact_card,
    "interactive": _interactive,
}
