"""One whole Sash for these tests: what `make faults` breaks for a minute each, broken once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest

from faults import ledger
from faults.machine import Machine, machine_in_a_folder
from faults.platform import Platform
from faults.report import Report
from faults.scenes import all_faults
from faults.settings import Load
from faults.trial import seed, try_fault

SMALL = Load(seconds=3, webhooks=10, replies=1, broadcast=4, browsers=4, teams=2, customers=30)
Try = Callable[[str], Report]


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    with machine_in_a_folder() as machine:
        ledger.prepare(machine.database)
        yield machine


@pytest.fixture(scope="module")
def try_it(machine: Machine) -> Try:
    """try_it("F4"): the fault under a little load, and what it showed."""
    platform, people = Platform(machine), seed(machine, SMALL)

    def play(name: str) -> Report:
        return asyncio.run(try_fault(machine, platform, people, SMALL, name, all_faults()[name]))

    return play
