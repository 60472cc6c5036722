"""The demo's customers and the photo that they send."""

import io
from typing import Any

from PIL import Image, ImageDraw

from accounts.models import Channel
from core.media import store_chunks
from inbox.identities import username_key, wa_id_key
from inbox.models import Attachment, Consent, Contact, Identity, Message


def introduce(values: dict[str, Any]) -> Contact:
    """A customer with every address that WhatsApp would tell of them."""
    ids = {key: values.pop(key, "") for key in ("wa_id", "bsuid", "username")}
    has_agreed = values.pop("has_agreed", True)
    contact = Contact.objects.create(**values)
    Consent.objects.create(
        contact=contact,
        transport=Channel.Transport.WHATSAPP,
        purpose=Consent.Purpose.MARKETING,
        is_granted=has_agreed,
        source=Consent.Source.IMPORT,
        wording="“Tell me about offers” in the order form",
        at=contact.created_at,
        recorded_at=contact.created_at,
    )
    number = wa_id_key(ids["wa_id"])
    for kind, key, value in (
        (Identity.Kind.BSUID, ids["bsuid"], ids["bsuid"]),
        (Identity.Kind.WA_ID, number, ids["wa_id"]),
        (Identity.Kind.PHONE, number, number),
        (Identity.Kind.USERNAME, username_key(ids["username"]), ids["username"]),
    ):
        if key:
            Identity.objects.create(contact=contact, kind=kind, key=key, value=value)
    return contact


def add_photo(message: Message) -> None:
    """A plant in its pot, as the photo of a message."""
    picture = Image.new("RGB", (640, 480), "#dfe7e2")
    pen = ImageDraw.Draw(picture)
    for x, top in ((230, 150), (290, 90), (350, 130), (400, 190)):
        pen.ellipse((x - 40, top, x + 40, 350), fill="#4f8a5b", outline="#3b6b46", width=4)
    pen.polygon([(200, 320), (440, 320), (410, 450), (230, 450)], fill="#b5603c")
    content = io.BytesIO()
    picture.save(content, "PNG")
    stored = store_chunks([content.getvalue()], limit=10**6)
    Attachment.objects.create(
        message=message,
        kind=Message.Kind.IMAGE,
        mime_type="image/png",
        filename="photo.png",
        size=stored.size,
        sha256=stored.sha256,
        stored_name=stored.name,
        state=Attachment.State.READY,
        width=640,
        height=480,
    )
