"""`make faults`: each fault under load, then the invariants; a table, and docs/faults.md."""

from __future__ import annotations

import asyncio
import os
import sys

from faults import ledger, table
from faults.machine import machine_in_a_folder
from faults.platform import Platform
from faults.report import Report
from faults.scenes import all_faults
from faults.settings import load_of
from faults.trial import seed, try_fault


def main() -> int:
    """0 when every fault passed."""
    faults, load = all_faults(), load_of()
    wanted = os.environ.get("FAULT", "").upper().split() or list(faults)
    if unknown := set(wanted) - set(faults):
        sys.stderr.write(f"There is no fault {unknown}; there are {', '.join(faults)}.\n")
        return 2
    reports: list[Report] = []
    with machine_in_a_folder() as machine:
        platform, people = Platform(machine), seed(machine, load)
        ledger.prepare(machine.database)
        for name in wanted:
            say(f"{name}  {faults[name].title} …\n")
            trial = try_fault(machine, platform, people, load, name, faults[name])
            reports.append(asyncio.run(trial))
            say(table.words_of(reports[-1]))
    say(table.draw(reports))
    if len(wanted) == len(faults):
        table.write(reports, load)
    return 0 if all(report.passed for report in reports) else 1


def say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
