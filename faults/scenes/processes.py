"""F1, F2, F3: processes of Sash end by SIGKILL, and whoever looks after them starts them again."""

from __future__ import annotations

import asyncio
import random
import signal
import time
from functools import partial

from faults import ledger
from faults.machine import in_thread
from faults.scene import Scene
from faults.waiting import until, until_caught_up, until_nothing, until_taken
from faults.work import give_work

KILLS = 5
BACK_WITHIN = 3.0
CAUGHT_UP_WITHIN = 5.0
DOOMED = "python -m tests.inbox.sending.doomed_sender"
# Claimed, before the commit; begun, before the call; after the call, before saving; after saving.
POINTS = ("uncommitted", "begun", "called", "saved")
SHORT_POINTS = ("called",)
RESUMED_WITHIN = 30.0
SETTLED_WITHIN = 120.0
SWEPT_WITHIN = 10.0
UNSETTLED = """
SELECT count(*) FROM inbox_message m JOIN faults.calls c ON c.message_id = m.id
WHERE m.provider_id IS NULL
"""


async def kill_web(scene: Scene) -> None:
    """At random moments; a supervisor that starts it anew at once, as systemd does."""
    back: list[float] = []
    caught_up: list[float] = []
    kills = 1 if scene.is_short else KILLS
    pause = scene.load.seconds * 0.6 / kills
    for _ in range(kills):
        await asyncio.sleep(pause * random.uniform(0.2, 1))
        await in_thread(scene.machine.kill, "web")
        killed = time.monotonic()
        scene.machine.start("web")
        back.append(await until_taken(scene, killed))
        caught_up.append(await until_caught_up(scene.browsers, killed) - back[-1])
    report = scene.report
    report.recovery = max(back)
    report.within(BACK_WITHIN, max(back), "webhooks are taken again")
    report.within(CAUGHT_UP_WITHIN, max(caught_up), "pages catch up after that")


async def kill_sender(scene: Scene) -> None:
    """At each point of its work, the next one of the same kind goes on."""
    resumed: list[float] = []
    for point in SHORT_POINTS if scene.is_short else POINTS:
        await in_thread(scene.machine.kill, "sender")
        await scene.let_leases_pass()
        doomed = scene.machine.start("sender", f"{DOOMED} {point}")
        await in_thread(doomed.wait, RESUMED_WITHIN * 3)
        scene.machine.killed.append(f"sender {doomed.pid} ({point})")
        if doomed.returncode != -signal.SIGKILL:
            raise RuntimeError(f"the doomed sender ended with {doomed.returncode}")
        await scene.let_leases_pass()
        calls, died = await in_thread(scene.calls), time.monotonic()
        scene.machine.start("sender")
        await until(partial(scene.has_called, calls), RESUMED_WITHIN * 2)
        resumed.append(time.monotonic() - died)
    report = scene.report
    report.recovery = max(resumed)
    report.within(RESUMED_WITHIN, max(resumed), "messages leave again")
    report.expect("what Meta took is known within 120 s of it", await settled(scene))


async def settled(scene: Scene) -> bool:
    """Is the id known of everything that had left when the last sender died?"""
    await in_thread(scene.load_calls)
    try:
        await until(lambda: ledger.ask(scene.database, UNSETTLED) == 0, SETTLED_WITHIN)
    except TimeoutError:
        return False
    return True


async def kill_worker(scene: Scene) -> None:
    """Worker and beat; meanwhile customers ask what a bot answers, and send pictures."""
    for name in ("worker", "beat"):
        await in_thread(scene.machine.kill, name)
    due = await give_work(scene)
    await until(lambda: not scene.meta.under_way, 30)
    back = time.monotonic()
    for name in ("worker", "beat"):
        scene.machine.start(name)
    await until_nothing(due, 60)
    scene.report.recovery = time.monotonic() - back
    scene.report.within(SWEPT_WITHIN, scene.report.recovery, "bots answer and files come")
