"""What a stranger may send in any length takes no longer than it is long."""

from __future__ import annotations

import contextlib
import time
import tracemalloc
from collections.abc import Callable

import pytest

from core.formatting import HIT_END, HIT_START, format_snippet, format_text
from inbox.actions.contact_files import UnreadableFile, read_rows
from inbox.actions.desks import VARIABLE
from inbox.exports.tables import safe_cell
from inbox.forms.imports import preview_file, read_headings
from inbox.identities import phone_keys
from inbox.queries.views import parse_key
from templates_app.contents import PLACE

SIZE = 100_000
PIECES = [
    "a", "*", "_", "~", "`", "```", "``` ", "*a ", "_a ", "~a\n", "`a\n", " ", "\n", "http://",
    "http://a.", "https://" + "." * 50 + " ", "http://a)", "<", "&", "{{", "{{ ", "{{a", "{{a }",
    HIT_START, HIT_END, HIT_START + HIT_END, "*_~`", "\u202e", "+", "0", "(0) ", "+1 ", "é",
]  # fmt: skip
READERS: list[Callable[[str], object]] = [
    format_text,
    format_snippet,
    safe_cell,
    phone_keys,
    parse_key,
    VARIABLE.findall,
    PLACE.findall,
]


@pytest.mark.parametrize("read", READERS, ids=lambda read: getattr(read, "__qualname__", "x"))
def test_no_text_takes_longer_than_it_is_long(read: Callable[[str], object]) -> None:
    for piece in PIECES:
        for text in (piece * (SIZE // len(piece)), "*" + piece * (SIZE // len(piece)) + "!"):
            started = time.perf_counter()
            read(text)
            assert time.perf_counter() - started < 2, (piece, text[:10])


@pytest.mark.parametrize("line", ["1\n", ",\n", "a,b\n"])
def test_a_file_of_many_short_lines_fills_no_memory(line: str) -> None:
    content = b"name,phone\n" + line.encode() * (5 * 1024 * 1024 // len(line))
    tracemalloc.start()
    try:
        with contextlib.suppress(UnreadableFile):  # blank lines alone are none too many
            read_rows(content)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 150 * 1024 * 1024


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04" + b"\0" * 1000,
        b"\x1f\x8b\x08" + b"\0" * 1000,
        b'phone\n"' + b"x" * 200_000,
        b"phone" + b"," * 200_000,
        b"phone\n+34612345678" + b"," * 100_000,
        b"\xff\xfe" + b"\xd8" * 1000,
    ],
)
def test_what_is_no_table_is_told_so(content: bytes) -> None:
    try:
        headings = read_headings(content)
        preview_file(content, {"phone": 0}, headings)
        read_rows(content)
    except UnreadableFile:
        pass
