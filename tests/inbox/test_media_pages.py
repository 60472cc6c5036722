"""Files of messages: for whom, which bytes, under which headers."""

from __future__ import annotations

import hashlib

import pytest
from django.test import Client

from core.media import store_chunks
from inbox.models import Attachment
from tests import cast

pytestmark = pytest.mark.django_db
CONTENT = bytes(range(256)) * 40


@pytest.fixture
def file(conversation):
    """file(mime_type, filename): a file that Diego sent."""

    def make(mime_type="image/jpeg", filename="photo.jpg", **fields):
        message = cast.inbound(conversation, "", kind="document")
        stored = store_chunks([CONTENT], limit=len(CONTENT))
        return Attachment.objects.create(
            **{
                "message": message,
                "kind": "document",
                "mime_type": mime_type,
                "filename": filename,
                "size": stored.size,
                "sha256": stored.sha256,
                "stored_name": stored.name,
                "state": "ready",
            }
            | fields
        )

    return make


@pytest.fixture
def browser(ana):
    client = Client()
    client.force_login(ana)
    return client


def body(answer):
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_a_picture_is_shown_and_locked_in(browser, file):
    answer = browser.get(f"/media/{file().pk}/")
    assert body(answer) == CONTENT
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Disposition"].startswith("inline")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == (
        "default-src 'none'; frame-ancestors 'none'; sandbox"
    )
    assert answer["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize(
    "mime_type",
    ["text/html", "image/svg+xml", "application/pdf", "text/xml", "application/javascript", ""],
)
def test_whatever_could_be_a_page_is_saved_as_bytes(browser, file, mime_type):
    answer = browser.get(f"/media/{file(mime_type, 'x.html').pk}/")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    "name", ['a"\r\nSet-Cookie: x=1', "../../etc/passwd", "\u202efdp.exe", "", "é" * 300]
)
def test_no_file_name_breaks_out_of_its_header(browser, file, name):
    answer = browser.get(f"/media/{file(filename=name[:300]).pk}/")
    assert answer.status_code == 200
    assert "\n" not in answer["Content-Disposition"]
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("wanted", "start", "end"),
    [
        ("bytes=0-99", 0, 99),
        ("bytes=100-", 100, 10239),
        ("bytes=-10", 10230, 10239),
        ("bytes=10000-99999", 10000, 10239),
    ],
)
def test_a_player_may_ask_for_a_part(browser, file, wanted, start, end):
    answer = browser.get(f"/media/{file('audio/ogg').pk}/", HTTP_RANGE=wanted)
    assert answer.status_code == 206
    assert answer["Content-Range"] == f"bytes {start}-{end}/10240"
    assert body(answer) == CONTENT[start : end + 1]
    assert answer["Content-Length"] == str(end - start + 1)


@pytest.mark.parametrize("wanted", ["bytes=10240-", "bytes=-0", "bytes=9-3"])
def test_a_part_that_is_not_there_is_refused(browser, file, wanted):
    answer = browser.get(f"/media/{file('audio/ogg').pk}/", HTTP_RANGE=wanted)
    assert answer.status_code == 416
    assert answer["Content-Range"] == "bytes */10240"


@pytest.mark.parametrize("wanted", ["bytes=0-1,5-9", "lines=1-2", "bytes=-", "bytes=a-b"])
def test_what_is_no_range_gets_the_whole(browser, file, wanted):
    answer = browser.get(f"/media/{file('audio/ogg').pk}/", HTTP_RANGE=wanted)
    assert (answer.status_code, body(answer)) == (200, CONTENT)


def test_what_the_browser_has_is_not_sent_again(browser, file):
    tag = f'"{hashlib.sha256(CONTENT).hexdigest()}"'
    row = file()
    assert browser.get(f"/media/{row.pk}/")["ETag"] == tag
    answer = browser.get(f"/media/{row.pk}/", HTTP_IF_NONE_MATCH=tag)
    assert (answer.status_code, answer.content) == (304, b"")


def test_cleo_and_strangers_get_nothing(file, cleo):
    row = file()
    client = Client()
    assert client.get(f"/media/{row.pk}/").status_code == 302
    client.force_login(cleo)
    assert client.get(f"/media/{row.pk}/").status_code == 404
    assert client.get(f"/media/{row.pk}/", HTTP_IF_NONE_MATCH=f'"{row.sha256}"').status_code == 404


def test_losing_access_takes_effect_at_once(browser, file, ana, support):
    row = file()
    assert browser.get(f"/media/{row.pk}/").status_code == 200
    ana.memberships.all().delete()
    assert browser.get(f"/media/{row.pk}/").status_code == 404


@pytest.mark.parametrize("state", ["pending", "failed"])
def test_a_file_that_is_not_here_is_404(browser, file, state):
    assert browser.get(f"/media/{file(state=state, stored_name='').pk}/").status_code == 404


def test_a_file_of_a_deleted_message_is_gone(browser, file):
    row = file()
    row.message.revoked_at = cast.AT
    row.message.save()
    assert browser.get(f"/media/{row.pk}/").status_code == 404
