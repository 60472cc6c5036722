"""The movable clock: stamps of webhooks, and how long the business may write."""

from __future__ import annotations

import time

import pytest

from simulator.clock import DAY, Clock
from tests.simulator.simulated import BRAZIL, Simulated

HOUR = 3600


@pytest.mark.parametrize(
    ("overall", "own", "age", "left"),
    [
        (0, 0, 0, DAY),
        (0, 0, DAY - 60, 60),
        (23 * HOUR, 0, 0, HOUR),
        (0, 23 * HOUR, 0, HOUR),
        (25 * HOUR, 0, 0, -HOUR),
        (-5 * HOUR, 0, 0, DAY),
        (0, -23 * HOUR, 23 * HOUR, HOUR),
    ],
)
def test_what_is_left_of_the_window(overall: float, own: float, age: float, left: float) -> None:
    clock = Clock(lambda: 1_000_000_000.0)
    clock.offset = overall
    assert clock.window_left(1_000_000_000.0 - age, own) == left


def test_who_never_wrote_has_no_window() -> None:
    assert Clock().window_left(None) < 0


@pytest.mark.asyncio
async def test_a_customers_clock_moved_back_makes_their_messages_old(sim: Simulated) -> None:
    await sim.ask("PATCH", "/_sim/customers/marina", {"clock_offset_s": -23 * HOUR})
    await sim.write()
    await sim.write("diego")
    await sim.business.until(lambda: len(sim.business.messages()) == 2)
    stamps = {m["from"]: int(m["timestamp"]) for m in sim.business.messages()}
    now = time.time()
    assert abs(now - 23 * HOUR - stamps["5511955500111"]) < 5
    assert abs(now - stamps["5215512345678"]) < 5
    _, thread = await sim.ask("GET", f"/_sim/thread?customer=marina&number={BRAZIL}")
    assert abs(thread["window_left_s"] - HOUR) < 5
    await sim.wait_for(await sim.sent(), "read")


@pytest.mark.asyncio
async def test_a_clock_moved_forward_closes_open_windows(sim: Simulated) -> None:
    await sim.write()
    await sim.wait_for(await sim.sent(), "read")
    _, clock = await sim.ask("PATCH", "/_sim/clock", {"forward_s": 25 * HOUR})
    assert clock["offset_s"] == 25 * HOUR
    failed = await sim.wait_for(await sim.sent(), "failed")
    assert failed["errors"][0]["code"] == 131047
    assert abs(int(failed["timestamp"]) - time.time() - 25 * HOUR) < 5
    await sim.write()
    await sim.wait_for(await sim.sent(), "read")


@pytest.mark.asyncio
async def test_one_customers_window_closes_alone(sim: Simulated) -> None:
    await sim.write()
    await sim.write("diego")
    await sim.ask("PATCH", "/_sim/customers/marina", {"clock_offset_s": 25 * HOUR})
    await sim.wait_for(await sim.sent(), "failed")
    await sim.wait_for(await sim.sent("+5215512345678"), "read")


@pytest.mark.asyncio
async def test_a_clock_is_not_moved_by_more_than_a_year(sim: Simulated) -> None:
    status, answer = await sim.ask("PATCH", "/_sim/clock", {"offset_s": 400 * DAY})
    assert status == 400
    assert answer["error"]
