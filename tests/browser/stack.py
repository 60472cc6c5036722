"""A whole Sash for a browser test: every process of production, its own servers, the simulator.

What `make run` starts is started here by the same code, in a folder that goes afterwards.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from config.launcher.environment import Plan
from config.launcher.launch import commands, prepare, settle, wait_until_healthy
from config.launcher.supervisor import Supervisor
from config.services import Services

ROOT = Path(__file__).resolve().parents[2]
PLAN = Plan(postgres=True, valkey=True, demo=True, simulator=True)


@dataclass(frozen=True)
class Stack:
    """Where it is, and how to command the simulator."""

    address: str
    phone: str
    environment: dict[str, str]

    def simulate(self, method: str, path: str, **body: Any) -> Any:
        """Call the simulator's control API: simulate("POST", "clock", seconds=60)."""
        answer = requests.request(method, f"{self.phone}/_sim/{path}", json=body, timeout=10)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def manage(self, *arguments: str) -> str:
        """Run a management command inside it."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
        ).stdout


@contextmanager
def running_stack(folder: Path) -> Iterator[Stack]:
    """Sash with its demo data, ready to be opened; ends with the context."""
    given = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "SASH_LOG_LEVEL": "WARNING"}
    with Services(folder, durable=False) as services:
        with ExitStack() as ports:
            environment = settle(given | services.environment, PLAN, folder, ports)
            prepare(ROOT, environment)
        supervisor = Supervisor(commands(ROOT, PLAN), environment, folder=ROOT)
        with supervisor.running(services.children):
            wait_until_healthy(supervisor, environment)
            yield Stack(environment["SASH_BASE_URL"], environment["SIMULATOR_URL"], environment)
