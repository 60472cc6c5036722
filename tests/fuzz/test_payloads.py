"""The short form of `make fuzz`: the corpus, and samples in which anything stands anywhere."""

from __future__ import annotations

import copy
import json
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.payloads import CORPUS, SAMPLES, check

BODIES = sorted([*CORPUS.iterdir(), *SAMPLES.glob("*.json")])
DOCUMENTS = [orjson.loads(path.read_bytes()) for path in sorted(SAMPLES.glob("*.json"))]
HOSTILE: list[Any] = [
    None, True, 0, -1, 1.5, 2**53, 10**400, 1e308, "", "0", "-1", "9" * 5000, "1e9", "NaN", "\0",
    "\ud800", "\u202e", "x" * 5000, [], {}, [[]], [None], {"": None}, {"id": {}}, "null", "٣",
]  # fmt: skip
LEAVES = st.sampled_from(HOSTILE) | st.text(max_size=20) | st.integers() | st.booleans()
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@pytest.mark.parametrize("path", BODIES, ids=lambda path: path.name[:40])
def test_what_was_once_found_stays_harmless(path: Any) -> None:
    check(path.read_bytes())


def places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to everything in a document."""
    found = [way] if way else []
    pairs: Any = value.items() if isinstance(value, dict) else ()
    for key, item in enumerate(value) if isinstance(value, list) else pairs:
        found += places(item, (*way, key))
    return found


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_anything_anywhere_in_a_webhook_is_read_or_refused(data: st.DataObject) -> None:
    document = copy.deepcopy(data.draw(st.sampled_from(DOCUMENTS)))
    for _ in range(data.draw(st.integers(1, 3))):
        ways = places(document)
        if not ways:
            break
        *way, last = data.draw(st.sampled_from(ways))
        holder = document
        for key in way:
            holder = holder[key]
        action = data.draw(st.sampled_from(["put", "put", "remove", "twice"]))
        if action == "remove":
            del holder[last]
        elif action == "twice" and isinstance(holder, list):
            holder.append(copy.deepcopy(holder[last]))
        else:
            holder[last] = data.draw(ANYTHING)
    check(as_body(document))


def as_body(document: Any) -> bytes:
    """As JSON allows it: with lone surrogates and numbers of any length."""
    return json.dumps(document).encode()


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    check(body)


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        b'{"object":"whatsapp_business_account","entry":' + b"[" * 5000 + b"]" * 5000 + b"}",
        b'{"object":"a","object":"whatsapp_business_account","entry":[],"entry":[{}]}',
        b"\xff\xfe{}",
        b"\xef\xbb\xbf{}",
        b'{"object":NaN}',
        b'{"object":"\\ud800"}',
        b"",
    ],
    ids=["brackets", "braces", "entries", "twice", "utf-16", "mark", "nan", "surrogate", "empty"],
)
def test_shapes_that_break_parsers_do_not_break_this_one(body: bytes) -> None:
    check(body)
