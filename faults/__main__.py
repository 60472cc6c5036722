"""`make faults`: each fault under load, then the invariants; a table, and docs/faults.md."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import traceback
from collections.abc import Iterable

from faults import ledger, table
from faults.cast import Person
from faults.machine import ROOT, Machine, in_thread, machine_in_a_folder
from faults.platform import Platform
from faults.report import Report
from faults.scene import scene_of
from faults.scenes import Fault, all_faults
from faults.settings import Load, load_of


def main() -> int:
    """0 when every fault passed."""
    faults, load = all_faults(), load_of()
    wanted = os.environ.get("FAULT", "").upper().split() or list(faults)
    if unknown := set(wanted) - set(faults):
        sys.stderr.write(f"There is no fault {unknown}; there are {', '.join(faults)}.\n")
        return 2
    with machine_in_a_folder() as machine:
        platform = Platform(machine)
        people = seed(machine)
        ledger.prepare(machine.database)
        reports = [
            asyncio.run(try_fault(machine, platform, people, load, name, faults[name]))
            for name in wanted
        ]
    sys.stdout.write(table.draw(reports))
    if len(wanted) == len(faults):
        table.write(reports, load)
    return 0 if all(report.passed for report in reports) else 1


def seed(machine: Machine) -> list[Person]:
    """The cast, and its sessions."""
    output = subprocess.run(
        [sys.executable, "-m", "faults.seed"],
        cwd=ROOT,
        env=machine.environment | settings_of(("LOAD", "SECONDS")),
        check=True,
        stdout=subprocess.PIPE,
    ).stdout
    return [Person(*values) for values in json.loads(output)]


def settings_of(names: Iterable[str]) -> dict[str, str]:
    return {name: os.environ[name] for name in names if name in os.environ}


async def try_fault(
    machine: Machine,
    platform: Platform,
    people: list[Person],
    load: Load,
    name: str,
    fault: Fault,
) -> Report:
    """One fault; what goes wrong in the trying itself is a fault that did not pass."""
    report = Report(name, fault.title, str(load))
    sys.stdout.write(f"{name}  {fault.title} …\n")
    sys.stdout.flush()
    machine.killed.clear()
    try:
        async with scene_of(machine, platform, people, load, report) as scene:
            memory = await in_thread(machine.memory)
            await scene.play(fault.do)
            await scene.settle(fault.settles)
            await scene.judge()
            scene.judge_memory(memory, await in_thread(machine.memory))
    except Exception as error:
        report.expect(f"the trial came to its end ({type(error).__name__}: {error})", False)
        traceback.print_exc()
    report.pids = list(machine.killed)
    sys.stdout.write(table.words_of(report))
    sys.stdout.flush()
    return report


if __name__ == "__main__":
    sys.exit(main())
