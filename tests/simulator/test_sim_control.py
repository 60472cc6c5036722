"""The control API and its pages: customers, settings, reset, and who may ask."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.customers import number_key, own_spelling
from tests.simulator.simulated import Simulated, make_world

pytestmark = pytest.mark.asyncio


async def test_customers_are_made_changed_and_removed(sim: Simulated) -> None:
    wish = {"name": "Zoë", "phone": "+44 7700 900123"}
    status, made = await sim.ask("POST", "/_sim/customers", wish)
    assert (status, made["wa_id"]) == (201, "447700900123")
    assert made["user_id"].startswith("GB.")
    path = f"/_sim/customers/{made['id']}"
    _, changed = await sim.ask("PATCH", path, {"name": "Zoe", "online": False})
    assert (changed["name"], changed["online"]) == ("Zoe", False)
    await sim.write(made["id"])
    assert (await sim.ask("DELETE", path))[0] == 200
    assert (await sim.ask("GET", path))[0] == 404


async def test_many_customers_are_made_at_once(sim: Simulated) -> None:
    many = [{"name": f"C{n}", "phone": f"+4917012{n:05}"} for n in range(500)]
    status, made = await sim.ask("POST", "/_sim/customers", {"customers": many})
    assert (status, len(made["customers"])) == (201, 500)


@pytest.mark.parametrize(
    "wish",
    [
        {"name": "x"},
        {"name": "x", "phone": "123"},
        {"name": "x", "phone": "+55 11 5550-0111"},
        {"name": "x", "phone": "+49 170 1234567", "shoe_size": 43},
        {"name": 5, "phone": "+49 170 1234567"},
    ],
)
async def test_a_customer_who_cannot_be_is_refused(sim: Simulated, wish: dict[str, Any]) -> None:
    status, answer = await sim.ask("POST", "/_sim/customers", wish)
    assert status == 400
    assert answer["error"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("+55 11 95550-0111", "551155500111"),
        ("+52 1 55 1234 5678", "525512345678"),
        ("+54 9 11 2345 6789", "541123456789"),
    ],
)
async def test_two_spellings_are_one_number(one: str, other: str) -> None:
    assert number_key(one) == number_key(other)


@pytest.mark.parametrize(
    ("number", "wa_id"),
    [
        ("+52 55 1234 5678", "5215512345678"),
        ("+55 11 95550-0111", "5511955500111"),
        ("+55 41 95550-0111", "554155500111"),
        ("+54 11 2345 6789", "5491123456789"),
        ("+49 170 5550123", "491705550123"),
    ],
)
async def test_numbers_are_rewritten_as_whatsapp_does(number: str, wa_id: str) -> None:
    assert own_spelling(number) == wa_id


@pytest.mark.parametrize(
    "change",
    [
        {"sent_ms": "soon"},
        {"sent_ms": -1},
        {"shuffle": 1},
        {"window_refusal": "maybe"},
        {"nothing": 1},
        {"sent_ms": 5, "nothing": 1},
    ],
)
async def test_a_setting_that_does_not_fit_changes_nothing(
    sim: Simulated, change: dict[str, Any]
) -> None:
    before = (await sim.ask("GET", "/_sim/state"))[1]["settings"]
    status, answer = await sim.ask("PATCH", "/_sim/settings", change)
    assert status == 400
    assert answer["error"]
    assert (await sim.ask("GET", "/_sim/state"))[1]["settings"] == before


async def test_reset_forgets_all_but_the_cast(sim: Simulated) -> None:
    await sim.write()
    await sim.sent()
    await sim.ask("POST", "/_sim/customers", {"name": "Zoë", "phone": "+44 7700 900123"})
    await sim.ask("POST", "/_sim/faults", {"kind": "hang"})
    await sim.ask("PATCH", "/_sim/clock", {"offset_s": 60})
    status, state = await sim.ask("POST", "/_sim/reset", {"seed": "demo"})
    assert status == 200
    assert len(state["customers"]) == 6
    assert (state["faults"], state["clock"]["offset_s"]) == ([], 0)
    assert state["settings"]["sent_ms"] == 60
    assert (await sim.ask("GET", "/_sim/ledger"))[1] == {"calls": []}
    assert (await sim.ask("GET", "/_sim/webhooks"))[1]["events"] == []


async def test_everything_outlives_a_new_start(tmp_path: object) -> None:
    path = f"{tmp_path}/sim.sqlite3"
    world = make_world(data=path)
    world.store.put("customers", "x", {"id": "x", "name": "Ñandú 🙂"})
    world.store.put("clock", "clock", {"offset_s": 90})
    world.store.put("settings", "settings", {"sent_ms": 7, "long_gone": 1})
    world.store.close()
    again = make_world(data=path)
    assert again.store.get("customers", "x") == {"id": "x", "name": "Ñandú 🙂"}
    assert (again.clock.offset, again.settings.sent_ms) == (90, 7)
    again.store.close()


async def test_another_sites_page_may_not_change_or_read_anything(sim: Simulated) -> None:
    foreign = {"Origin": "https://evil.example"}
    for method, path in (("GET", "/_sim/state"), ("POST", "/_sim/reset")):
        status, _ = await sim.ask(method, path, {}, **foreign)
        assert status == 403
    status, _ = await sim.ask("GET", "/_sim/state", Origin=sim.base)
    assert status == 200
    async with sim.session.post(sim.base + "/_sim/reset", data=b"{}") as answer:
        assert answer.status == 415


@pytest.mark.parametrize("path", ["/", "/phone/", "/control/"])
async def test_pages_run_under_a_strict_policy(sim: Simulated, path: str) -> None:
    async with sim.session.get(sim.base + path) as answer:
        policy = answer.headers["Content-Security-Policy"]
        html = await answer.text()
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "<style" not in html
    assert "style=" not in html
    assert "<script>" not in html


@pytest.mark.parametrize("name", ["..%2Fapp.py", "../app.py", "none.js", "app.py"])
async def test_only_static_files_are_served(sim: Simulated, name: str) -> None:
    status, _ = await sim.ask("GET", f"/static/{name}")
    assert status in (400, 401, 404)


async def test_it_says_that_it_is_well(sim: Simulated) -> None:
    assert await sim.ask("GET", "/healthz") == (200, {"status": "ok"})
