"""Webhooks: signed, escaped as Meta does, in order, again until answered 200."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest

from tests.simulator.simulated import ACCOUNT, BRAZIL, SECRET, VERIFY, Simulated, is_signed

pytestmark = pytest.mark.asyncio


async def test_a_customers_text_arrives_in_metas_envelope(sim: Simulated) -> None:
    await sim.write(type="text", text={"body": "Olá / ñ 👍"})
    await sim.business.until(sim.business.messages)
    headers, raw = sim.business.posts[0]
    body = json.loads(raw)
    value = body["entry"][0]["changes"][0]["value"]
    assert body["object"] == "whatsapp_business_account"
    assert body["entry"][0]["id"] == ACCOUNT
    assert "time" not in body["entry"][0]
    assert value["metadata"] == {
        "display_phone_number": "551155500101",
        "phone_number_id": BRAZIL,
    }
    assert value["contacts"] == [
        {
            "profile": {"name": "Marina Souza"},
            "wa_id": "5511955500111",
            "user_id": "BR.13491208655302741918",
        }
    ]
    message = value["messages"][0]
    assert message["from"] == "5511955500111"
    assert message["timestamp"].isdigit()
    assert (message["type"], message["text"]) == ("text", {"body": "Olá / ñ 👍"})
    assert headers["Content-Type"] == "application/json"


async def test_the_signature_is_over_the_raw_escaped_bytes(sim: Simulated) -> None:
    await sim.write(type="text", text={"body": "Olá / ñ"})
    await sim.business.until(sim.business.messages)
    headers, raw = sim.business.posts[0]
    assert b"Ol\\u00e1 \\/ \\u00f1" in raw
    assert raw.isascii()
    expected = hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest()
    assert headers["X-Hub-Signature-256"] == f"sha256={expected}"
    assert not is_signed(headers, raw + b" ")


async def test_an_event_comes_again_until_it_is_answered_200(sim: Simulated) -> None:
    sim.business.answers = [500, 403, 302]
    message = await sim.write()
    await sim.business.until(lambda: len(sim.business.posts) >= 4)
    assert {m["id"] for m in sim.business.messages()} == {message["id"]}
    bodies = {raw for _, raw in sim.business.posts}
    assert len(bodies) == 1
    _, log = await sim.ask("GET", "/_sim/webhooks")
    assert [(e["state"], e["attempts"]) for e in log["events"]] == [("delivered", 4)]


async def test_a_failing_event_does_not_hold_up_the_next(sim: Simulated) -> None:
    await sim.set(retry_first_ms=60_000)
    sim.business.answers = [500]
    first = await sim.write()
    await sim.business.until(lambda: sim.business.posts)
    second = await sim.write()
    await sim.business.until(lambda: len(sim.business.messages()) == 2)
    assert [m["id"] for m in sim.business.messages()] == [first["id"], second["id"]]


async def test_one_customers_messages_keep_their_order(sim: Simulated) -> None:
    for number in range(30):
        await sim.write(type="text", text={"body": str(number)})
    await sim.business.until(lambda: len(sim.business.messages()) == 30)
    bodies = [m["text"]["body"] for m in sim.business.messages()]
    assert bodies == [str(number) for number in range(30)]


async def test_batches_hold_many_events_in_one_post(sim: Simulated) -> None:
    await sim.set(batch_max=100, batch_ms=150)
    for customer in ("marina", "diego", "marina"):
        await sim.write(customer)
    await sim.write("marina")
    await sim.business.until(lambda: len(sim.business.messages()) == 4)
    assert len(sim.business.posts) == 1
    body = json.loads(sim.business.posts[0][1])
    assert len(body["entry"]) == 1
    counts = [len(c["value"]["messages"]) for c in body["entry"][0]["changes"]]
    assert counts == [1, 1, 2]
    last = body["entry"][0]["changes"][2]["value"]
    assert len(last["contacts"]) == 1


async def test_duplicates_on_demand_are_byte_for_byte_the_same_event(sim: Simulated) -> None:
    await sim.set(duplicate_percent=100)
    message = await sim.write()
    await sim.business.until(lambda: len(sim.business.posts) == 2)
    assert [m["id"] for m in sim.business.messages()] == [message["id"]] * 2


async def test_shuffled_events_all_arrive(sim: Simulated) -> None:
    await sim.set(shuffle=True)
    sent = [(await sim.write())["id"] for _ in range(20)]
    await sim.business.until(lambda: len(sim.business.messages()) == 20)
    arrived = [m["id"] for m in sim.business.messages()]
    assert sorted(arrived) == sorted(sent)
    assert arrived != sent


async def test_paused_webhooks_wait(sim: Simulated) -> None:
    await sim.set(webhooks_paused=True)
    message = await sim.write()
    assert sim.business.posts == []
    await sim.set(webhooks_paused=False)
    await sim.business.until(sim.business.messages)
    assert sim.business.messages()[0]["id"] == message["id"]


async def test_a_logged_event_can_be_sent_again(sim: Simulated) -> None:
    await sim.write()
    await sim.business.until(sim.business.messages)
    _, log = await sim.ask("GET", "/_sim/webhooks")
    status, _ = await sim.ask("POST", f"/_sim/webhooks/{log['events'][0]['seq']}/redeliver")
    assert status == 200
    await sim.business.until(lambda: len(sim.business.posts) == 2)
    assert sim.business.posts[0][1] == sim.business.posts[1][1]


async def test_subscribing_asks_for_the_challenge(sim: Simulated) -> None:
    url = sim.world.store.get("app", "webhook")["url"] + "/other"
    wish = {"override_callback_uri": url, "verify_token": VERIFY}
    status, answer = await sim.graph("POST", f"/{ACCOUNT}/subscribed_apps", wish)
    assert status == 200
    assert answer["data"][0]["override_callback_uri"] == url
    asked = sim.business.handshakes[0]
    assert asked["hub.mode"] == "subscribe"
    assert asked["hub.verify_token"] == VERIFY
    assert asked["hub.challenge"].isdigit()


async def test_a_wrong_verify_token_refuses_the_subscription(sim: Simulated) -> None:
    url = sim.world.store.get("app", "webhook")["url"]
    wish = {"override_callback_uri": url, "verify_token": "wrong"}
    status, answer = await sim.graph("POST", f"/{ACCOUNT}/subscribed_apps", wish)
    assert (status, answer["error"]["code"]) == (400, 2200)
    _, apps = await sim.graph("GET", f"/{ACCOUNT}/subscribed_apps")
    assert "override_callback_uri" not in apps["data"][0]


async def test_a_numbers_own_callback_goes_before_the_accounts(sim: Simulated) -> None:
    base = sim.world.store.get("app", "webhook")["url"]
    for path, level in ((f"/{ACCOUNT}/subscribed_apps", "/account"), (f"/{BRAZIL}", "/number")):
        wish = {"override_callback_uri": base + level, "verify_token": VERIFY}
        body = wish if "apps" in path else {"webhook_configuration": wish}
        status, _ = await sim.graph("POST", path, body)
        assert status == 200
    _, number = await sim.graph("GET", f"/{BRAZIL}?fields=webhook_configuration")
    levels = number["webhook_configuration"]
    assert levels["phone_number"] == base + "/number"
    assert levels["whatsapp_business_account"] == base + "/account"
    assert levels["application"] == base
    event = {"number": BRAZIL, "account": ACCOUNT}
    assert sim.world.courier.target(event)[0] == base + "/number"
    assert sim.world.courier.target({**event, "number": ""})[0] == base + "/account"


async def test_an_unsubscribed_app_hears_nothing(sim: Simulated) -> None:
    await sim.graph("DELETE", f"/{ACCOUNT}/subscribed_apps")
    await sim.write()
    _, log = await sim.ask("GET", "/_sim/webhooks")
    assert log["counts"] == {"unsubscribed": 1}
    assert sim.business.posts == []


async def test_what_waits_goes_to_a_new_address_at_once(sim: Simulated) -> None:
    url = sim.world.store.get("app", "webhook")["url"]
    await sim.set(retry_first_ms=60_000)
    await sim.ask("PUT", "/_sim/webhook-url", {"url": "", "verify": False})
    message = await sim.write()
    status, _ = await sim.ask("PUT", "/_sim/webhook-url", {"url": url, "verify_token": VERIFY})
    assert status == 200
    await sim.business.until(sim.business.messages)
    assert [m["id"] for m in sim.business.messages()] == [message["id"]]
