"""Each limit that Meta states, at it and one beyond it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.files import kind_of_file
from core.media import StoredFile
from inbox.limits import check_message, for_page

MB = 1024 * 1024


def file(mime_type: str, size: int = 10, **fields: Any) -> StoredFile:
    return StoredFile(name="0" * 32, size=size, sha256="", mime_type=mime_type, **fields)


def interactive(kind: str, action: dict[str, Any], **parts: Any) -> dict[str, Any]:
    return {"interactive": {"type": kind, "body": {"text": "Choose"}, "action": action} | parts}


def buttons(*titles: str) -> dict[str, Any]:
    rows = [{"type": "reply", "reply": {"id": f"b{i}", "title": t}} for i, t in enumerate(titles)]
    return {"buttons": rows}


def rows(count: int, **fields: Any) -> list[dict[str, Any]]:
    return [{"id": f"r{i}", "title": f"Row {i}"} | fields for i in range(count)]


def sections(*counts: int) -> dict[str, Any]:
    found, start = [], 0
    for index, count in enumerate(counts):
        mine = [{"id": f"r{start + i}", "title": "Row"} for i in range(count)]
        found.append({"title": f"Section {index}", "rows": mine})
        start += count
    return {"button": "Open", "sections": found}


def link(text: str = "Open", url: str = "https://example.com") -> dict[str, Any]:
    return {"name": "cta_url", "parameters": {"display_text": text, "url": url}}


FITS: list[tuple[str, str, dict[str, Any], list[StoredFile]]] = [
    ("text", "x" * 4096, {}, []),
    ("image", "x" * 1024, {}, [file("image/jpeg", 5 * MB)]),
    ("video", "", {}, [file("video/mp4", 16 * MB)]),
    ("document", "", {}, [file("application/pdf", 100 * MB)]),
    ("audio", "", {}, [file("audio/ogg; codecs=opus", 16 * MB, is_voice=True)]),
    ("sticker", "", {}, [file("image/webp", 100 * 1024)]),
    ("sticker", "", {}, [file("image/webp", 500 * 1024, is_animated=True)]),
    ("location", "", {"location": {"latitude": "-90", "longitude": 180}}, []),
    ("contacts", "", {"contacts": [{"name": {"formatted_name": "Jo"}}] * 257}, []),
    ("reaction", "", {"reaction": {"emoji": "👍🏽"}}, []),
    ("reaction", "", {"reaction": {"emoji": ""}}, []),
    ("interactive", "", interactive("button", buttons("x" * 20, "b", "c")), []),
    (
        "interactive",
        "",
        interactive("button", buttons("a"), header={"type": "image"}),
        [file("image/png")],
    ),
    ("interactive", "", interactive("list", sections(10)), []),
    ("interactive", "", interactive("list", sections(*[1] * 10)), []),
    ("interactive", "", interactive("list", sections(1), body={"text": "x" * 4096}), []),
    ("interactive", "", interactive("cta_url", link("x" * 20)), []),
    ("interactive", "", interactive("location_request_message", {"name": "send_location"}), []),
]
BREAKS: list[tuple[str, str, dict[str, Any], list[StoredFile], str]] = [
    ("text", "x" * 4097, {}, [], "text"),
    ("text", "  \n", {}, [], "text"),
    ("image", "x" * 1025, {}, [file("image/jpeg")], "text"),
    ("image", "", {}, [file("image/jpeg", 5 * MB + 1)], "file"),
    ("image", "", {}, [file("image/gif")], "file"),
    ("image", "", {}, [file("image/svg+xml")], "file"),
    ("image", "", {}, [], "file"),
    ("image", "", {}, [file("image/png"), file("image/png")], "file"),
    ("image", "", {}, [file("image/png", 0)], "file"),
    ("video", "", {}, [file("video/mp4", 16 * MB + 1)], "file"),
    ("video", "", {}, [file("video/webm")], "file"),
    ("document", "", {}, [file("application/pdf", 100 * MB + 1)], "file"),
    ("document", "", {}, [file("text/html")], "file"),
    ("audio", "", {}, [file("audio/mpeg", is_voice=True)], "file"),
    ("audio", "hello", {}, [file("audio/mpeg")], "text"),
    ("sticker", "", {}, [file("image/webp", 100 * 1024 + 1)], "file"),
    ("sticker", "", {}, [file("image/webp", 500 * 1024 + 1, is_animated=True)], "file"),
    ("text", "with a file", {}, [file("image/png")], "file"),
    ("location", "", {"location": {"latitude": 91, "longitude": 0}}, [], "location.latitude"),
    ("location", "", {"location": {"latitude": 0}}, [], "location.longitude"),
    ("location", "", {"location": {"latitude": "nan", "longitude": 0}}, [], "location.latitude"),
    ("contacts", "", {"contacts": [{"name": {"formatted_name": "J"}}] * 258}, [], "contacts"),
    ("contacts", "", {"contacts": []}, [], "contacts"),
    ("contacts", "", {"contacts": [{"phones": []}]}, [], "contacts.0.name"),
    ("reaction", "", {"reaction": {"emoji": "no"}}, [], "reaction"),
    ("reaction", "", {}, [], "reaction"),
    ("interactive", "", {}, [], "interactive"),
    ("interactive", "", interactive("flow", {}), [], "interactive"),
    ("interactive", "", interactive("button", buttons("a")), [file("image/png")], "file"),
    ("interactive", "", interactive("button", buttons("a"), header={"type": "image"}),
     [file("video/mp4")], "file"),
    ("interactive", "", interactive("button", buttons()), [], "interactive.buttons"),
    ("interactive", "", interactive("button", buttons(*"abcd")), [], "interactive.buttons"),
    ("interactive", "", interactive("button", buttons("a", "a")), [], "interactive.buttons"),
    ("interactive", "", interactive("button", buttons("x" * 21)), [],
     "interactive.buttons.0.title"),
    ("interactive", "", interactive("button", buttons("a"), body={"text": "x" * 1025}), [],
     "interactive.body"),
    ("interactive", "", interactive("button", buttons("a"), footer={"text": "x" * 61}), [],
     "interactive.footer"),
    ("interactive", "", interactive("button", buttons("a"), header={"type": "text",
     "text": "x" * 61}), [], "interactive.header"),
    ("interactive", "", interactive("list", sections(11)), [], "interactive.rows"),
    ("interactive", "", interactive("list", sections(6, 5)), [], "interactive.rows"),
    ("interactive", "", interactive("list", sections(*[1] * 11)), [], "interactive.sections"),
    ("interactive", "", interactive("list", {"button": "x" * 21, "sections": [
        {"rows": rows(1)}]}), [], "interactive.button"),
    ("interactive", "", interactive("list", {"button": "b", "sections": [
        {"rows": rows(1, title="x" * 25)}]}), [], "interactive.sections.0.rows.0.title"),
    ("interactive", "", interactive("list", {"button": "b", "sections": [
        {"rows": rows(1, description="x" * 73)}]}), [],
     "interactive.sections.0.rows.0.description"),
    ("interactive", "", interactive("list", {"button": "b", "sections": [
        {"rows": rows(1, id="x" * 201)}]}), [], "interactive.sections.0.rows.0.id"),
    ("interactive", "", interactive("list", {"button": "b", "sections": [
        {"title": "x" * 25, "rows": rows(1)}]}), [], "interactive.sections.0.title"),
    ("interactive", "", interactive("list", {"button": "b", "sections": [
        {"rows": rows(1)}, {"title": "B", "rows": rows(1)}]}), [],
     "interactive.sections.0.title"),
    ("interactive", "", interactive("list", sections(1), body={"text": "x" * 4097}), [],
     "interactive.body"),
    ("interactive", "", interactive("cta_url", link("x" * 21)), [], "interactive.display_text"),
    ("interactive", "", interactive("cta_url", link(url="javascript:alert(1)")), [],
     "interactive.url"),
    ("system", "x", {}, [], "kind"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "payload", "files"), FITS)
def test_what_is_at_the_limit_fits(
    kind: str, text: str, payload: dict[str, Any], files: list[StoredFile]
) -> None:
    assert check_message(kind, text, payload, files) == {}


@pytest.mark.parametrize(("kind", "text", "payload", "files", "field"), BREAKS)
def test_what_is_beyond_it_is_told_beside_its_field(
    kind: str, text: str, payload: dict[str, Any], files: list[StoredFile], field: str
) -> None:
    errors = check_message(kind, text, payload, files)
    assert field in errors
    assert all(sentence for sentence in errors[field])


@pytest.mark.parametrize("broken", [None, [], "x", 7, {"type": []}, {"type": "list", "action": 3}])
def test_nonsense_is_refused_and_never_an_error_of_ours(broken: Any) -> None:
    assert check_message("interactive", "", {"interactive": broken}, [])
    assert check_message("location", "", {"location": broken}, [])
    assert check_message("contacts", "", {"contacts": broken}, [])
    assert check_message("reaction", "", {"reaction": broken}, [])


def test_the_page_gets_the_same_numbers() -> None:
    numbers = json.loads(json.dumps(for_page()))
    assert numbers["text"] == 4096
    assert numbers["media"]["image"] == {"types": ["image/jpeg", "image/png"], "size": 5 * MB}


@pytest.mark.parametrize(
    ("mime_type", "kind"),
    [
        ("image/png", "image"),
        ("video/mp4", "video"),
        ("audio/ogg; codecs=opus", "audio"),
        ("application/pdf", "document"),
        ("image/tiff", "document"),
    ],
)
def test_a_file_is_sent_as_what_it_is(mime_type: str, kind: str) -> None:
    assert kind_of_file(mime_type) == kind
