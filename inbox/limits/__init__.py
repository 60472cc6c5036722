"""Every limit of an outgoing message as Meta states it: pure, for the gate and beside the fields.

Meta, "Send messages" (one page a kind) and "Media". Lengths are in characters, sizes in bytes.
An error is told by the field it belongs to: "text", "file", "interactive.buttons.0.title".
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from core.files import MIME_TYPES, plain_type, size_of, size_text
from inbox.limits import numbers
from inbox.limits.fields import Errors, add_error, check_length, require, with_article
from inbox.limits.interactive import check_interactive


class File(Protocol):
    """What is asked of a file; `core.media.StoredFile` fits."""

    @property
    def mime_type(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def is_voice(self) -> bool: ...
    @property
    def is_animated(self) -> bool: ...


def check_message(
    kind: str, text: str, payload: Mapping[str, Any], files: Sequence[File] = ()
) -> Errors:
    """What is wrong with a message, by field; empty when it may be sent.

    payload is keyed by kind and in Meta's shape: {"interactive": {…}}, {"location": {…}},
    {"contacts": […]}. A template's values are checked in templates_app.rendering instead.
    """
    errors: Errors = {}
    if kind in MIME_TYPES:
        _check_media(kind, text, files, errors)
    elif check := CHECKS.get(kind):
        check(text, payload, errors)
    else:
        add_error(errors, "kind", "This kind of message cannot be sent.")
    if files and kind == "interactive":
        _check_header_file(payload, files, errors)
    elif files and kind not in {*MIME_TYPES, "template"}:
        add_error(errors, "file", "A file cannot go with this kind of message.")
    return errors


def for_page() -> dict[str, Any]:
    """The numbers that counters and file pickers of the page need, as JSON values."""
    kinds = {
        kind: {"types": list(types), "size": size_of(kind)} for kind, types in MIME_TYPES.items()
    }
    lengths = {name.lower(): getattr(numbers, name) for name in COUNTED}
    return {"media": kinds} | lengths


def _check_media(kind: str, text: str, files: Sequence[File], errors: Errors) -> None:
    if kind in {"audio", "sticker"}:
        if text:
            add_error(
                errors, "text", f"{with_article(kind)} has no caption. Send the text by itself."
            )
    else:
        check_length(errors, "text", text, numbers.CAPTION)
    if len(files) != 1:
        add_error(errors, "file", "Choose a file." if not files else "One file a message.")
        return
    check_file(kind, files[0], errors)


def _check_header_file(payload: Mapping[str, Any], files: Sequence[File], errors: Errors) -> None:
    """A picture, film or document above an interactive message, whose header names its kind."""
    content = payload.get("interactive")
    header = content.get("header") if isinstance(content, dict) else None
    kind = header.get("type") if isinstance(header, dict) else None
    if kind not in ("image", "video", "document") or len(files) > 1:
        add_error(errors, "file", "A file cannot go with this message.")
        return
    check_file(kind, files[0], errors)


def check_file(kind: str, file: File, errors: Errors) -> None:
    """Type and size of one file that is sent as `kind`."""
    plain = plain_type(file.mime_type)
    if plain not in MIME_TYPES[kind]:
        add_error(errors, "file", f"WhatsApp does not take {plain or 'this file'} as {kind}.")
    elif file.is_voice and plain != "audio/ogg":
        add_error(errors, "file", "A voice note is Opus in an Ogg file.")
    limit = size_of(kind, is_animated=file.is_animated)
    if file.size > limit:
        add_error(
            errors,
            "file",
            f"{with_article(kind)} may have {size_text(limit)}; this has {size_text(file.size)}.",
        )
    if not file.size:
        add_error(errors, "file", "The file is empty.")


def _check_text(text: str, payload: Mapping[str, Any], errors: Errors) -> None:
    require(errors, "text", text, numbers.TEXT)


def _check_location(text: str, payload: Mapping[str, Any], errors: Errors) -> None:
    place = payload.get("location")
    place = place if isinstance(place, dict) else {}
    for name, most in (("latitude", 90), ("longitude", 180)):
        try:
            fits = abs(float(place.get(name, "nan"))) <= most
        except (TypeError, ValueError):
            fits = False
        if not fits:
            add_error(errors, f"location.{name}", f"A number from -{most} to {most}.")


def _check_contacts(text: str, payload: Mapping[str, Any], errors: Errors) -> None:
    cards = payload.get("contacts")
    if not isinstance(cards, list) or not cards:
        add_error(errors, "contacts", "Choose a contact.")
        return
    if len(cards) > numbers.CONTACTS:
        add_error(errors, "contacts", f"At most {numbers.CONTACTS} contacts a message.")
    for index, card in enumerate(cards[: numbers.CONTACTS]):
        name = card.get("name") if isinstance(card, dict) else None
        if not (isinstance(name, dict) and name.get("formatted_name")):
            add_error(errors, f"contacts.{index}.name", "A contact needs a name.")


def _check_reaction(text: str, payload: Mapping[str, Any], errors: Errors) -> None:
    reaction = payload.get("reaction")
    emoji = reaction.get("emoji") if isinstance(reaction, dict) else None
    # The longest emoji in use (families, flags) have about a dozen code points.
    if not isinstance(emoji, str) or len(emoji) > 20 or (emoji.isascii() and emoji != ""):
        add_error(errors, "reaction", "Choose one emoji.")


Check = Callable[[str, Mapping[str, Any], Errors], None]
CHECKS: dict[str, Check] = {
    "text": _check_text,
    "location": _check_location,
    "contacts": _check_contacts,
    "reaction": _check_reaction,
    "interactive": check_interactive,
    "template": lambda text, payload, errors: None,
}
COUNTED = [
    "TEXT",
    "CAPTION",
    "INTERACTIVE_BODY",
    "LIST_BODY",
    "HEADER",
    "FOOTER",
    "BUTTONS",
    "BUTTON_TITLE",
    "LIST_BUTTON",
    "SECTIONS",
    "ROWS",
    "SECTION_TITLE",
    "ROW_TITLE",
    "ROW_DESCRIPTION",
    "LINK_TEXT",
    "LINK_URL",
    "CONTACTS",
]
