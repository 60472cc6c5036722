"""Every kind of message that we send is one that the platform takes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from PIL import Image

from accounts.models import User, Waba
from core.media import StoredFile, store_chunks
from inbox.actions.messages import react, send_message
from inbox.models import Conversation, Identity, Message, OutboxEntry
from templates_app.models import MessageTemplate
from templates_app.rendering import unsupported, variables
from templates_app.sync import sync_templates
from tests import cast
from tests.inbox.sending.processes import Platform, run_platform, running_sender

pytestmark = pytest.mark.django_db(transaction=True)
MARINA = "5511955500111"
NUMBER = cast.PHONE_NUMBER_ID


@pytest.fixture(scope="module")
def simulator() -> Iterator[Platform]:
    with run_platform() as platform:
        yield platform


@pytest.fixture
def talk(
    simulator: Platform, conversation: Conversation, ana: User, now: datetime
) -> Conversation:
    """Marina wrote on the platform, and to us."""
    simulator.ask("POST", "/_sim/reset", {})
    wrote = {"number": NUMBER, "type": "text", "text": {"body": "Hello"}}
    written = simulator.ask("POST", "/_sim/customers/marina/messages", wrote)
    Identity.objects.update(key=MARINA, value=MARINA)
    conversation.assignee = ana
    conversation.save()
    cast.inbound(conversation, provider_id=written["id"], at=now - timedelta(seconds=5))
    return conversation


def picture(form: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(out, form)
    return out.getvalue()


def stored(content: bytes, mime_type: str, **fields: Any) -> StoredFile:
    return replace(store_chunks([content], limit=10**7), mime_type=mime_type, **fields)


def interactive(kind: str, action: dict[str, Any]) -> dict[str, Any]:
    return {"interactive": {"type": kind, "body": {"text": "Which one?"}, "action": action}}


def test_each_kind_arrives(
    talk: Conversation, ana: User, simulator: Platform, now: datetime
) -> None:
    asked = talk.messages.get()
    buttons = [{"type": "reply", "reply": {"id": "y", "title": "Yes"}}]
    rows = [{"title": "All", "rows": [{"id": "1", "title": "One", "description": "The first"}]}]
    place = {"latitude": 1.5, "longitude": 2, "name": "X"}
    invoice = stored(b"%PDF-1.4\n", "application/pdf", filename="ä.pdf")
    choose = {"button": "Open", "sections": rows}
    link = {"display_text": "Open", "url": "https://example.com"}
    wanted: list[dict[str, Any]] = [
        {"text": "See https://example.com", "quoted": asked},
        {"kind": "image", "text": "caption", "files": [stored(picture("JPEG"), "image/jpeg")]},
        {"kind": "sticker", "files": [stored(picture("WEBP"), "image/webp")]},
        {"kind": "document", "files": [invoice]},
        {"kind": "audio", "files": [stored(b"OggS" + b"\0" * 60, "audio/ogg", is_voice=True)]},
        {"kind": "video", "files": [stored(b"\0\0\0\x18ftypmp42" + b"\0" * 60, "video/mp4")]},
        {"kind": "location", "payload": {"location": place}},
        {"kind": "contacts", "payload": {"contacts": [
            {"name": {"formatted_name": "Jo Doe", "first_name": "Jo"},
             "phones": [{"phone": "+15551234567", "type": "WORK"}]}]}},
        {"kind": "interactive", "payload": interactive("button", {"buttons": buttons})},
        {"kind": "interactive", "payload": interactive("list", choose)},
        {"kind": "interactive", "payload": interactive(
            "cta_url", {"name": "cta_url", "parameters": link})},
        {"kind": "interactive", "payload": interactive(
            "location_request_message", {"name": "send_location"})},
    ]  # fmt: skip
    for fields in wanted:
        send_message(conversation=talk, author=ana, at=now, **fields)
    react(message=asked, user=ana, emoji="👍", at=now)

    with running_sender(simulator.url) as process:
        simulator.apply_webhooks(
            until=lambda: not OutboxEntry.objects.exists() or process.poll() is not None
        )

    rows_sent = Message.objects.filter(direction="out").order_by("pk")
    failed = [(row.kind, row.error_code, row.error_detail) for row in rows_sent if row.error_code]
    assert failed == []
    assert {row.status for row in rows_sent} <= {"accepted", "sent", "delivered", "read"}
    assert len(simulator.sent()) == len(wanted) + 1


def test_each_template_that_we_offer_arrives(
    talk: Conversation, ana: User, waba: Waba, simulator: Platform, now: datetime, settings: Any
) -> None:
    settings.WHATSAPP_GRAPH_URL = simulator.url
    cast.consent(talk.contact, "marketing")
    sync_templates(waba, now)
    sent = 0
    for template in MessageTemplate.objects.filter(status="APPROVED"):
        if unsupported(template):
            continue
        values: dict[str, Any] = {}
        files: list[StoredFile] = []
        for variable in variables(template):
            if variable.key == "header.media":
                kinds = {"image": (picture("PNG"), "image/png"),
                         "video": (b"\0\0\0\x18ftypmp42" + b"\0" * 60, "video/mp4"),
                         "document": (b"%PDF-1.4\n", "application/pdf")}  # fmt: skip
                files = [stored(*kinds[variable.kind])]
            elif variable.kind == "location":
                values[variable.key] = {"latitude": "1", "longitude": "2", "name": "X",
                                        "address": "High St 1"}  # fmt: skip
            elif variable.kind == "time":
                values[variable.key] = (now + timedelta(days=1)).isoformat()
            else:
                values[variable.key] = "A1"
        send_message(
            conversation=talk, author=ana, template=template, template_values=values, files=files,
            at=now,
        )  # fmt: skip
        sent += 1
    assert sent > 3

    with running_sender(simulator.url) as process:
        simulator.apply_webhooks(
            until=lambda: not OutboxEntry.objects.exists() or process.poll() is not None
        )

    rows = Message.objects.filter(direction="out")
    failed = [(row.template, row.error_code, row.error_detail) for row in rows if row.error_code]
    assert failed == []
    assert len(simulator.sent()) == sent
