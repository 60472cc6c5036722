"""Further customers from a file: there from the first start, and as they were left at the next."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from simulator.clock import DAY
from simulator.customers import CustomerError
from simulator.customers_file import read_customers
from tests.simulator.simulated import (
    BRAZIL,
    FAST,
    MEXICO,
    Json,
    Simulated,
    make_world,
    serve_business,
    serve_world,
)

ROOT = Path(__file__).resolve().parents[2]
ZOE, NOOR = "+447700900123", "+971505550199"


@asynccontextmanager
async def started(folder: Path, *customers: Json, **options: Any) -> AsyncIterator[Simulated]:
    """A start of the same simulator, with these further customers."""
    file = folder / "customers.json"
    file.write_text(json.dumps(customers), encoding="utf-8")
    world = make_world(data=str(folder / "sim.sqlite3"), customers=str(file), **options)
    server = await serve_world(world)
    async with ClientSession() as session:
        simulated = Simulated(world, server, session)
        business = await serve_business(simulated.business)
        url = str(business.make_url("/hook"))
        await simulated.ask("PUT", "/_sim/webhook-url", {"url": url, "verify": False})
        await simulated.set(**FAST)
        yield simulated
        await server.close()
        await business.close()


async def names(sim: Simulated) -> list[str]:
    _, answer = await sim.ask("GET", "/_sim/customers")
    return [one["name"] for one in answer["customers"]]


async def template_to(sim: Simulated, phone: str) -> str:
    template = {"name": "hello_world", "language": {"code": "en_US"}}
    return await sim.sent(phone, type="template", template=template)


def wrote(number: str, seconds_ago: float) -> Json:
    return {"last_message_at": {number: time.time() - seconds_ago}}


@pytest.mark.asyncio
async def test_they_are_beside_the_cast_and_are_reached(tmp_path: Path) -> None:
    people = {"name": "Zoë", "phone": ZOE}, {"id": "noor", "name": "Noor", "phone": NOOR}
    async with started(tmp_path, *people) as sim:
        assert (await names(sim))[0] == "Marina Souza"
        assert (await names(sim))[-2:] == ["Zoë", "Noor"]
        for phone in (ZOE, NOOR):
            await sim.wait_for(await template_to(sim, phone), "delivered")
        failed = await sim.wait_for(await template_to(sim, "+447700900124"), "failed")
        assert failed["errors"][0]["code"] == 131026
        await sim.write("noor")
        written = await sim.business.until(sim.business.messages)
        assert written[0]["from"] == NOOR.removeprefix("+")


@pytest.mark.asyncio
async def test_they_alone_are_there_without_the_cast(tmp_path: Path) -> None:
    async with started(tmp_path, {"name": "Zoë", "phone": ZOE}, seed="none") as sim:
        assert await names(sim) == ["Zoë"]


@pytest.mark.asyncio
async def test_another_start_leaves_them_as_they_were_left(tmp_path: Path) -> None:
    zoe, noor = {"name": "Zoë", "phone": ZOE}, {"id": "noor", "name": "Noor", "phone": NOOR}
    async with started(tmp_path, zoe, noor, seed="none") as sim:
        _, answer = await sim.ask("GET", "/_sim/customers")
        await sim.ask("PATCH", "/_sim/customers/noor", {"name": "Noor B.", "online": False})
        await sim.ask("DELETE", f"/_sim/customers/{answer['customers'][0]['id']}")
    ali = {"name": "Ali", "phone": "+971505550198"}
    async with started(tmp_path, zoe, noor, ali, seed="none") as sim:
        assert await names(sim) == ["Noor B.", "Ali"]
        _, answer = await sim.ask("GET", "/_sim/customers/noor")
        assert not answer["online"]


@pytest.mark.asyncio
async def test_a_reset_brings_them_back(tmp_path: Path) -> None:
    async with started(tmp_path, {"id": "zoe", "name": "Zoë", "phone": ZOE}) as sim:
        await sim.ask("DELETE", "/_sim/customers/zoe")
        await sim.ask("POST", "/_sim/reset", {})
        assert (await names(sim))[-1] == "Zoë"


@pytest.mark.asyncio
async def test_who_is_there_under_that_id_or_number_is_meant(tmp_path: Path) -> None:
    marina = {"id": "marina", "name": "Another", "phone": ZOE, **wrote(BRAZIL, 60)}
    diego = {"name": "Another", "phone": "+52 55 1234 5678", **wrote(MEXICO, 60)}
    async with started(tmp_path, marina, diego) as sim:
        assert len(await names(sim)) == 6
        assert "Another" not in await names(sim)
        await sim.wait_for(await sim.sent(), "read")
        await sim.wait_for(await sim.sent("+5215512345678", MEXICO), "read")


@pytest.mark.asyncio
async def test_their_windows_are_as_old_as_the_file_says(tmp_path: Path) -> None:
    zoe = {"id": "zoe", "name": "Zoë", "phone": ZOE, **wrote(BRAZIL, DAY - 600)}
    noor = {"id": "noor", "name": "Noor", "phone": NOOR, **wrote(BRAZIL, DAY + 1)}
    async with started(tmp_path, zoe, noor) as sim:
        _, thread = await sim.ask("GET", f"/_sim/thread?customer=zoe&number={BRAZIL}")
        assert abs(thread["window_left_s"] - 600) < 5
        await sim.wait_for(await sim.sent(ZOE), "delivered")
        for phone, number in ((NOOR, BRAZIL), (ZOE, MEXICO)):
            failed = await sim.wait_for(await sim.sent(phone, number), "failed")
            assert failed["errors"][0]["code"] == 131047
        await sim.write("noor")
        await sim.wait_for(await sim.sent(NOOR), "delivered")
        await sim.ask("PATCH", "/_sim/clock", {"forward_s": 700})
        await sim.wait_for(await sim.sent(ZOE), "failed")


@pytest.mark.asyncio
async def test_when_they_wrote_is_told_anew_at_every_start(tmp_path: Path) -> None:
    noor = {"id": "noor", "name": "Noor", "phone": NOOR}
    async with started(tmp_path, {**noor, **wrote(BRAZIL, DAY + 1)}) as sim:
        await sim.wait_for(await sim.sent(NOOR), "failed")
    async with started(tmp_path, {**noor, **wrote(BRAZIL, 60)}) as sim:
        await sim.wait_for(await sim.sent(NOOR), "delivered")
        await sim.write("noor")
    async with started(tmp_path, {**noor, **wrote(BRAZIL, DAY + 1)}) as sim:
        await sim.wait_for(await sim.sent(NOOR), "delivered")


@pytest.mark.parametrize("text", ["", "{", "{}", "[1]", "\udcff"])
def test_a_file_that_is_no_list_of_customers_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "customers.json"
    file.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(CustomerError, match=r"customers\.json"):
        read_customers(str(file))


@pytest.mark.parametrize(
    "customer",
    [
        {"name": "Zoë"},
        {"name": "Zoë", "phone": "12"},
        {"name": "Zoë", "phone": ZOE, "shoe_size": 43},
        {"name": "Zoë", "phone": ZOE, "last_message_at": 5},
        {"name": "Zoë", "phone": ZOE, "last_message_at": {BRAZIL: "yesterday"}},
        {"name": "Zoë", "phone": ZOE, "last_message_at": {BRAZIL: float("nan")}},
        {"name": "Zoë", "phone": ZOE, "last_message_at": {BRAZIL: True}},
        {"id": "marina", "last_message_at": []},
    ],
)
def test_a_customer_who_cannot_be_ends_the_start_in_words(tmp_path: Path, customer: Json) -> None:
    file = tmp_path / "customers.json"
    file.write_text(json.dumps([customer]), encoding="utf-8")
    command = [sys.executable, "-m", "simulator", "--port", "0", "--customers", str(file)]
    ended = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("The simulator cannot take in its further customers: ")
    assert "Traceback" not in ended.stderr
