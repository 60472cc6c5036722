"""F1, F2, F3: processes of Sash end by SIGKILL, and whoever looks after them starts them again."""

from __future__ import annotations

import asyncio
import random
import signal
import time
from functools import partial

from faults import cast, ledger
from faults.machine import in_thread
from faults.scene import Scene
from faults.waiting import until, until_caught_up, until_taken

KILLS = 5
BACK_WITHIN = 3.0
CAUGHT_UP_WITHIN = 5.0
DOOMED = "python -m tests.inbox.sending.doomed_sender"
# Held but not begun; begun, before the call; after the call, before saving; after saving.
POINTS = ("held", "begun", "called", "saved")
RESUMED_WITHIN = 30.0
SETTLED_WITHIN = 120.0
SWEPT_WITHIN = 10.0
ASKERS = 10
UNSETTLED = """
SELECT count(*) FROM inbox_message m JOIN faults.calls c ON c.message_id = m.id
WHERE m.provider_id IS NULL
"""
ANSWERED = """
SELECT count(*) FROM inbox_message b WHERE b.author_kind = 'bot' AND EXISTS (
    SELECT FROM inbox_message m WHERE m.conversation_id = b.conversation_id AND m.text = %s)
"""
FETCHED = "SELECT count(*) FROM inbox_attachment WHERE state = 'ready'"


async def kill_web(scene: Scene) -> None:
    """At random moments; a supervisor that starts it anew at once, as systemd does."""
    back: list[float] = []
    caught_up: list[float] = []
    pause = scene.load.seconds * 0.6 / KILLS
    for _ in range(KILLS):
        await asyncio.sleep(pause * random.uniform(0.2, 1))
        await in_thread(scene.machine.kill, "web")
        killed = time.monotonic()
        scene.machine.start("web")
        back.append(await until_taken(scene, killed))
        caught_up.append(await until_caught_up(scene, killed) - back[-1])
    report = scene.report
    report.recovery = max(back)
    report.expect(f"back within 3 s (at most {max(back):.1f} s)", max(back) <= BACK_WITHIN)
    report.expect(
        f"pages caught up within 5 s of it (at most {max(caught_up):.1f} s)",
        max(caught_up) <= CAUGHT_UP_WITHIN,
    )


async def kill_sender(scene: Scene) -> None:
    """At each point of its work, the next one of the same kind goes on."""
    resumed: list[float] = []
    for point in POINTS:
        await in_thread(scene.machine.kill, "sender")
        doomed = scene.machine.start("sender", f"{DOOMED} {point}")
        await in_thread(doomed.wait, RESUMED_WITHIN)
        scene.machine.killed.append(f"sender {doomed.pid} ({point})")
        if doomed.returncode != -signal.SIGKILL:
            raise RuntimeError(f"the doomed sender ended with {doomed.returncode}")
        calls, died = await in_thread(scene.calls), time.monotonic()
        scene.machine.start("sender")
        await until(partial(scene.has_called, calls), RESUMED_WITHIN * 2)
        resumed.append(time.monotonic() - died)
    report = scene.report
    report.recovery = max(resumed)
    report.expect(
        f"sends again within 30 s (at most {max(resumed):.1f} s)", max(resumed) <= RESUMED_WITHIN
    )
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
    askers = [f"4917098{number:05}" for number in range(ASKERS)]
    for place, asker in enumerate(askers):
        team = scene.meta.teams[place % len(scene.meta.teams)]
        scene.meta.send(scene.meta.message(team, asker, cast.BELL_WORD))
        await scene.platform.send_picture(team, team.customers[place], f"{asker}.png")
    await until(lambda: not scene.meta.under_way, 30)
    back = time.monotonic()
    for name in ("worker", "beat"):
        scene.machine.start(name)

    def done() -> bool:
        answered = ledger.ask(scene.database, ANSWERED, cast.BELL_WORD)
        return bool(answered == ASKERS == ledger.ask(scene.database, FETCHED))

    await until(done, 60)
    scene.report.recovery = time.monotonic() - back
    scene.report.expect(
        f"bots answer and files come within 10 s ({scene.report.recovery:.1f} s)",
        scene.report.recovery <= SWEPT_WITHIN,
    )
