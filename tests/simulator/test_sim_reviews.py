"""Templates: making them, their review, their edits, and the list that the API keeps."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.simulated import ACCOUNT, MARINA, Simulated

pytestmark = pytest.mark.asyncio
Json = dict[str, Any]


def text(*values: str) -> list[Json]:
    return [{"type": "text", "text": value} for value in values]


def template(name: str, language: str, *values: str) -> Json:
    """A message of that template, with the values of its body."""
    content: Json = {"name": name, "language": {"code": language}}
    if values:
        content["components"] = [{"type": "body", "parameters": text(*values)}]
    return {"type": "template", "template": content}


def new(name: str = "order_update", **more: Any) -> Json:
    example = {"body_text": [["Pablo"]]}
    part = {"type": "body", "text": "Hi {{1}}, your order moved.", "example": example}
    whole: Json = {"name": name, "language": "en_US", "category": "utility"}
    return {**whole, "components": [part], **more}


async def test_a_new_template_waits_for_its_review(sim: Simulated) -> None:
    status, made = await sim.graph("POST", f"/{ACCOUNT}/message_templates", new())
    assert (status, made["status"], made["category"]) == (200, "PENDING", "UTILITY")
    assert (await sim.send(**template("order_update", "en_US", "x")))[0] == 404
    await sim.ask("PATCH", f"/_sim/templates/{made['id']}", {"status": "APPROVED"})
    change = await sim.business.until(
        lambda: sim.business.changes("message_template_status_update")
    )
    assert change[0]["value"] == {
        "event": "APPROVED",
        "message_template_id": int(made["id"]),
        "message_template_name": "order_update",
        "message_template_language": "en-US",
        "reason": "NONE",
        "message_template_category": "UTILITY",
    }
    await sim.sent(**template("order_update", "en_US", "x"))


async def test_a_review_can_run_by_itself(sim: Simulated) -> None:
    await sim.set(template_review="reject", template_review_ms=1)
    await sim.graph("POST", f"/{ACCOUNT}/message_templates", new())
    changes = await sim.business.until(
        lambda: sim.business.changes("message_template_status_update")
    )
    value = changes[0]["value"]
    assert (value["event"], value["reason"]) == ("REJECTED", "INVALID_FORMAT")
    assert value["rejection_info"]["recommendation"]


def parts(text: str, *more: Json, examples: int = 0) -> Json:
    """The components of a template with that body."""
    body: Json = {"type": "body", "text": text}
    if examples:
        body["example"] = {"body_text": [["x"] * examples]}
    return {"components": [body, *more]}


def buttons(*each: Json) -> Json:
    return {"type": "buttons", "buttons": list(each)}


PICTURE = {"type": "header", "format": "image"}
SHOP = {"type": "url", "text": "Shop", "url": "https://shop.example"}
INVALID: list[tuple[str, Json]] = [
    ("capital name", {"name": "Order"}),
    ("language", {"language": "english"}),
    ("category", {"category": "TRANSACTIONAL"}),
    ("no body", {"components": [{"type": "footer", "text": "x"}]}),
    ("no example", parts("Hi {{1}}, x")),
    ("variable first", parts("{{1}} is here", examples=1)),
    ("a gap", parts("Hi {{2}} there", examples=2)),
    ("side by side", parts("Hi {{1}}{{2}} there", examples=2)),
    ("long body", parts("x" * 1025)),
    ("picture without sample", parts("x", PICTURE)),
    ("three links", parts("x", buttons(SHOP, SHOP, SHOP))),
    ("long button", parts("x", buttons({"type": "quick_reply", "text": "x" * 26}))),
    ("script", parts("x", buttons({**SHOP, "url": "javascript:1"}))),
]


@pytest.mark.parametrize(("name", "change"), INVALID, ids=[name for name, _ in INVALID])
async def test_an_invalid_template_is_not_made(sim: Simulated, name: str, change: Json) -> None:
    whole = {**new(), **change}
    status, answer = await sim.graph("POST", f"/{ACCOUNT}/message_templates", whole)
    assert (status, answer["error"]["code"]) == (400, 100)
    assert answer["error"]["error_user_msg"]


async def test_name_and_language_are_unique_and_a_deleted_name_is_blocked(sim: Simulated) -> None:
    path = f"/{ACCOUNT}/message_templates"
    again = new("hello_world")
    status, answer = await sim.graph("POST", path, again)
    assert (status, answer["error"]["error_subcode"]) == (400, 2388024)
    status, _ = await sim.graph("DELETE", f"{path}?name=hello_world")
    assert status == 200
    status, answer = await sim.graph("POST", path, again)
    assert status == 400
    assert "30 days" in answer["error"]["error_user_msg"]


async def test_one_language_can_be_deleted_alone(sim: Simulated) -> None:
    path = f"/{ACCOUNT}/message_templates"
    _, found = await sim.graph("GET", f"{path}?name=order_confirmation")
    assert len(found["data"]) == 2
    key = found["data"][0]["id"]
    await sim.graph("DELETE", f"{path}?name=order_confirmation&hsm_id={key}")
    _, left = await sim.graph("GET", f"{path}?name=order_confirmation")
    assert [one["id"] for one in left["data"]] == [found["data"][1]["id"]]


async def test_the_list_is_filtered_and_paged(sim: Simulated) -> None:
    path = f"/{ACCOUNT}/message_templates"
    _, whole = await sim.graph("GET", f"{path}?limit=100")
    assert len(whole["data"]) == 12
    assert "next" not in whole["paging"]
    _, paused = await sim.graph("GET", f"{path}?status=PAUSED")
    assert [one["name"] for one in paused["data"]] == ["spring_sale"]
    _, portuguese = await sim.graph("GET", f"{path}?language=pt_BR&category=UTILITY")
    assert len(portuguese["data"]) == 2
    seen, address = [], f"{path}?limit=5&fields=name,status"
    while address:
        _, page = await sim.graph("GET", address)
        seen += [one["id"] for one in page["data"]]
        assert set(page["data"][0]) == {"name", "status", "id"}
        address = page["paging"].get("next", "").partition("/v23.0")[2]
    assert seen == [one["id"] for one in whole["data"]]
    status, answer = await sim.graph("GET", f"{path}?after=nonsense")
    assert (status, answer["error"]["code"]) == (400, 131059)


async def test_an_approved_template_is_edited_once_a_day(sim: Simulated) -> None:
    _, found = await sim.graph("GET", f"/{ACCOUNT}/message_templates?name=hello_world")
    path = f"/{found['data'][0]['id']}"
    components = [{"type": "BODY", "text": "Welcome, again."}]
    status, _ = await sim.graph("POST", path, {"components": components})
    assert status == 200
    _, edited = await sim.graph("GET", path)
    assert (edited["status"], edited["components"][0]["text"]) == ("APPROVED", "Welcome, again.")
    status, answer = await sim.graph("POST", path, {"components": components})
    assert (status, answer["error"]["code"]) == (400, 100)
    status, _ = await sim.graph("POST", path, {"category": "MARKETING"})
    assert status == 400


async def test_a_rejected_template_goes_back_to_review(sim: Simulated) -> None:
    _, found = await sim.graph("GET", f"/{ACCOUNT}/message_templates?name=flash_offer")
    path = f"/{found['data'][0]['id']}"
    await sim.graph("POST", path, {"components": [{"type": "BODY", "text": "Hola."}]})
    _, edited = await sim.graph("GET", path)
    assert edited["status"] == "PENDING"


async def test_quality_and_category_changes_are_told(sim: Simulated) -> None:
    _, found = await sim.graph("GET", f"/{ACCOUNT}/message_templates?name=hello_world")
    path = f"/_sim/templates/{found['data'][0]['id']}"
    await sim.ask("PATCH", path, {"quality": "RED", "category": "MARKETING"})
    await sim.ask("PATCH", path, {"status": "PAUSED"})
    await sim.business.until(lambda: len(sim.business.changes()) == 3)
    by_field = {change["field"]: change["value"] for change in sim.business.changes()}
    quality = by_field["message_template_quality_update"]
    assert (quality["previous_quality_score"], quality["new_quality_score"]) == ("GREEN", "RED")
    category = by_field["template_category_update"]
    assert (category["previous_category"], category["new_category"]) == ("UTILITY", "MARKETING")
    paused = by_field["message_template_status_update"]
    assert paused["other_info"]["title"] == "FIRST_PAUSE"
    status, answer = await sim.send(MARINA, **template("hello_world", "en_US"))
    assert (status, answer["error"]["code"]) == (400, 132015)
