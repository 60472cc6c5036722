"""Bodies that no one should send: refused with Meta's words, never with a broken server."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from tests.simulator.simulated import ACCOUNT, BRAZIL, MARINA, Simulated

pytestmark = pytest.mark.asyncio
WEIRD: tuple[Any, ...] = (None, 5, True, "", [], {}, [None], {"a": 1}, 1e99, "\0", "x" * 5000)
FRAME = {"messaging_product": "whatsapp", "to": MARINA, "context": {"message_id": "wamid.x"}}
LINK = {"name": "cta_url", "parameters": {"display_text": "x", "url": "https://x.example"}}
PICTURE = {"type": "image", "image": {"link": "http://127.0.0.1:9/a.jpg"}}
CARD = {"header": PICTURE, "body": {"text": "x"}, "action": LINK}
ROWS = [{"id": "a", "title": "b", "description": "c"}]
ACTIONS: dict[str, Any] = {
    "button": {"buttons": [{"type": "reply", "reply": {"id": "a", "title": "A"}}]},
    "list": {"button": "x", "sections": [{"title": "s", "rows": ROWS}]},
    "cta_url": LINK,
    "flow": {"name": "flow", "parameters": {"flow_cta": "x", "flow_id": "1"}},
    "carousel": {"cards": [CARD, CARD]},
    "voice_call": {"name": "voice_call", "parameters": {"display_text": "x"}},
}
JOHN = {"formatted_name": "John", "first_name": "John"}
VALUES = [{"type": "text", "parameter_name": "first_name", "text": "x"}]
CONTENTS: list[tuple[str, Any]] = [
    ("text", {"body": "x"}),
    ("image", {"link": "http://127.0.0.1:9/a.jpg", "caption": "c"}),
    ("location", {"latitude": 1, "longitude": 2, "name": "a"}),
    ("contacts", [{"name": JOHN, "phones": [{"phone": "1"}]}]),
    ("reaction", {"message_id": "wamid.x", "emoji": "x"}),
    *(
        ("interactive", {"type": kind, "body": {"text": "x"}, "action": action})
        for kind, action in ACTIONS.items()
    ),
    (
        "template",
        {
            "name": "order_confirmation",
            "language": {"code": "en_US"},
            "components": [
                {"type": "body", "parameters": VALUES},
                {"type": "button", "sub_type": "url", "index": 0, "parameters": VALUES},
            ],
        },
    ),
]  # fmt: skip
TEMPLATE = {
    "name": "order_x",
    "language": "en_US",
    "category": "utility",
    "components": [
        {"type": "header", "format": "text", "text": "{{1}}", "example": {"header_text": ["x"]}},
        {"type": "body", "text": "Hi {{1}} x", "example": {"body_text": [["x"]]}},
        {"type": "buttons", "buttons": [{"type": "url", "text": "x", "url": "https://x.example"}]},
    ],
}


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value inside, the whole first."""
    yield path
    inner = value.items() if isinstance(value, dict) else ()
    inner = enumerate(value) if isinstance(value, list) else inner
    for key, one in inner:
        yield from places(one, (*path, key))


def spoilt(value: Any) -> Iterator[Any]:
    """The value with each of its parts replaced by each weird thing."""
    for *parents, last in (path for path in places(value) if path):
        for weird in WEIRD:
            whole = copy.deepcopy(value)
            node = whole
            for key in parents:
                node = node[key]
            node[last] = weird
            yield whole


@pytest.mark.parametrize(("kind", "content"), CONTENTS)
async def test_no_message_breaks_the_platform(sim: Simulated, kind: str, content: Any) -> None:
    await sim.write()
    await sim.set(limits=False)
    for body in spoilt({**FRAME, "type": kind, kind: content}):
        status, answer = await sim.graph("POST", f"/{BRAZIL}/messages", body)
        assert status in (200, 400, 404), (body, answer)
        assert status == 200 or answer["error"]["code"] in (100, 131008, 131009, 131041, 132000,
            132001, 132005, 132012, 132018), (body, answer)  # fmt: skip


async def test_no_template_breaks_the_platform(sim: Simulated) -> None:
    for body in spoilt(TEMPLATE):
        status, answer = await sim.graph("POST", f"/{ACCOUNT}/message_templates", body)
        assert status in (200, 400), (body, answer)


@pytest.mark.parametrize(
    "kind", ["text", "location", "reaction", "edit", "call", "echo", "system"]
)
async def test_nothing_a_customer_does_breaks_the_platform(sim: Simulated, kind: str) -> None:
    written = await sim.write()
    contents: dict[str, Any] = {
        "text": {"body": "x"},
        "location": {"latitude": 1, "longitude": 2},
        "reaction": {"message_id": written["id"], "emoji": "x"},
        "edit": {"message_id": written["id"], "text": "x"},
        "call": {"event": "terminate", "id": "x", "duration_s": 4},
        "echo": {"type": "text", "text": {"body": "x"}},
        "system": {"type": "user_changed_number", "phone": "+5511955500999"},
    }
    path = "/_sim/customers/marina/messages"
    for body in spoilt({"number": BRAZIL, "type": kind, "age_s": 1, kind: contents[kind]}):
        status, answer = await sim.ask("POST", path, body)
        assert status in (200, 201, 400, 404), (body, answer)
