"""F4, F5, F6: the servers go away, come back with nothing, or stand in each other's way."""

from __future__ import annotations

import asyncio
import time

import psycopg
from psycopg import sql

from faults.machine import in_thread
from faults.report import quantile
from faults.scene import Scene
from faults.waiting import until, until_caught_up, until_heard, until_nothing, until_taken
from faults.work import give_work

STORE_DOWN, DATABASE_DOWN, LOCKED = 30.0, 20.0, 10.0
SLOWEST, HEARD_WITHIN, BACK_WITHIN, FREE_WITHIN = 0.25, 5.0, 3.0, 2.0


async def lose_store(scene: Scene) -> None:
    """Valkey back at once but empty, Celery's queue with it; then away for half a minute."""
    down = scene.lasting(STORE_DOWN)
    began = time.monotonic()
    resumed, caught_up = [], []
    for seconds in (0.0, down):
        await in_thread(scene.machine.stop_store)
        due = await give_work(scene) if seconds else None
        await asyncio.sleep(seconds)
        scene.machine.start_store(empty=True)
        await in_thread(scene.machine.wait_for_servers)
        back = time.monotonic()
        resumed.append(await until_heard(scene, back))
        caught_up.append(await until_caught_up(scene.browsers, back))
    if due is not None:
        await until_nothing(due, 60)
    report = scene.report
    report.recovery = max(resumed)
    tries = scene.tries_between(began, time.monotonic())
    other = sorted({tried.status for tried in tries} - {200})
    slowest = quantile([tried.seconds for tried in tries], 0.99)
    report.expect(
        f"webhooks keep 200 for {down:.0f} s without Valkey ({other or 'all'})", not other
    )
    report.within(SLOWEST, slowest, "p99 of the webhooks meanwhile")
    report.within(HEARD_WITHIN, max(resumed), "pushes come again")
    report.remarks.append(f"every page had caught up {max(caught_up):.1f} s after its return")


async def lose_database(scene: Scene) -> None:
    """An immediate restart, which recovers from the log; then away for 20 seconds."""
    down = scene.lasting(DATABASE_DOWN)
    processes = scene.pids()
    began = time.monotonic()
    recovered = []
    for seconds in (0.0, down):
        await in_thread(scene.machine.stop_database)
        await asyncio.sleep(seconds)
        scene.machine.start_database()
        await in_thread(scene.machine.wait_for_servers)
        recovered.append(await until_taken(scene, time.monotonic()))
    report = scene.report
    report.recovery = max(recovered)
    statuses = {tried.status for tried in scene.tries_between(began, time.monotonic())}
    report.expect(f"webhooks hear 200 or 503 alone ({sorted(statuses)})", statuses <= {200, 503})
    report.within(BACK_WITHIN, max(recovered), "webhooks are taken again")
    report.expect("no process of Sash ended or was started again", scene.pids() == processes)
    pages = sorted(set(scene.replies.statuses) - {200})
    report.remarks.append(f"answers to replies that were not 200: {pages or 'none'}")


async def lock_tables(scene: Scene) -> None:
    """A migration, or a forgotten transaction, holds conversations; then the journal itself."""
    held = scene.lasting(LOCKED)
    scene.replies.statuses.clear()
    waits = [
        await while_locked(scene, "inbox_conversation", held),
        await while_locked(scene, "inbox_webhookdelivery", held / 2),
    ]
    report = scene.report
    report.recovery = max(waits)
    statuses = {tried.status for tried in scene.tries_between(scene.fault_began, time.monotonic())}
    pages = set(scene.replies.statuses)
    report.expect(f"webhooks hear 200 or 503 alone ({sorted(statuses)})", statuses <= {200, 503})
    report.expect(f"pages answer 2xx or 503 alone ({sorted(pages)})", pages <= {200, 204, 503})
    report.within(FREE_WITHIN, max(waits), "nothing waits any more")


async def while_locked(scene: Scene, table: str, seconds: float) -> float:
    """Hold the table; then the seconds until nobody waits for it and a webhook is taken."""
    async with await psycopg.AsyncConnection.connect(scene.database) as holder:
        await holder.execute("SET lock_timeout = '20s'")
        lock = sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE")
        await holder.execute(lock.format(sql.Identifier(table)))
        await asyncio.sleep(seconds)
        await holder.rollback()
    released = time.monotonic()
    await until_taken(scene, released)
    await until(scene.nobody_waits_for_a_lock, 60)
    return time.monotonic() - released
