"""Messages with a file: uploaded first, then named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from core.media import StoredFile, store_chunks
from inbox.failures import Own
from inbox.models import (
    Attachment,
    Conversation,
    Message,
)
from tests.inbox.sending.graph import Graph, refuse, send_until
from tests.inbox.sending.watching import attempts_of, has_status

pytestmark = pytest.mark.django_db(transaction=True)
Say = Callable[..., Message]


def stored(content: bytes, mime_type: str, **fields: Any) -> StoredFile:
    from dataclasses import replace

    return replace(store_chunks([content], limit=10**6), mime_type=mime_type, **fields)


def test_a_file_is_uploaded_once_and_then_named(
    say: Say, graph: Graph, talk: Conversation
) -> None:
    file = stored(b"%PDF-1.4 invoice", "application/pdf", filename="in voice.pdf")
    graph.replies = [refuse(4)]
    message = say("Your invoice", kind="document", files=[file])

    send_until(has_status(message, "accepted"), graph)

    assert graph.uploads == [
        {
            "type": "application/pdf",
            "filename": f"file-{Attachment.objects.get().pk}.pdf",
            "content_type": "application/pdf",
            "content": b"%PDF-1.4 invoice",
        }
    ]
    document = {"id": "media-1", "caption": "Your invoice", "filename": "in voice.pdf"}
    assert [call["document"] for call in graph.calls] == [document, document]
    attachment = Attachment.objects.get()
    assert attachment.provider_media_id == "media-1"
    assert attachment.provider_media_expires_at is not None
    assert attachment.provider_media_expires_at > timezone.now() + timedelta(days=28)


def test_a_recording_goes_out_as_a_voice_note(say: Say, graph: Graph) -> None:
    file = stored(b"OggS....", "audio/ogg; codecs=opus", is_voice=True)
    message = say("", kind="audio", files=[file])

    send_until(has_status(message, "accepted"), graph)

    assert graph.calls[0]["audio"] == {"id": "media-1", "voice": True}


def test_a_picture_stands_above_the_buttons(say: Say, graph: Graph) -> None:
    content = {
        "type": "button",
        "header": {"type": "image"},
        "body": {"text": "This one?"},
        "action": {"buttons": [{"type": "reply", "reply": {"id": "y", "title": "Yes"}}]},
    }
    picture = stored(b"picture", "image/png")
    message = say("", kind="interactive", payload={"interactive": content}, files=[picture])

    send_until(has_status(message, "accepted"), graph)

    header = {"type": "image", "image": {"id": "media-1"}}
    assert graph.calls[0]["interactive"] == content | {"header": header}


def test_a_file_that_meta_refuses_fails_the_message(say: Say, graph: Graph) -> None:
    graph.upload_replies = [refuse(131053, details="Unsupported")]
    message = say("", kind="image", files=[stored(b"not a picture", "image/png")])

    send_until(has_status(message, "failed"), graph)

    message.refresh_from_db()
    assert message.error_code == 131053
    assert graph.calls == []
    assert attempts_of(message) == [(1, "refused", 131053)]


def test_an_upload_without_an_answer_is_simply_done_again(say: Say, graph: Graph) -> None:
    graph.upload_replies = [refuse(131000, http=500)]
    message = say("", kind="image", files=[stored(b"picture", "image/png")])

    send_until(has_status(message, "accepted"), graph)

    assert len(graph.uploads) == 2
    assert len(graph.calls) == 1


def test_a_lost_file_fails_in_words(say: Say, graph: Graph) -> None:
    message = say("", kind="image", files=[stored(b"picture", "image/png")])
    Attachment.objects.update(stored_name="0" * 32)

    send_until(has_status(message, "failed"), graph)

    message.refresh_from_db()
    assert message.error_code == Own.FILE_MISSING
