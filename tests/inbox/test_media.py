"""Customers' files: fetched from Meta, verified, typed by their bytes, tried again, given up."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from aiohttp import web
from django.db import connections
from django.utils import timezone

from core.inspection import real_type
from core.media import path_of
from inbox.actions import media
from inbox.actions.media import claim_attachments, fetch_attachment
from inbox.models import Attachment
from tests.cast import ACCESS_TOKEN, AT, png


class Graph:
    """Meta's two answers to one media id, on this machine; each can be replaced."""

    def __init__(self) -> None:
        self.content = png()
        self.lookup: dict = {}
        self.status = 200
        self.redirect = ""
        self.downloads = 0
        self.seen: list[str] = []
        self.origin = ""

    async def look_up(self, request: web.Request) -> web.Response:
        self.seen.append(request.headers["Authorization"])
        if self.status != 200:
            error = {"code": 100, "message": "Unsupported get request."}
            return web.json_response({"error": error}, status=self.status)
        url = {
            "url": f"{self.origin}/download/1",
            "sha256": hashlib.sha256(self.content).hexdigest(),
        }
        return web.json_response(url | self.lookup)

    async def download(self, request: web.Request) -> web.StreamResponse:
        self.downloads += 1
        self.seen.append(request.headers["Authorization"])
        if self.redirect:
            return web.Response(status=302, headers={"Location": self.redirect})
        response = web.StreamResponse()  # without a length
        await response.prepare(request)
        await response.write(self.content)
        return response


@pytest.fixture
def graph(settings) -> Iterator[Graph]:
    """Runs in a thread of its own, since the code under test starts its own event loops."""
    graph, ready, loop = Graph(), threading.Event(), asyncio.new_event_loop()

    async def serve() -> None:
        app = web.Application()
        app.router.add_get("/{version}/{media}", graph.look_up)
        app.router.add_get("/x/y/z/download", graph.download)
        app.router.add_get("/download/{n}", graph.download)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        graph.origin = f"http://127.0.0.1:{port}"
        ready.set()

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(serve())
        loop.run_forever()

    thread = threading.Thread(target=run)
    thread.start()
    assert ready.wait(10)
    settings.WHATSAPP_GRAPH_URL = graph.origin
    yield graph
    loop.call_soon_threadsafe(loop.stop)
    thread.join()


@pytest.fixture
def picture(conversation, inbound):
    message = inbound(conversation, "", kind="image")
    return Attachment.objects.create(
        message=message, kind="image", mime_type="image/png", provider_media_id="77"
    )


def fetch(row: Attachment) -> Attachment:
    fetched = fetch_attachment(attachment_id=row.pk, at=AT)
    assert fetched is not None
    row.refresh_from_db()
    return row


def test_a_file_is_fetched_verified_measured_and_shown(
    graph, picture, published, django_capture_on_commit_callbacks
):
    picture.sha256 = hashlib.sha256(graph.content).hexdigest()
    picture.save()
    with django_capture_on_commit_callbacks(execute=True):
        fetch(picture)
    assert (picture.state, picture.mime_type, picture.error) == ("ready", "image/png", "")
    assert (picture.width, picture.height, picture.size) == (30, 20, len(graph.content))
    path = path_of(picture.stored_name)
    assert path.read_bytes() == graph.content
    assert path.suffix == ""
    assert set(graph.seen) == {f"Bearer {ACCESS_TOKEN}"}
    assert [event["messages"] for event in published] == [[picture.message_id]]


def test_a_file_that_is_not_the_announced_one_is_not_kept(graph, picture, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    picture.sha256 = "0" * 64
    picture.save()
    fetch(picture)
    assert (picture.state, picture.attempts) == ("pending", 1)
    assert "announced" in picture.error
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_the_digest_of_the_lookup_is_used_where_the_webhook_had_none(graph, picture):
    graph.lookup = {"sha256": base64.b64encode(b"x" * 32).decode()}
    fetch(picture)
    assert picture.state == "pending"
    assert "announced" in picture.error


def test_it_is_tried_again_later_each_time_and_then_given_up(graph, picture, monkeypatch):
    graph.status = 500
    waits = []
    for number in range(1, media.TRIES + 1):
        fetch(picture)
        assert picture.attempts == number
        waits.append(picture.next_attempt_at - AT)
    assert waits[0] < timedelta(seconds=7)
    assert max(waits) <= timedelta(seconds=media.LONGEST_WAIT)
    assert sum(waits, timedelta()) > timedelta(hours=1)
    assert (picture.state, picture.lease_until) == ("failed", None)
    assert fetch_attachment(attachment_id=picture.pk, at=AT) is None


def test_an_id_that_meta_does_not_know_is_given_up_at_once(graph, picture):
    graph.status = 400
    fetch(picture)
    assert (picture.state, picture.error) == ("failed", "Unsupported get request.")


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.test/file",
        "http://169.254.169.254/latest/meta-data/",
        "http://127.0.0.1:1/file",
        "file:///etc/passwd",
        7,
    ],
)
def test_an_address_elsewhere_is_never_asked(graph, picture, url):
    graph.lookup = {"url": url}
    fetch(picture)
    assert (picture.state == "failed") == isinstance(url, str)
    assert graph.downloads == 0


@pytest.mark.parametrize("target", ["https://evil.test/x", "http://169.254.169.254/", "//evil/"])
def test_a_redirect_off_the_list_is_not_followed(graph, picture, target):
    graph.redirect = target
    fetch(picture)
    assert (picture.state, graph.downloads) == ("failed", 1)


def test_redirects_in_a_circle_end(graph, picture):
    graph.redirect = "/download/1"
    fetch(picture)
    assert (picture.state, picture.error) == ("failed", "too many redirects")


def test_a_file_that_is_too_large_is_given_up_while_it_comes(
    graph, picture, monkeypatch, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(media, "LARGEST", 1000)
    graph.content = b"x" * 5000
    fetch(picture)
    assert picture.state == "failed"
    assert "1000 bytes" in picture.error
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize("media_id", ["", "../debug_token", "1?access_token=x", "a/b", "a" * 300])
def test_an_id_that_is_no_id_makes_no_address(graph, picture, media_id):
    Attachment.objects.filter(pk=picture.pk).update(provider_media_id=media_id[:200])
    fetch(picture)
    assert (picture.state == "failed") == (len(media_id) < 200)
    assert graph.downloads == (len(media_id) > 200)


def test_a_web_page_that_says_it_is_a_picture_is_not_one(graph, picture):
    graph.content = b"<!doctype html><html><script>alert(1)</script></html>"
    fetch(picture)
    assert (picture.state, picture.mime_type) == ("ready", "text/html")
    assert picture.width is None


def test_a_picture_that_would_fill_the_memory_is_not_opened(graph, picture):
    graph.content = png().replace(
        b"\x00\x00\x00\x1e\x00\x00\x00\x14", b"\x7f\xff\xff\xff\x7f\xff\xff\xff"
    )
    fetch(picture)
    assert (picture.state, picture.width) == ("ready", None)


def test_a_file_is_held_by_one_worker_until_its_lease_is_over(picture):
    Attachment.objects.update(next_attempt_at=AT)
    assert claim_attachments(10) == [picture.pk]
    assert claim_attachments(10) == []
    Attachment.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert claim_attachments(10) == [picture.pk]
    Attachment.objects.update(
        lease_until=None, next_attempt_at=timezone.now() + timedelta(minutes=1)
    )
    assert claim_attachments(10) == []


@pytest.mark.django_db(transaction=True)
def test_the_sweep_fetches_whatever_is_due(graph, picture):
    from inbox.tasks import sweep_media

    Attachment.objects.create(
        message=picture.message, kind="image", mime_type="image/png", provider_media_id="78"
    )
    sweep_media()
    assert set(Attachment.objects.values_list("state", flat=True)) == {"ready"}


@pytest.mark.django_db(transaction=True)
def test_one_sweep_at_a_time_so_that_slow_files_do_not_take_up_every_worker(graph, picture):
    from inbox.tasks.media import alone, sweep_media

    def sweep_elsewhere() -> None:
        try:
            sweep_media()
        finally:
            connections.close_all()

    with alone() as is_alone:
        assert is_alone
        other = threading.Thread(target=sweep_elsewhere)
        other.start()
        other.join(10)
        assert graph.downloads == 0
    sweep_media()
    assert graph.downloads == 1


def test_a_file_that_breaks_what_looks_at_it_is_given_up_in_the_end(graph, picture, monkeypatch):
    monkeypatch.setattr(media, "inspect_file", lambda stored, declared: 1 / 0)
    for _ in range(media.TRIES):
        fetch(picture)
    assert (picture.state, picture.attempts) == ("failed", media.TRIES)


def test_a_late_failure_undoes_no_file_that_is_there(graph, picture):
    row = Attachment.objects.select_related("message").get()
    fetch(picture)
    media._settle_failure(row, media.NotFetched("late", is_final=True), AT)
    picture.refresh_from_db()
    assert (picture.state, picture.error) == ("ready", "")


@pytest.mark.parametrize(
    ("head", "declared", "real"),
    [
        (png(), "image/png", "image/png"),
        (png(), "image/jpeg", "image/png"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/png", "image/svg+xml"),
        (b"nothing that anybody knows", "image/png", "application/octet-stream"),
        (b"hello there", "text/plain", "text/plain"),
        (b"OggS\0\x02" + b"\0" * 22 + b"OpusHead", "audio/ogg; codecs=opus", "audio/ogg"),
        (b"#!AMR\n\x3c", "audio/amr", "audio/amr"),
        (b"%PDF-1.7\n", "application/pdf", "application/pdf"),
        (b"", "", "application/octet-stream"),
    ],
)
def test_the_first_bytes_decide_what_a_file_is(head, declared, real):
    assert real_type(head, declared) == real
