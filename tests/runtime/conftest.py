"""Folders that the servers' user can reach, and a launcher's stand-in to kill."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent

HOLDER = """
import sys, signal
from pathlib import Path
from config.services import Services, children
if sys.argv[2] == "no-death-signal":
    children.LIBC = None
with Services(Path(sys.argv[1]), durable=False) as services:
    print(*(child.pid for child in services.children.values()), flush=True)
    signal.pause()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder with a space in its path; pytest's own are closed to other users."""
    made = Path(tempfile.mkdtemp(prefix="sash runtime "))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def hold() -> Iterator[Callable[..., tuple[subprocess.Popen[str], list[psutil.Process]]]]:
    """Starts a process that runs the servers over a folder; returns it and the two servers."""
    holders: list[subprocess.Popen[str]] = []

    def start(
        data: Path, mode: str = "usual"
    ) -> tuple[subprocess.Popen[str], list[psutil.Process]]:
        holder = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(data), mode],
            cwd=ROOT,
            text=True,
            stdout=subprocess.PIPE,
        )
        holders.append(holder)
        assert holder.stdout is not None
        pids = holder.stdout.readline().split()
        return holder, [psutil.Process(int(pid)) for pid in pids]

    yield start
    for holder in holders:
        holder.kill()
        holder.communicate()
