"""Runs the process that queues a broadcast, and writes down what it committed."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress

from faults.cast import BROADCAST
from faults.machine import ROOT, Machine


class Broadcast:
    """queued: ids of messages whose rows are in the outbox for certain."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.queued: list[int] = []
        self.process: asyncio.subprocess.Process | None = None

    async def pour(self, rate: float) -> None:
        """That many rows a second, until cancelled."""
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "faults.broadcast", BROADCAST, str(rate)),
            cwd=ROOT,
            env=self.machine.environment,
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            while self.process.stdout and (line := await self.process.stdout.readline()):
                self.queued += map(int, line.split())
        finally:
            await self.stop()

    async def stop(self) -> None:
        if self.process is not None and self.process.returncode is None:
            with suppress(ProcessLookupError):
                self.process.terminate()
            rest, _ = await self.process.communicate()
            self.queued += map(int, rest.split())
