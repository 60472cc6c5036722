"""Sending: what is accepted, what is answered, and the statuses that follow."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.simulator.simulated import BRAZIL, DIEGO, MARINA, Simulated

pytestmark = pytest.mark.asyncio

KINDS: dict[str, Any] = {
    "text": {"body": "Hi", "preview_url": False},
    "location": {"latitude": "37.44", "longitude": -122.16, "name": "Café"},
    "contacts": [{"name": {"formatted_name": "Barbara J.", "first_name": "Barbara"}}],
    "interactive": {
        "type": "button",
        "body": {"text": "Choose"},
        "action": {"buttons": [{"type": "reply", "reply": {"id": "a", "title": "A"}}]},
    },
}
OTHER_INTERACTIVE: dict[str, Any] = {
    "list": {
        "button": "Options",
        "sections": [{"title": "S", "rows": [{"id": "1", "title": "One"}]}],
    },
    "cta_url": {
        "name": "cta_url",
        "parameters": {"display_text": "See", "url": "https://luckyshrub.example"},
    },
    "location_request_message": {"name": "send_location"},
    "flow": {"name": "flow", "parameters": {"flow_id": "1", "flow_cta": "Open"}},
    "catalog_message": {"name": "catalog_message"},
    "voice_call": {"name": "voice_call", "parameters": {"display_text": "Call"}},
}


async def phones_last(sim: Simulated) -> dict[str, Any]:
    """The newest message on Marina's phone."""
    _, thread = await sim.ask("GET", f"/_sim/thread?customer=marina&number={BRAZIL}")
    return dict(thread["messages"][-1])


async def test_the_answer_names_input_and_whatsapp_id(sim: Simulated) -> None:
    await sim.write()
    status, answer = await sim.send()
    assert status == 200
    assert answer["messaging_product"] == "whatsapp"
    assert answer["contacts"] == [{"input": MARINA, "wa_id": "5511955500111"}]
    assert answer["messages"][0]["id"].startswith("wamid.")
    assert "message_status" not in answer["messages"][0]


@pytest.mark.parametrize(
    ("to", "wa_id"),
    [
        ("+52 55 1234 5678", "5215512345678"),
        ("+5215512345678", "5215512345678"),
        ("5215512345678", "5215512345678"),
        ("+551155500111", "5511955500111"),
    ],
)
async def test_both_spellings_reach_the_same_person(sim: Simulated, to: str, wa_id: str) -> None:
    await sim.write("diego")
    await sim.write("marina")
    status, answer = await sim.send(to)
    assert (status, answer["contacts"][0]["wa_id"]) == (200, wa_id)
    status = await sim.wait_for(answer["messages"][0]["id"], "read")
    assert status["recipient_id"] == wa_id


async def test_statuses_come_in_order_with_price_and_contact(sim: Simulated) -> None:
    await sim.write()
    wamid = await sim.sent(type="text", text={"body": "Hi"}, biz_opaque_callback_data="attempt-1")
    await sim.wait_for(wamid, "read")
    statuses = sim.business.statuses(wamid)
    assert [s["status"] for s in statuses] == ["sent", "delivered", "read"]
    assert {s["biz_opaque_callback_data"] for s in statuses} == {"attempt-1"}
    assert ["pricing" in s for s in statuses] == [True, True, False]
    assert statuses[0]["pricing"] == {
        "billable": True,
        "pricing_model": "PMP",
        "type": "regular",
        "category": "service",
    }
    assert all("conversation" not in s for s in statuses)
    value = sim.business.changes("messages")[-1]["value"]
    assert value["contacts"][0]["wa_id"] == "5511955500111"


async def test_old_versions_have_conversation_objects(sim: Simulated) -> None:
    await sim.set(old_conversations=True)
    await sim.write()
    wamid = await sim.sent()
    status = await sim.wait_for(wamid, "sent")
    assert status["conversation"]["origin"] == {"type": "service"}
    assert status["conversation"]["expiration_timestamp"].isdigit()


@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_is_accepted_and_drawn(sim: Simulated, kind: str) -> None:
    await sim.write()
    wamid = await sim.sent(type=kind, **{kind: KINDS[kind]})
    await sim.wait_for(wamid, "delivered")
    _, thread = await sim.ask("GET", f"/_sim/thread?customer=marina&number={BRAZIL}")
    message = thread["messages"][-1]
    assert message["id"] == wamid
    assert message["drawn"]


@pytest.mark.parametrize("kind", OTHER_INTERACTIVE)
async def test_every_interactive_kind_is_accepted(sim: Simulated, kind: str) -> None:
    await sim.write()
    content = {"type": kind, "body": {"text": "Hi"}, "action": OTHER_INTERACTIVE[kind]}
    await sim.sent(type="interactive", interactive=content)


async def test_a_reaction_and_its_removal_show_on_the_phone(sim: Simulated) -> None:
    written = await sim.write()
    for emoji in ("😀", ""):
        reaction = {"message_id": written["id"], "emoji": emoji}
        wamid = await sim.sent(type="reaction", reaction=reaction)
        await sim.wait_for(wamid, "sent")
        _, thread = await sim.ask("GET", f"/_sim/thread?customer=marina&number={BRAZIL}")
        assert thread["messages"][0]["reactions"] == {"business": emoji}


async def test_a_reply_quotes_the_message(sim: Simulated) -> None:
    written = await sim.write(type="text", text={"body": "Is it blue?"})
    await sim.sent(type="text", text={"body": "Yes"}, context={"message_id": written["id"]})
    _, thread = await sim.ask("GET", f"/_sim/thread?customer=marina&number={BRAZIL}")
    assert thread["messages"][-1]["quote"]["text"] == "Is it blue?"


async def test_someone_without_a_phone_is_reached_by_user_id(sim: Simulated) -> None:
    await sim.write("kenji")
    user_id = "JP.30918273645546372819"
    message = {"messaging_product": "whatsapp", "recipient": user_id, "text": {"body": "Hi"}}
    status, answer = await sim.graph("POST", f"/{BRAZIL}/messages", message)
    assert status == 200
    assert answer["contacts"] == [{"input": user_id, "user_id": user_id}]
    found = await sim.wait_for(answer["messages"][0]["id"], "delivered")
    assert found["recipient_user_id"] == user_id
    assert "recipient_id" not in found
    card = sim.business.changes("messages")[-1]["value"]["contacts"][0]
    assert "wa_id" not in card
    assert card["profile"]["username"] == "@kenji.t"


async def test_the_phone_number_wins_over_the_user_id(sim: Simulated) -> None:
    await sim.write()
    await sim.write("diego")
    _, answer = await sim.send(
        DIEGO, type="text", text={"body": "Hi"}, recipient="BR.13491208655302741918"
    )
    assert answer["contacts"][0]["wa_id"] == "5215512345678"


async def test_an_offline_phone_gets_its_messages_later(sim: Simulated) -> None:
    await sim.write()
    await sim.ask("PATCH", "/_sim/customers/marina", {"online": False})
    wamid = await sim.sent()
    await sim.wait_for(wamid, "sent")
    other = await sim.sent(type="text", text={"body": "More"})
    await sim.wait_for(other, "sent")
    assert [s["status"] for s in sim.business.statuses(wamid)] == ["sent"]
    await sim.ask("PATCH", "/_sim/customers/marina", {"online": True})
    await sim.wait_for(wamid, "read")
    await sim.wait_for(other, "read")


async def test_reading_waits_for_a_customer_who_does_not_read_by_themselves(
    sim: Simulated,
) -> None:
    await sim.write()
    await sim.ask("PATCH", "/_sim/customers/marina", {"auto_read": False})
    wamid = await sim.sent()
    await sim.wait_for(wamid, "delivered")
    _, answer = await sim.ask("POST", "/_sim/customers/marina/read", {"number": BRAZIL})
    assert answer == {"read": 1}
    await sim.wait_for(wamid, "read")


async def test_without_read_receipts_nobody_learns_of_the_reading(sim: Simulated) -> None:
    await sim.write()
    await sim.ask("PATCH", "/_sim/customers/marina", {"read_receipts": False})
    first = await sim.sent()
    await sim.wait_for(first, "delivered")
    async with asyncio.timeout(5):
        while not (await phones_last(sim)).get("seen"):
            pass
    await sim.ask("PATCH", "/_sim/customers/marina", {"read_receipts": True})
    second = await sim.sent()
    await sim.wait_for(second, "read")
    assert [s["status"] for s in sim.business.statuses(first)] == ["sent", "delivered"]


async def test_marking_read_ticks_this_and_all_earlier_messages(sim: Simulated) -> None:
    for _ in range(2):
        last = await sim.write()
    after = await sim.write()
    body = {"messaging_product": "whatsapp", "status": "read", "message_id": last["id"]}
    status, answer = await sim.graph("POST", f"/{BRAZIL}/messages", body)
    assert (status, answer) == (200, {"success": True})
    _, thread = await sim.ask("GET", f"/_sim/thread?customer=marina&number={BRAZIL}")
    read = {m["id"]: m["status"] == "read" for m in thread["messages"]}
    assert list(read.values()) == [True, True, False]
    assert read[after["id"]] is False


async def test_typing_reaches_the_phones_live_stream(sim: Simulated) -> None:
    written = await sim.write()
    body = {"messaging_product": "whatsapp", "status": "read", "message_id": written["id"]}
    async with sim.session.get(sim.base + "/_sim/stream") as stream:
        await stream.content.readline()
        await sim.graph(
            "POST", f"/{BRAZIL}/messages", {**body, "typing_indicator": {"type": "text"}}
        )
        lines = b""
        while b"typing" not in lines:
            lines = await stream.content.readline()
    assert b'"customer": "marina"' in lines


async def test_a_message_of_another_number_cannot_be_marked_read(sim: Simulated) -> None:
    body = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.none"}
    status, answer = await sim.graph("POST", f"/{BRAZIL}/messages", body)
    assert (status, answer["error"]["code"]) == (400, 131009)


async def test_a_played_voice_message_says_so(sim: Simulated) -> None:
    await sim.write()
    _, media = await sim.upload(b"OggS" + b"\0" * 60, "audio/ogg")
    wamid = await sim.sent(type="audio", audio={"id": media["id"], "voice": True})
    await sim.wait_for(wamid, "read")
    await sim.ask("POST", "/_sim/customers/marina/played", {"id": wamid})
    await sim.wait_for(wamid, "played")


async def test_a_version_in_the_path_is_optional(sim: Simulated) -> None:
    await sim.write()
    body = {"messaging_product": "whatsapp", "to": MARINA, "text": {"body": "Hi"}}
    for prefix in ("", "/v19.0", "/v25.0"):
        path = f"{prefix}/{BRAZIL}/messages"
        status, _ = await sim.ask("POST", path, body, Authorization="Bearer test-token")
        assert status == 200
