"""Transcripts as files: any script, nothing that a spreadsheet runs, nothing fetched."""

import csv
import io
import json
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from accounts.models import User
from core.models import AuditEvent
from inbox.actions.archives import open_transcript
from inbox.actions.notes import write_note
from inbox.exports import ExportedFile, export_transcript
from inbox.exports.fonts import drawable
from inbox.exports.pdf import write_pdf
from inbox.exports.tables import DANGEROUS, safe_cell
from inbox.models import Attachment, Contact, Conversation, Message
from inbox.queries.access import NotPermitted

pytestmark = pytest.mark.django_db
HOSTILE = [
    '=HYPERLINK("http://evil")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\tx",
    "\rx",
    " =1",
    "＝1",
    '"; =cmd',
]


def exported(conversation: Conversation, user: User, form: str, at: datetime) -> ExportedFile:
    transcript = open_transcript(conversation=conversation, by=user, purpose=form, at=at)
    return export_transcript(transcript, form)


def rows_of(file: ExportedFile) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"), newline="")))


def pdf_text(file: ExportedFile) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(file.content)).pages)


def test_json_is_the_transcript(
    conversation: Conversation, ana: User, at: datetime, inbound: Any
) -> None:
    inbound(conversation, "Olá 👋")
    file = exported(conversation, ana, "json", at)
    transcript = json.loads(file.content)
    assert transcript["messages"][0]["text"] == "Olá 👋"
    assert file.name == f"conversation-{conversation.pk}.json"
    audit = AuditEvent.objects.get(kind="conversation.exported")
    assert (audit.actor, audit.data) == (ana, {"format": "json"})


def test_csv_has_a_line_for_each_message_note_and_event_in_order(
    conversation: Conversation, ana: User, at: datetime, inbound: Any, outbound: Any
) -> None:
    question = inbound(conversation, "Two\nlines", at=at.replace(minute=1))
    Attachment.objects.create(message=question, kind="image", filename="a.jpg", sha256="ab" * 32)
    outbound(
        conversation,
        "Answer",
        ana,
        at=at.replace(minute=3),
        status=Message.Status.FAILED,
        error_code=131026,
        error_detail="Undeliverable",
    )
    write_note(conversation=conversation, author=ana, text="Hm", at=at.replace(minute=2))
    rows = rows_of(exported(conversation, ana, "csv", at))
    assert [row["text"] for row in rows] == ["Two\nlines\n[a.jpg]", "Hm", "Answer"]
    assert rows[0]["sha256"] == "ab" * 32
    assert (rows[2]["status"], rows[2]["error"]) == ("failed", "131026 Undeliverable")


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_is_a_formula(
    text: str, conversation: Conversation, diego: Contact, ana: User, at: datetime, inbound: Any
) -> None:
    Contact.objects.update(name=text)
    conversation.refresh_from_db()
    message = inbound(conversation, text)
    Attachment.objects.create(message=message, kind="document", filename=text[:300])
    for row in rows_of(exported(conversation, ana, "csv", at)):
        for cell in row.values():
            assert not cell.lstrip(" ").startswith(DANGEROUS), cell


def test_a_phone_number_stays_a_phone_number() -> None:
    assert safe_cell("+4917012345678") == "+4917012345678"
    assert safe_cell("+49170+1") == "'+49170+1"
    assert safe_cell("Hello") == "Hello"


@given(st.text())
@settings(max_examples=300, deadline=None)
def test_whatever_is_written_the_cell_is_text_and_nothing_is_lost(text: str) -> None:
    cell = safe_cell(text)
    assert cell.removeprefix("'").endswith(text.replace("\0", "").removeprefix("'"))
    is_phone = cell[:1] == "+" and cell[1:].isdecimal()
    assert is_phone or not cell.startswith(DANGEROUS)


SCRIPTS = {
    "latin": "Größe, São Paulo, Tiếng Việt",
    "cyrillic": "Здравствуйте",
    "arabic": "مرحبا، أين طلبي رقم 860198؟",
    "hebrew": "שלום",
    "japanese": "ご注文はいつ届きますか",
    "korean": "안녕하세요",
    "hindi": "नमस्ते, मेरा ऑर्डर",
    "thai": "สวัสดีครับ",
    "emoji": "👍🏽 👨‍👩‍👧 🇧🇷 ❤️",
}


@pytest.mark.parametrize("script", SCRIPTS)
def test_pdf_draws_every_script(
    script: str, conversation: Conversation, ana: User, at: datetime, inbound: Any, caplog: Any
) -> None:
    inbound(conversation, SCRIPTS[script])
    file = exported(conversation, ana, "pdf", at)
    assert file.content.startswith(b"%PDF-")
    assert "missing" not in caplog.text, "each letter has a font"
    assert "[" not in drawable(SCRIPTS[script])
    if script in {"latin", "cyrillic", "japanese", "korean"}:
        assert SCRIPTS[script] in pdf_text(file)


def test_pdf_holds_head_messages_notes_events_and_failures(
    conversation: Conversation, ana: User, at: datetime, inbound: Any, outbound: Any
) -> None:
    inbound(conversation, "Where is it?")
    outbound(
        conversation,
        "On its way",
        ana,
        status=Message.Status.FAILED,
        error_code=131047,
        error_detail="Window closed",
    )
    write_note(conversation=conversation, author=ana, text="He is cross", at=at)
    text = pdf_text(exported(conversation, ana, "pdf", at))
    for part in (
        "Diego Fernández",
        "34612345678",
        "Where is it?",
        "On its way",
        "Not delivered: 131047 Window closed",
        "He is cross",
        "private note",
        "2026-03-02 10:00:00 UTC",
    ):
        assert part in text, part


def test_what_no_font_draws_is_written_by_its_name() -> None:
    assert drawable("a 🫠 b") == "a [melting face] b"
    assert drawable("\U000f0000") == "[u+f0000]"


def test_a_customer_cannot_turn_our_writing_around() -> None:
    assert drawable("\u202eevil\u2066\x07") == "evil"


@given(st.text(max_size=80))
@settings(max_examples=30, deadline=None)
def test_pdf_never_fails_on_a_text(text: str) -> None:
    row = {"at": "2026-03-02T10:00:00", "direction": "in", "author": text, "text": text}
    row |= {"author_kind": "customer", "status": "received", "kind": "text", "revoked_at": None}
    content = write_pdf(
        {
            "written_at": row["at"],
            "conversation": {"id": 1, "channel": text, "number": "", "team": text}
            | {"opened_at": None, "closed_at": None, "close_reason": text},
            "contact": {"id": 1, "name": text, "profile_name": "", "identities": []},
            "participants": [{"name": text}],
            "messages": [{**row, "payload": {}, "attachments": []}],
            "events": [],
        }
    )
    assert content.startswith(b"%PDF-")


def test_an_outsider_exports_nothing(
    conversation: Conversation,
    cleo: User,
    at: datetime,
) -> None:
    with pytest.raises(NotPermitted):
        exported(conversation, cleo, "csv", at)
    assert not AuditEvent.objects.exists()
