"""The only place that puts a message into the one line that lists show of it."""

from inbox.models import Message

LENGTH = 160
Kind = Message.Kind
WORDS = {
    Kind.IMAGE: "Photo",
    Kind.AUDIO: "Audio",
    Kind.VIDEO: "Video",
    Kind.DOCUMENT: "Document",
    Kind.STICKER: "Sticker",
    Kind.LOCATION: "Location",
    Kind.CONTACTS: "Contact",
    Kind.INTERACTIVE: "Interactive message",
    Kind.BUTTON: "Button",
    Kind.ORDER: "Order",
    Kind.TEMPLATE: "Template",
    Kind.UNSUPPORTED: "A message that cannot be shown",
}
# What the customer tapped or wrote says it all; before a caption or a name stands what it is.
SPEAKS_FOR_ITSELF = {Kind.TEXT, Kind.INTERACTIVE, Kind.BUTTON, Kind.TEMPLATE, Kind.SYSTEM}
REVOKED = "This message was deleted"


def preview_text(
    kind: str, text: str = "", *, is_voice: bool = False, filename: str = "", revoked: bool = False
) -> str:
    """At most 160 characters on one line, such as "Photo: The broken box"."""
    if revoked:
        return REVOKED
    if kind == Kind.UNSUPPORTED:
        return WORDS[Kind.UNSUPPORTED]
    line = " ".join((text or filename).split())
    if kind in SPEAKS_FOR_ITSELF and line:
        return line[:LENGTH]
    word = "Voice message" if is_voice else WORDS.get(Kind(kind), "Message")
    return (f"{word}: {line}" if line else word)[:LENGTH]


def preview_of(message: Message) -> str:
    """The line of a stored message; asks for its file where the kind alone does not say enough."""
    file = None
    if message.kind in {Kind.AUDIO, Kind.DOCUMENT}:
        file = message.attachments.order_by("pk").first()
    return preview_text(
        message.kind,
        message.text,
        is_voice=file is not None and file.is_voice,
        filename=file.filename if file else "",
        revoked=message.revoked_at is not None,
    )


def preview_author(message: Message) -> str:
    """Who of us said it; nobody for the customer, whose name stands above the line anyway."""
    return "" if message.direction == Message.Direction.IN else message.author_name[:80]
