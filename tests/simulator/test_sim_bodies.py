"""What a message's body may hold: Meta's limits, one by one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.simulated import Simulated


def button(title: str = "A", key: str = "a") -> dict[str, Any]:
    return {"type": "reply", "reply": {"id": key, "title": title}}


def buttons(*each: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "button", "body": {"text": "Hi"}, "action": {"buttons": list(each)}, **more}


def rows(count: int, **more: Any) -> dict[str, Any]:
    found = [{"id": str(n), "title": str(n), **more} for n in range(count)]
    return {
        "type": "list",
        "body": {"text": "Hi"},
        "action": {"button": "Go", "sections": [{"title": "S", "rows": found}]},
    }


def link(**parameters: str) -> dict[str, Any]:
    action = {"name": "cta_url", "parameters": parameters}
    return {"type": "cta_url", "body": {"text": "Hi"}, "action": action}


def one(kind: str, **content: Any) -> dict[str, Any]:
    return {"type": kind, kind: content}


def interactive(*parts: dict[str, Any]) -> dict[str, Any]:
    """An interactive message of a content and what stands in it instead."""
    whole: dict[str, Any] = {}
    for part in parts:
        whole |= part
    return one("interactive", **whole)


def long(name: str, length: int) -> dict[str, Any]:
    return {name: {"text": "x" * length}}


JOHN = {"name": {"formatted_name": "John", "first_name": "John"}}
SHOP = "https://shop.example"
HEAD = {"header": {"type": "text", "text": "x" * 61}}
FOUR = [button(str(n), str(n)) for n in range(4)]
BAD: list[tuple[str, int, dict[str, Any]]] = [
    ("text over 4096", 100, one("text", body="x" * 4097)),
    ("empty text", 131008, one("text", body="")),
    ("blank text", 131009, one("text", body="  \n")),
    ("unknown type", 100, one("poll")),
    ("caption over 1024", 100, one("image", link=SHOP, caption="x" * 1025)),
    ("no media", 131008, one("image")),
    ("unknown media", 131009, one("image", id="12345")),
    ("link without scheme", 131009, one("image", link="x.jpg")),
    ("four buttons", 131009, interactive(buttons(*FOUR))),
    ("long button", 100, interactive(buttons(button("x" * 21)))),
    ("long button id", 100, interactive(buttons(button("A", "x" * 257)))),
    ("same titles", 131009, interactive(buttons(button(key="1"), button(key="2")))),
    ("same ids", 131009, interactive(buttons(button("A"), button("B")))),
    ("long footer", 100, interactive(buttons(button()), long("footer", 61))),
    ("long header", 100, interactive(buttons(button()), HEAD)),
    ("long body", 100, interactive(buttons(button()), long("body", 1025))),
    ("eleven rows", 131009, interactive(rows(11))),
    ("long description", 100, interactive(rows(1, description="x" * 73))),
    ("long list body", 100, interactive(rows(1), long("body", 4097))),
    ("long link text", 100, interactive(link(display_text="x" * 21, url=SHOP))),
    ("link to script", 131009, interactive(link(display_text="x", url="javascript:1"))),
    ("unknown interactive", 131009, interactive({"type": "quiz"})),
    ("258 contacts", 131009, {"type": "contacts", "contacts": [JOHN] * 258}),
    ("nameless", 131008, {"type": "contacts", "contacts": [{"name": {"formatted_name": "x"}}]}),
    ("no latitude", 131008, one("location", longitude=1)),
    ("latitude over 90", 131009, one("location", latitude=91, longitude=1)),
    ("reaction to nothing", 131009, one("reaction", message_id="x", emoji="👍")),
    ("long data", 100, one("text", body="x") | {"biz_opaque_callback_data": "x" * 513}),
]


@pytest.mark.asyncio
@pytest.mark.parametrize(("name", "code", "body"), BAD, ids=[name for name, _, _ in BAD])
async def test_a_body_beyond_the_limits_is_refused(
    sim: Simulated, name: str, code: int, body: dict[str, Any]
) -> None:
    await sim.write()
    status, answer = await sim.send(**body)
    assert (status, answer["error"]["code"]) == (400, code)
    _, ledger = await sim.ask("GET", "/_sim/ledger?accepted=1")
    assert ledger["calls"] == []


@pytest.mark.asyncio
async def test_a_body_at_the_limits_is_accepted(sim: Simulated) -> None:
    await sim.write()
    limit = buttons(*(button(str(n) * 20, str(n) * 256) for n in range(3)))
    for body in (
        {"type": "text", "text": {"body": "x" * 4096}},
        {"type": "interactive", "interactive": limit | {"body": {"text": "x" * 1024}}},
        {"type": "interactive", "interactive": rows(10, description="x" * 72)},
    ):
        assert (await sim.send(**body))[0] == 200
