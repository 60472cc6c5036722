"""Business numbers: read, profile, registration, blocked users, health."""

from __future__ import annotations

import pytest

from tests.simulator.simulated import ACCOUNT, APP, BRAZIL, MARINA, MEXICO, TOKEN, Simulated

pytestmark = pytest.mark.asyncio


async def test_the_accounts_numbers_are_listed_with_chosen_fields(sim: Simulated) -> None:
    _, found = await sim.graph("GET", f"/{ACCOUNT}/phone_numbers?fields=verified_name,status")
    assert found["data"] == [
        {"verified_name": "Lucky Shrub", "status": "CONNECTED", "id": BRAZIL},
        {"verified_name": "Lucky Shrub México", "status": "CONNECTED", "id": MEXICO},
    ]
    _, number = await sim.graph("GET", f"/{BRAZIL}")
    assert number["display_phone_number"] == "+55 11 5550 0101"
    assert number["throughput"] == {"level": "STANDARD"}
    assert "pin" not in str(number)


async def test_secrets_of_a_number_cannot_be_read(sim: Simulated) -> None:
    _, number = await sim.graph("GET", f"/{BRAZIL}?fields=pin,code,registrations,status")
    assert number == {"status": "CONNECTED", "id": BRAZIL}


async def test_a_new_number_is_verified_and_registered_before_it_sends(sim: Simulated) -> None:
    wish = {"cc": "55", "phone_number": "1155500199", "verified_name": "Shrub Two"}
    _, made = await sim.graph("POST", f"/{ACCOUNT}/phone_numbers", wish)
    number = made["id"]
    register = {"messaging_product": "whatsapp", "pin": "654321"}
    status, answer = await sim.send(number=number)
    assert (status, answer["error"]["code"]) == (400, 133010)
    status, answer = await sim.graph("POST", f"/{number}/register", register)
    assert (status, answer["error"]["code"]) == (400, 133006)
    ask = {"code_method": "SMS", "language": "pt_BR"}
    assert (await sim.graph("POST", f"/{number}/request_code", ask))[0] == 200
    _, state = await sim.ask("GET", "/_sim/state")
    code = next(one["code"] for one in state["numbers"] if one["id"] == number)
    status, answer = await sim.graph("POST", f"/{number}/verify_code", {"code": "x"})
    assert (status, answer["error"]["code"]) == (400, 136025)
    assert (await sim.graph("POST", f"/{number}/verify_code", {"code": code}))[0] == 200
    assert (await sim.graph("POST", f"/{number}/register", register))[0] == 200
    await sim.write(number=number, type="text", text={"body": "Oi"})
    await sim.wait_for(await sim.sent(number=number), "read")


async def test_registering_needs_the_pin_and_is_limited(sim: Simulated) -> None:
    path = f"/{BRAZIL}/register"
    for _ in range(10):
        wish = {"messaging_product": "whatsapp", "pin": "000000"}
        status, answer = await sim.graph("POST", path, wish)
        assert (status, answer["error"]["code"]) == (400, 133005)
    wish = {"messaging_product": "whatsapp", "pin": "123456"}
    status, answer = await sim.graph("POST", path, wish)
    assert (status, answer["error"]["code"]) == (400, 133016)


async def test_a_deregistered_number_sends_nothing_until_it_is_registered(sim: Simulated) -> None:
    await sim.write()
    assert (await sim.graph("POST", f"/{BRAZIL}/deregister"))[0] == 200
    status, answer = await sim.send()
    assert (status, answer["error"]["code"]) == (400, 133010)
    _, number = await sim.graph("GET", f"/{BRAZIL}?fields=health_status")
    assert number["health_status"]["can_send_message"] == "BLOCKED"
    entity = number["health_status"]["entities"][0]
    assert entity["errors"][0]["error_code"] == 133010
    wish = {"messaging_product": "whatsapp", "pin": "123456"}
    assert (await sim.graph("POST", f"/{BRAZIL}/register", wish))[0] == 200
    assert (await sim.send())[0] == 200


async def test_the_profile_is_changed_within_its_limits(sim: Simulated) -> None:
    path = f"/{BRAZIL}/whatsapp_business_profile"
    wish = {"messaging_product": "whatsapp", "about": "Open!", "websites": ["https://a.example"]}
    assert (await sim.graph("POST", path, wish))[0] == 200
    _, found = await sim.graph("GET", f"{path}?fields=about,websites,vertical")
    assert found["data"] == [
        {
            "about": "Open!",
            "websites": ["https://a.example"],
            "vertical": "RETAIL",
            "messaging_product": "whatsapp",
        }
    ]
    for change in (
        {"about": "x" * 140},
        {"description": "x" * 513},
        {"websites": ["https://a.example"] * 3},
        {"websites": ["javascript:1"]},
        {"vertical": "SPACE"},
    ):
        status, _ = await sim.graph("POST", path, {"messaging_product": "whatsapp", **change})
        assert status == 400, change


async def test_only_recent_writers_can_be_blocked(sim: Simulated) -> None:
    path = f"/{BRAZIL}/block_users"
    await sim.write()
    users = [{"user": MARINA}, {"user": "+5215512345678"}]
    wish = {"messaging_product": "whatsapp", "block_users": users}
    status, answer = await sim.graph("POST", path, wish)
    assert (status, answer["error"]["code"]) == (400, 139100)
    assert [one["wa_id"] for one in answer["block_users"]["added_users"]] == ["5511955500111"]
    assert [one["input"] for one in answer["block_users"]["failed_users"]] == ["+5215512345678"]
    _, found = await sim.graph("GET", path)
    assert found["data"] == [{"messaging_product": "whatsapp", "wa_id": "5511955500111"}]
    status, answer = await sim.send()
    assert (status, answer["error"]["code"]) == (403, 130403)
    count = len(sim.business.messages())
    await sim.write()
    await sim.write("diego")
    await sim.business.until(lambda: len(sim.business.messages()) == count + 1)
    assert sim.business.messages()[-1]["from"] == "5215512345678"
    unblock = {"messaging_product": "whatsapp", "block_users": users[:1]}
    assert (await sim.graph("DELETE", path, unblock))[0] == 200
    assert (await sim.send())[0] == 200


async def test_settings_are_merged(sim: Simulated) -> None:
    path = f"/{BRAZIL}/settings"
    await sim.graph("POST", path, {"calling": {"status": "enabled"}})
    _, found = await sim.graph("GET", path)
    assert found["calling"]["status"] == "enabled"
    assert found["calling"]["call_icon_visibility"] == "visible"
    assert found["storage_configuration"] == {"status": "default"}


async def test_the_account_and_the_token_can_be_asked_about(sim: Simulated) -> None:
    _, account = await sim.graph("GET", f"/{ACCOUNT}?fields=name,health_status")
    assert account["name"] == "Lucky Shrub"
    assert account["health_status"]["can_send_message"] == "AVAILABLE"
    _, good = await sim.graph("GET", f"/debug_token?input_token={TOKEN}")
    assert good["data"]["is_valid"] is True
    assert "whatsapp_business_messaging" in good["data"]["scopes"]
    _, bad = await sim.graph("GET", "/debug_token?input_token=other")
    assert bad["data"]["is_valid"] is False


async def test_quality_and_throughput_changes_are_told(sim: Simulated) -> None:
    path = f"/_sim/numbers/{BRAZIL}"
    await sim.ask("PATCH", path, {"quality_rating": "RED", "throughput": {"level": "HIGH"}})
    await sim.business.until(lambda: len(sim.business.changes()) == 2)
    found = [change["value"]["event"] for change in sim.business.changes()]
    assert found == ["THROUGHPUT_UPGRADE", "FLAGGED"]
    assert {c["field"] for c in sim.business.changes()} == {"phone_number_quality_update"}


async def test_the_app_has_a_callback_of_its_own(sim: Simulated) -> None:
    url = sim.world.store.get("app", "webhook")["url"] + "/app"
    wish = {"object": "whatsapp_business_account", "callback_url": url, "fields": "messages"}
    status, _ = await sim.graph("POST", f"/{APP}/subscriptions", {**wish, "verify_token": "no"})
    assert status == 400
    wish["verify_token"] = "test-verify"
    assert (await sim.graph("POST", f"/{APP}/subscriptions", wish))[0] == 200
    _, found = await sim.graph("GET", f"/{APP}/subscriptions")
    assert found["data"][0]["callback_url"] == url
