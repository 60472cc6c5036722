"""Template messages: what fits its template is filled in, everything else is refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.simulated import BRAZIL, Simulated

pytestmark = pytest.mark.asyncio
Json = dict[str, Any]


def text(*values: str) -> list[Json]:
    return [{"type": "text", "text": value} for value in values]


def named(**values: str) -> list[Json]:
    pairs = values.items()
    return [{"type": "text", "parameter_name": name, "text": value} for name, value in pairs]


def template(name: str, language: str, *components: Json) -> Json:
    content = {"name": name, "language": {"code": language}, "components": list(components)}
    return {"type": "template", "template": content}


def body(*parameters: Json) -> Json:
    return {"type": "body", "parameters": list(parameters)}


def url_button(index: int = 0, value: str = "77") -> Json:
    return {"type": "button", "sub_type": "url", "index": index, "parameters": text(value)}


ORDER = named(first_name="Marina", order_number="77")
CONFIRM = ("order_confirmation", "en_US")
CONTINUE = ("continue_conversation", "en_US")
REFUSED: list[tuple[str, int, int, Json]] = [
    ("missing", 404, 132001, template("nothing", "en_US")),
    ("other language", 404, 132001, template("hello_world", "de")),
    ("pending", 404, 132001, template("delivery_survey", "pt_BR", body(*text("x")))),
    ("rejected", 404, 132001, template("flash_offer", "es", body(*text("x", "y")))),
    ("paused", 400, 132015, template("spring_sale", "en_US", body(*text("x")))),
    ("too few", 400, 132000, template(*CONTINUE, body(*text("x")))),
    ("too many", 400, 132000, template(*CONTINUE, body(*text("x", "y", "z")))),
    ("no variables at all", 400, 132000, template("hello_world", "en_US", body(*text("x")))),
    ("unnamed", 400, 100, template(*CONFIRM, body(*text("x", "y")), url_button())),
    ("no header", 400, 132012, template("invoice_ready", "es", body(*text("x", "y")))),
    ("new line", 400, 132018, template(*CONTINUE, body(*text("x\ny", "z")))),
    ("too long", 400, 132005, template(*CONTINUE, body(*text("x" * 1000, "y")))),
    ("url needs text", 400, 131008, template(*CONFIRM, body(*ORDER))),
    ("wrong button", 400, 132012, template(*CONTINUE, body(*text("x", "y")), url_button())),
    ("button too many", 400, 132012, template("hello_world", "en_US", url_button(4))),
]


@pytest.mark.parametrize(
    ("name", "status", "code", "message"), REFUSED, ids=[one[0] for one in REFUSED]
)
async def test_a_template_that_does_not_fit_is_refused(
    sim: Simulated, name: str, status: int, code: int, message: Json
) -> None:
    found, answer = await sim.send(**message)
    assert (found, answer["error"]["code"]) == (status, code)
    assert answer["error"]["error_data"]["details"]


async def test_a_template_reopens_the_conversation_outside_the_window(sim: Simulated) -> None:
    status, answer = await sim.send(**template(*CONTINUE, body(*text("Marina", "your order"))))
    assert status == 200
    assert answer["messages"][0]["message_status"] == "accepted"
    sent = await sim.wait_for(answer["messages"][0]["id"], "sent")
    assert sent["pricing"]["category"] == "utility"


async def test_named_variables_and_buttons_are_filled_in(sim: Simulated) -> None:
    message = template("order_confirmation", "en_US", body(*ORDER), url_button(value="860"))
    wamid = await sim.sent(**message)
    await sim.wait_for(wamid, "delivered")
    _, thread = await sim.ask("GET", f"/_sim/thread?customer=marina&number={BRAZIL}")
    drawn = thread["messages"][-1]["drawn"]
    assert drawn["text"] == "Thank you, Marina! Your order number is 77."
    assert drawn["buttons"][0]["url"].endswith("/orders/860")
    assert drawn["buttons"][1]["phone"] == "+551155500101"


async def test_a_file_in_the_header_has_to_be_of_its_kind(sim: Simulated) -> None:
    _, picture = await sim.upload(b"\xff\xd8\xff" + b"0" * 50, "image/jpeg")
    _, paper = await sim.upload(b"%PDF-1.4", "application/pdf")
    parts = (body(*text("Diego", "noviembre")),)

    def with_header(kind: str, key: str) -> Json:
        header = {"type": "header", "parameters": [{"type": kind, kind: {"id": key}}]}
        return template("invoice_ready", "es", header, *parts)

    status, answer = await sim.send(**with_header("image", picture["id"]))
    assert (status, answer["error"]["code"]) == (400, 132012)
    await sim.sent(**with_header("document", paper["id"]))


async def test_a_tapped_quick_reply_comes_back_as_a_button(sim: Simulated) -> None:
    payload = {"type": "button", "sub_type": "quick_reply", "index": "0"}
    payload["parameters"] = [{"type": "payload", "payload": "go-on"}]  # type: ignore[assignment]
    wamid = await sim.sent(**template(*CONTINUE, body(*text("x", "y")), payload))
    _, thread = await sim.ask("GET", f"/_sim/thread?customer=marina&number={BRAZIL}")
    button = thread["messages"][-1]["drawn"]["buttons"][0]
    assert button["payload"] == "go-on"
    tap = {"payload": button["payload"], "text": button["text"]}
    await sim.write(type="button", button=tap, context={"id": wamid})
    await sim.business.until(sim.business.messages)
    message = sim.business.messages()[0]
    assert message["button"] == {"payload": "go-on", "text": "Yes, go on"}
    assert message["context"] == {"from": "551155500101", "id": wamid}


async def test_a_copy_code_is_required(sim: Simulated) -> None:
    _, picture = await sim.upload(b"\xff\xd8\xff" + b"0" * 50, "image/jpeg")
    header = {"type": "header", "parameters": [{"type": "image", "image": {"id": picture["id"]}}]}
    values = named(first_name="x", discount_code="y", discount_amount="z")
    parts = ["welcome_discount", "en_US", header, body(*values)]
    status, answer = await sim.send(**template(*parts))
    assert (status, answer["error"]["code"]) == (400, 131008)
    code: Json = {"type": "button", "sub_type": "COPY_CODE", "index": 0}
    code["parameters"] = [{"type": "coupon_code", "coupon_code": "W20"}]
    await sim.sent(**template(*parts, code))
