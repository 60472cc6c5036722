"""What customers do: every kind of message, edits, calls, new numbers, echoes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulator.simulated import BRAZIL, Simulated

pytestmark = pytest.mark.asyncio
Json = dict[str, Any]

ITEM = {"product_retailer_id": "d", "quantity": 2, "item_price": 30, "currency": "USD"}


def reply(kind: str, **content: Any) -> tuple[str, Json]:
    return "interactive", {"type": kind, kind: content}


CONTENTS: list[tuple[str, Any]] = [
    ("text", {"body": "Olá"}),
    ("location", {"latitude": 37.4, "longitude": -122.1, "name": "Philz", "address": "1 Main"}),
    ("contacts", [{"name": {"formatted_name": "B. J."}, "phones": [{"phone": "+1 415"}]}]),
    ("button", {"payload": "Unsubscribe", "text": "Unsubscribe"}),
    reply("button_reply", id="c", title="Cancel"),
    reply("list_reply", id="p", title="Mail", description="2 days"),
    reply("nfm_reply", response_json="{}", body="Sent", name="flow"),
    reply("call_permission_reply", response="accept"),
    ("order", {"catalog_id": "1", "text": "Love these!", "product_items": [ITEM]}),
    ("unsupported", {"type": "poll"}),
    ("request_welcome", None),
]


@pytest.mark.parametrize(("kind", "content"), CONTENTS)
async def test_every_kind_arrives_as_it_was_written(
    sim: Simulated, kind: str, content: Any
) -> None:
    written = await sim.write(type=kind, **({kind: content} if content else {}))
    await sim.business.until(sim.business.messages)
    message = sim.business.messages()[0]
    assert (message["id"], message["type"], message.get(kind)) == (written["id"], kind, content)
    if kind == "unsupported":
        assert message["errors"][0]["code"] == 131051


async def test_someone_with_a_username_shows_no_phone(sim: Simulated) -> None:
    await sim.write("kenji")
    await sim.business.until(sim.business.messages)
    value = sim.business.changes()[0]["value"]
    assert value["contacts"] == [
        {
            "profile": {"name": "Kenji", "username": "@kenji.t"},
            "user_id": "JP.30918273645546372819",
        }
    ]
    message = value["messages"][0]
    assert message["from_user_id"] == "JP.30918273645546372819"
    assert "from" not in message
    assert b"819055500177" not in sim.business.posts[0][1]


async def test_user_ids_can_be_left_out(sim: Simulated) -> None:
    await sim.set(user_ids=False)
    await sim.write()
    await sim.business.until(sim.business.messages)
    value = sim.business.changes()[0]["value"]
    assert value["contacts"] == [{"profile": {"name": "Marina Souza"}, "wa_id": "5511955500111"}]
    assert "from_user_id" not in value["messages"][0]


async def test_context_forwarded_and_referral(sim: Simulated) -> None:
    await sim.write()
    sent = await sim.sent()
    await sim.wait_for(sent, "read")
    referral = {"source_url": "https://fb.me/3", "source_type": "ad", "source_id": "1"}
    await sim.write(type="text", text={"body": "a"}, context={"id": sent})
    await sim.write(type="text", text={"body": "b"}, context={"forwarded": True})
    await sim.write(type="text", text={"body": "c"}, referral=referral)
    await sim.business.until(lambda: len(sim.business.messages()) == 4)
    _, reply, forwarded, referred = sim.business.messages()
    assert reply["context"] == {"from": "551155500101", "id": sent}
    assert forwarded["context"] == {"forwarded": True}
    assert referred["referral"] == referral


async def test_a_reaction_and_its_removal(sim: Simulated) -> None:
    await sim.write()
    sent = await sim.sent()
    await sim.wait_for(sent, "read")
    for emoji in ("👍", ""):
        await sim.write(type="reaction", reaction={"message_id": sent, "emoji": emoji})
    await sim.business.until(lambda: len(sim.business.messages()) == 3)
    contents = [message["reaction"] for message in sim.business.messages()[1:]]
    assert contents == [{"message_id": sent, "emoji": "👍"}, {"message_id": sent}]


async def test_a_reaction_stays_while_the_message_is_under_way(sim: Simulated) -> None:
    await sim.set(sent_ms=30)
    await sim.write()
    sent = await sim.sent()
    await sim.write(type="reaction", reaction={"message_id": sent, "emoji": "❤️"})
    await sim.wait_for(sent, "read")
    _, thread = await sim.ask("GET", f"/_sim/thread?customer=marina&number={BRAZIL}")
    found = {message["id"]: message.get("reactions") for message in thread["messages"]}
    assert found[sent] == {"customer": "❤️"}


async def test_an_own_message_is_edited_and_deleted(sim: Simulated) -> None:
    written = await sim.write(type="text", text={"body": "Helo"})
    edit = {"message_id": written["id"], "text": "Hello"}
    changed = await sim.write(type="edit", edit=edit)
    assert (changed["drawn"], changed["edited"]) == ({"text": "Hello"}, True)
    gone = await sim.write(type="revoke", revoke={"message_id": written["id"]})
    assert gone["revoked"] is True
    await sim.business.until(lambda: len(sim.business.messages()) == 3)
    _, edited, revoked = sim.business.messages()
    assert edited["edit"]["original_message_id"] == written["id"]
    assert edited["edit"]["message"]["text"] == {"body": "Hello"}
    assert revoked["revoke"] == {"original_message_id": written["id"]}


async def test_what_others_wrote_cannot_be_edited(sim: Simulated) -> None:
    await sim.write()
    sent = await sim.sent()
    status, answer = await sim.ask(
        "POST",
        "/_sim/customers/marina/messages",
        {"type": "revoke", "revoke": {"message_id": sent}},
    )
    assert status == 400
    assert answer["error"]


async def test_a_new_phone_number_is_told_and_used(sim: Simulated) -> None:
    system = {"type": "user_changed_number", "phone": "+5511955500222"}
    await sim.write(type="system", system=system)
    await sim.business.until(sim.business.messages)
    value = sim.business.changes()[0]["value"]
    assert "contacts" not in value
    message = value["messages"][0]
    assert message["from"] == "5511955500111"
    assert message["system"]["wa_id"] == "5511955500222"
    assert message["system"]["type"] == "user_changed_number"
    await sim.write()
    await sim.business.until(lambda: len(sim.business.messages()) == 2)
    assert sim.business.messages()[1]["from"] == "5511955500222"


async def test_a_changed_identity_and_user_id(sim: Simulated) -> None:
    await sim.write(type="system", system={"type": "customer_identity_changed"})
    await sim.write(type="system", system={"type": "user_changed_user_id"})
    await sim.business.until(lambda: len(sim.business.messages()) == 2)
    identity, user = sim.business.messages()
    assert identity["identity"]["acknowledged"] is True
    assert user["system"]["user_id"].startswith("BR.")
    _, customer = await sim.ask("GET", "/_sim/customers/marina")
    assert customer["user_id"] == user["system"]["user_id"]


async def test_calls_come_and_end(sim: Simulated) -> None:
    call = await sim.write(type="call", call={"event": "connect"})
    await sim.write(type="call", call={"event": "terminate", "id": call["id"], "duration_s": 90})
    await sim.business.until(lambda: len(sim.business.changes("calls")) == 2)
    started, ended = (change["value"]["calls"][0] for change in sim.business.changes("calls"))
    assert (started["event"], started["direction"]) == ("connect", "USER_INITIATED")
    assert (ended["id"], ended["duration"]) == (call["id"], 90)
    assert int(ended["end_time"]) - int(ended["start_time"]) == 90


async def test_the_phone_app_echoes_and_opens_no_window(sim: Simulated) -> None:
    echo = {"type": "text", "text": {"body": "From the phone"}}
    await sim.write(type="echo", echo=echo)
    await sim.business.until(lambda: sim.business.changes("smb_message_echoes"))
    value = sim.business.changes()[0]["value"]
    message = value["message_echoes"][0]
    assert (message["from"], message["to"]) == ("551155500101", "5511955500111")
    assert message["text"] == {"body": "From the phone"}
    await sim.wait_for(await sim.sent(), "failed")


async def test_marketing_is_stopped(sim: Simulated) -> None:
    await sim.write(type="preference", preference="stop")
    await sim.business.until(lambda: sim.business.changes("user_preferences"))
    wish = sim.business.changes()[0]["value"]["user_preferences"][0]
    assert (wish["value"], wish["category"]) == ("stop", "marketing_messages")
    assert isinstance(wish["timestamp"], int)


async def test_any_field_and_value_can_be_sent(sim: Simulated) -> None:
    value = {"event": "ACCOUNT_VIOLATION", "violation_info": {"violation_type": "ADULT"}}
    await sim.ask("POST", "/_sim/webhooks", {"field": "account_update", "value": value})
    await sim.business.until(sim.business.changes)
    assert sim.business.changes() == [{"value": value, "field": "account_update"}]
    raw = sim.business.posts[0][1]
    assert b'"time":' in raw


async def test_a_second_tick_means_that_the_business_has_it(sim: Simulated) -> None:
    await sim.set(webhooks_paused=True)
    await sim.write()
    _, thread = await sim.ask("GET", f"/_sim/thread?customer=marina&number={BRAZIL}")
    assert thread["messages"][0]["status"] == "sent"
    async with sim.session.get(sim.base + "/_sim/stream") as stream:
        await sim.set(webhooks_paused=False)
        line = b""
        while b'"delivered"' not in line:
            line = await stream.content.readline()
    _, thread = await sim.ask("GET", f"/_sim/thread?customer=marina&number={BRAZIL}")
    assert thread["messages"][0]["status"] == "delivered"


@pytest.mark.parametrize(
    "body",
    [
        {"type": "image", "image": {"id": "404"}},
        {"type": "text", "text": "plain"},
        {"type": "location", "location": {}},
        {"type": "edit", "edit": {"message_id": "wamid.none", "text": "x"}},
        {"type": "system", "system": {"type": "user_changed_number", "phone": "+52"}},
        {"type": "text", "text": {"body": "x"}, "age_s": "old"},
        {"number": "404", "type": "text", "text": {"body": "x"}},
    ],
)
async def test_what_cannot_be_is_refused_with_a_reason(sim: Simulated, body: Json) -> None:
    status, answer = await sim.ask("POST", "/_sim/customers/marina/messages", body)
    assert status in (400, 404)
    assert answer["error"]
    assert sim.business.posts == []
