"""What a message says, once every limit holds: kind, searchable text, payload, file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from core.media import StoredFile
from inbox.actions.gate import InvalidMessage
from inbox.limits import check_file, check_message
from inbox.limits.fields import Errors
from inbox.models import Message
from templates_app.contents import MEDIA, clean, header_format
from templates_app.models import MessageTemplate
from templates_app.rendering import check_values, render

Kind = Message.Kind


@dataclass(frozen=True, slots=True)
class Content:
    """file_kind: as what the file is sent, where there is one."""

    kind: Message.Kind
    text: str = ""
    payload: dict[str, Any] = field(default_factory=dict)
    template: MessageTemplate | None = None
    file: StoredFile | None = None
    file_kind: str = ""


def plain_content(
    kind: str, text: str, payload: Mapping[str, Any], files: Sequence[StoredFile]
) -> Content:
    """Anything but a template. Raises InvalidMessage."""
    text = storable(text).strip()
    kept = storable({kind: payload[kind]} if kind in payload else {})
    if errors := check_message(kind, text, kept, files):
        raise InvalidMessage(errors)
    file = files[0] if files else None
    file_kind = kept["interactive"]["header"]["type"] if file and kind == "interactive" else kind
    words = text or _words(kind, kept)
    return Content(Kind(kind), words, kept, file=file, file_kind=file_kind)


def template_content(
    template: MessageTemplate, values: Mapping[str, Any], files: Sequence[StoredFile]
) -> Content:
    """A template with its values, rendered as the customer will read it. Raises InvalidMessage.

    payload["template"]: name, language, category, values, and header, body, footer, buttons as
    in templates_app.rendering.RenderedTemplate.
    """
    given = clean(storable(dict(values)))
    errors = check_values(template, given, has_file=bool(files))
    kind = MEDIA.get(header_format(template), "")
    if files:
        _check_header_file(kind, files, errors)
    if errors:
        raise InvalidMessage(errors)
    rendered = render(template, given)
    about = {"name": template.name, "language": template.language, "category": template.category}
    payload = {"template": about | {"values": given} | asdict(rendered)}
    file = files[0] if files else None
    return Content(Kind.TEMPLATE, rendered.body, payload, template, file, kind)


def _check_header_file(kind: str, files: Sequence[StoredFile], errors: Errors) -> None:
    if not kind or len(files) > 1:
        errors.setdefault("header.media", []).append("This template takes no such file.")
        return
    found: Errors = {}
    check_file(kind, files[0], found)
    if found:
        errors.setdefault("header.media", []).extend(found["file"])


def storable(value: Any) -> Any:
    """Without U+0000 and halves of surrogate pairs, which PostgreSQL refuses."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "ignore").decode()
    if isinstance(value, dict):
        return {storable(key): storable(item) for key, item in value.items()}
    return [storable(item) for item in value] if isinstance(value, list) else value


def _words(kind: str, payload: Mapping[str, Any]) -> str:
    """What a message without text is found by."""
    content = payload.get(kind)
    if kind == Kind.INTERACTIVE:
        return str(payload["interactive"]["body"]["text"])
    if kind == Kind.LOCATION and isinstance(content, dict):
        return ", ".join(str(content[key]) for key in ("name", "address") if content.get(key))
    if kind == Kind.CONTACTS and isinstance(content, list):
        return ", ".join(str(card["name"]["formatted_name"]) for card in content)
    return ""
