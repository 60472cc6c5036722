"""Refusals: token, 24-hour rule, rates and recipients."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.clock import Clock
from simulator.graph import GraphError
from simulator.limits import Limits
from tests.simulator.simulated import BRAZIL, MARINA, Simulated


async def code_of(sim: Simulated, to: str = MARINA, **body: Any) -> tuple[int, int]:
    status, answer = await sim.send(to, **body)
    return status, answer.get("error", {}).get("code", 0)


@pytest.mark.asyncio
async def test_a_wrong_or_missing_token_is_refused(sim: Simulated) -> None:
    status, answer = await sim.graph("GET", f"/{BRAZIL}", token="wrong")
    assert (status, answer["error"]["code"]) == (401, 190)
    assert answer["error"]["type"] == "OAuthException"
    assert answer["error"]["fbtrace_id"]
    status, _ = await sim.ask("GET", f"/v23.0/{BRAZIL}")
    assert status == 401


@pytest.mark.asyncio
async def test_the_token_can_expire(sim: Simulated) -> None:
    await sim.set(token_expired=True)
    status, answer = await sim.send()
    assert (status, answer["error"]["code"]) == (401, 190)
    assert answer["error"]["error_subcode"] == 463
    await sim.set(token_expired=False)
    assert (await sim.send())[0] == 200


@pytest.mark.asyncio
async def test_after_24_hours_free_text_is_accepted_and_then_fails(sim: Simulated) -> None:
    await sim.write(type="text", text={"body": "Olá"}, age_s=24 * 3600 + 1)
    wamid = await sim.sent(type="text", text={"body": "Hi"}, biz_opaque_callback_data="attempt-7")
    failed = await sim.wait_for(wamid, "failed")
    assert failed["errors"][0]["code"] == 131047
    assert failed["errors"][0]["error_data"]["details"]
    assert failed["biz_opaque_callback_data"] == "attempt-7"
    assert [s["status"] for s in sim.business.statuses(wamid)] == ["failed"]
    value = sim.business.changes("messages")[-1]["value"]
    assert "contacts" not in value


@pytest.mark.asyncio
async def test_the_24_hour_rule_may_answer_400_or_be_off(sim: Simulated) -> None:
    await sim.set(window_refusal="http")
    assert await code_of(sim) == (400, 131047)
    await sim.set(window_refusal="never")
    await sim.wait_for(await sim.sent(), "read")


@pytest.mark.asyncio
async def test_within_24_hours_it_is_delivered(sim: Simulated) -> None:
    await sim.write(type="text", text={"body": "Olá"}, age_s=24 * 3600 - 60)
    await sim.wait_for(await sim.sent(), "read")


@pytest.mark.asyncio
async def test_a_reaction_does_not_open_the_window_but_a_call_does(sim: Simulated) -> None:
    await sim.write(type="reaction", reaction={"message_id": "wamid.x", "emoji": "👍"})
    await sim.wait_for(await sim.sent(), "failed")
    await sim.write(type="call", call={"event": "connect"})
    await sim.wait_for(await sim.sent(), "read")


@pytest.mark.asyncio
async def test_an_unknown_recipient_fails(sim: Simulated) -> None:
    _, answer = await sim.send("+4915112345678")
    assert answer["contacts"] == [{"input": "+4915112345678", "wa_id": "4915112345678"}]
    failed = await sim.wait_for(answer["messages"][0]["id"], "failed")
    assert failed["errors"][0]["code"] == 131026
    assert failed["recipient_id"] == "4915112345678"
    await sim.set(unknown_refusal="http")
    assert await code_of(sim, "+4915112345678") == (400, 131026)
    await sim.ask("PATCH", "/_sim/customers/marina", {"on_whatsapp": False})
    assert await code_of(sim) == (400, 131026)


@pytest.mark.asyncio
async def test_a_number_cannot_write_to_itself(sim: Simulated) -> None:
    assert await code_of(sim, "+55 11 5550 0101") == (400, 131021)


@pytest.mark.asyncio
async def test_a_missing_recipient_or_product_is_refused(sim: Simulated) -> None:
    for body in (
        {"messaging_product": "whatsapp", "text": {"body": "x"}},
        {"to": MARINA, "text": {"body": "x"}},
    ):
        status, answer = await sim.graph("POST", f"/{BRAZIL}/messages", body)
        assert (status, answer["error"]["code"]) == (400, 100)


@pytest.mark.asyncio
async def test_an_unknown_number_or_path_is_named(sim: Simulated) -> None:
    status, answer = await sim.graph("POST", "/999/messages", {})
    assert (status, answer["error"]["code"]) == (400, 100)
    assert answer["error"]["error_subcode"] == 33
    assert "'999'" in answer["error"]["message"]
    status, _ = await sim.graph("GET", f"/{BRAZIL}/nonsense")
    assert status == 400


@pytest.mark.asyncio
async def test_broken_json_is_refused(sim: Simulated) -> None:
    url = f"{sim.base}/v23.0/{BRAZIL}/messages"
    headers = {"Authorization": "Bearer test-token", "Content-Type": "application/json"}
    async with sim.session.post(url, data=b'{"to":', headers=headers) as answer:
        assert answer.status == 400
        assert (await answer.json())["error"]["code"] == 100


@pytest.mark.asyncio
async def test_the_46th_message_of_a_burst_to_one_customer_is_refused(sim: Simulated) -> None:
    await sim.write()
    await sim.write("diego")
    for _ in range(45):
        assert (await sim.send())[0] == 200
    assert await code_of(sim) == (400, 131056)
    assert (await sim.send("+5215512345678"))[0] == 200
    await sim.set(limits=False)
    assert (await sim.send())[0] == 200


class Hand:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.at = 1_000_000.0

    def __call__(self) -> float:
        return self.at


def take(limits: Limits, customer: str = "marina", level: str = "STANDARD") -> int:
    """0, or the code of the refusal."""
    try:
        limits.take("n", level, customer, throughput_status=400)
    except GraphError as error:
        return error.code
    return 0


def test_after_the_burst_one_message_passes_every_6_seconds() -> None:
    hand = Hand()
    limits = Limits(Clock(hand))
    assert [take(limits) for _ in range(46)] == [0] * 45 + [131056]
    hand.at += 5.9
    assert take(limits) == 131056
    hand.at += 0.2
    assert [take(limits), take(limits)] == [0, 131056]


def test_a_number_sends_80_a_second_or_1000_when_upgraded() -> None:
    hand = Hand()
    for level, most in (("STANDARD", 80), ("HIGH", 1000)):
        limits = Limits(Clock(hand))
        codes = [take(limits, f"c{n}", level) for n in range(most + 1)]
        assert codes == [0] * most + [130429]
        hand.at += 1.01
        assert take(limits, "another", level) == 0
