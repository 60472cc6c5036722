"""Trouble on demand, and the ledger that says what took effect."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest

from simulator.graph import TITLES
from tests.simulator.simulated import ACCOUNT, BRAZIL, Simulated

pytestmark = pytest.mark.asyncio


async def spoil(sim: Simulated, **fault: Any) -> None:
    status, answer = await sim.ask("POST", "/_sim/faults", fault)
    assert status == 201, answer


async def accepted(sim: Simulated) -> list[dict[str, Any]]:
    _, ledger = await sim.ask("GET", "/_sim/ledger?call=messages&accepted=1")
    return list(ledger["calls"])


async def test_every_code_has_metas_status_and_shape(sim: Simulated) -> None:
    await sim.write()
    for code, (http, title) in TITLES.items():
        await spoil(sim, kind="error", code=code, details="Because.")
        status, answer = await sim.send()
        assert status == http
        error = answer["error"]
        assert (error["code"], error["message"]) == (code, f"(#{code}) {title}")
        assert error["error_data"] == {"messaging_product": "whatsapp", "details": "Because."}
        assert error["type"] == "OAuthException"
        assert error["fbtrace_id"]
    assert await accepted(sim) == []


async def test_a_fault_hits_as_often_as_it_says_with_the_status_asked(sim: Simulated) -> None:
    await sim.write()
    await spoil(sim, kind="error", code=131000, http=503, count=2)
    assert [(await sim.send())[0] for _ in range(3)] == [503, 503, 200]
    _, found = await sim.ask("GET", "/_sim/faults")
    assert found["faults"] == []


async def test_a_fault_for_one_customer_leaves_the_others_alone(sim: Simulated) -> None:
    await sim.write()
    await sim.write("diego")
    await spoil(sim, kind="error", code=131016, customer="diego", count=0)
    assert (await sim.send())[0] == 200
    assert (await sim.send("+5215512345678"))[0] == 500
    assert (await sim.send("+5215512345678"))[0] == 500
    await sim.ask("DELETE", "/_sim/faults")
    assert (await sim.send("+5215512345678"))[0] == 200


async def test_percent_hits_some_and_spares_some(sim: Simulated) -> None:
    await sim.write()
    await sim.set(limits=False)
    await spoil(sim, kind="error", code=131000, percent=50, count=0)
    statuses = [(await sim.send())[0] for _ in range(60)]
    assert {200, 500} == set(statuses)


async def test_other_calls_can_fail_too(sim: Simulated) -> None:
    await spoil(sim, kind="error", code=80007, call="message_templates")
    status, answer = await sim.graph("GET", f"/{ACCOUNT}/message_templates")
    assert (status, answer["error"]["code"]) == (400, 80007)
    await spoil(sim, kind="error", code=2, call="*")
    assert (await sim.graph("GET", f"/{BRAZIL}"))[0] == 503


async def test_an_error_may_come_although_the_message_went_out(sim: Simulated) -> None:
    await sim.write()
    await spoil(sim, kind="error", code=131000, accepts=True)
    status, _ = await sim.send(
        type="text", text={"body": "Hi"}, biz_opaque_callback_data="attempt-1"
    )
    assert status == 500
    lines = await accepted(sim)
    assert [(line["opaque"], line["http"]) for line in lines] == [("attempt-1", 500)]
    found = await sim.wait_for(lines[0]["wamid"], "read")
    assert found["biz_opaque_callback_data"] == "attempt-1"


async def test_an_accepted_message_can_fail_later(sim: Simulated) -> None:
    await sim.write()
    await spoil(sim, kind="failed", code=131049)
    wamid = await sim.sent()
    failed = await sim.wait_for(wamid, "failed")
    assert failed["errors"][0]["code"] == 131049


async def test_a_dropped_connection_leaves_the_message_sent(sim: Simulated) -> None:
    await sim.write()
    await spoil(sim, kind="drop")
    with pytest.raises(aiohttp.ClientError):
        await sim.send()
    lines = await accepted(sim)
    assert [line["answered"] for line in lines] == ["drop"]
    await sim.wait_for(lines[0]["wamid"], "read")


async def test_a_drop_may_be_before_the_message_went_out(sim: Simulated) -> None:
    await sim.write()
    await spoil(sim, kind="drop", accepts=False)
    with pytest.raises(aiohttp.ClientError):
        await sim.send()
    assert await accepted(sim) == []


async def test_a_hanging_call_ends_with_the_callers_patience(sim: Simulated) -> None:
    await sim.write()
    await spoil(sim, kind="hang")
    body = {"messaging_product": "whatsapp", "to": "+5511955500111", "text": {"body": "Hi"}}
    patience = aiohttp.ClientTimeout(total=0.3)
    url = f"{sim.base}/v23.0/{BRAZIL}/messages"
    headers = {"Authorization": "Bearer test-token"}
    with pytest.raises(TimeoutError):
        await sim.session.post(url, json=body, headers=headers, timeout=patience)
    assert len(await accepted(sim)) == 1


async def test_broken_json_and_an_answer_without_id(sim: Simulated) -> None:
    await sim.write()
    await spoil(sim, kind="malformed")
    with pytest.raises(ValueError, match=r"delimiter|Expecting|Unterminated"):
        await sim.send()
    await spoil(sim, kind="no_id")
    status, answer = await sim.send()
    assert (status, answer) == (200, {"messaging_product": "whatsapp"})
    assert len(await accepted(sim)) == 2


async def test_a_slow_answer_is_a_good_one(sim: Simulated) -> None:
    await sim.write()
    await spoil(sim, kind="slow", delay_ms=120)
    before = sim.world.clock.real()
    await sim.sent()
    assert sim.world.clock.real() - before >= 0.12


@pytest.mark.parametrize("fault", [{"kind": "fire"}, {"percent": "all"}, {"colour": 1}])
async def test_a_fault_that_makes_no_sense_is_refused(
    sim: Simulated, fault: dict[str, Any]
) -> None:
    status, answer = await sim.ask("POST", "/_sim/faults", fault)
    assert status == 400
    assert answer["error"]


async def test_the_ledger_lists_refused_and_accepted_calls(sim: Simulated) -> None:
    await sim.write()
    wamid = await sim.sent()
    await sim.send(type="text", text={"body": ""})
    _, ledger = await sim.ask("GET", "/_sim/ledger?call=messages")
    good, bad = ledger["calls"]
    assert (good["accepted"], good["wamid"], good["customer"]) == (True, wamid, "marina")
    assert good["body"]["text"] == {"body": "Hello"}
    assert (bad["accepted"], bad["code"], bad["http"]) == (False, 131008, 400)
    _, newest = await sim.ask("GET", "/_sim/ledger?call=messages&newest=1&limit=1")
    assert newest["calls"] == [bad]
    _, later = await sim.ask("GET", f"/_sim/ledger?after={good['seq']}")
    assert later["calls"] == [bad]
