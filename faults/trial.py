"""Tries one fault on a machine that runs: the order of everything, and its report."""

from __future__ import annotations

import json
import subprocess
import sys
import traceback
from dataclasses import asdict

from faults.cast import Person
from faults.machine import ROOT, Machine, in_thread
from faults.platform import Platform
from faults.report import Report
from faults.scenes import Fault
from faults.settings import Load
from faults.stage import scene_of


def seed(machine: Machine, load: Load) -> list[Person]:
    """The cast, and its sessions."""
    output = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", "faults.seed", json.dumps(asdict(load))],
        cwd=ROOT,
        env=machine.environment,
        check=True,
        stdout=subprocess.PIPE,
    ).stdout
    return [Person(*values) for values in json.loads(output)]


async def try_fault(
    machine: Machine,
    platform: Platform,
    people: list[Person],
    load: Load,
    name: str,
    fault: Fault,
) -> Report:
    """What goes wrong in the trying itself is a fault that did not pass."""
    report = Report(name, fault.title, str(load))
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
    if report.faults:
        sys.stderr.write(await in_thread(machine.words))
    report.pids = list(machine.killed)
    bring_back(machine)
    return report


def bring_back(machine: Machine) -> None:
    """Whatever a fault that went wrong has left dead."""
    for name in ("postgres", "valkey"):
        if machine.services.children[name].poll() is not None:
            machine.start_database() if name == "postgres" else machine.start_store()
    machine.wait_for_servers()
    for name in machine.commands:
        if not machine.is_alive(name):
            machine.start(name)
    machine.wait_healthy()
