"""`make run` as a person meets it: a clone under a path with a space, started twice."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import psutil
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
OURS = ("SASH_", "SIMULATOR_", "DATABASE_", "REDIS_", "WHATSAPP_", "DJANGO_", "PORT", "BIND")
INTERRUPTED = 130


@pytest.fixture
def clone(folder: Path) -> Path:
    """The project's files in an empty folder, without what earlier starts have made."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.check_output(listing, cwd=ROOT, text=True).split("\0"):
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


@contextmanager
def started(clone: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The launcher and what it said up to the end of its box."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(OURS)}
    with subprocess.Popen(
        [sys.executable, "-m", "config.launcher"],
        cwd=clone,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
    ) as launcher:
        said = ""
        for line in launcher.stdout or ():
            said += line
            if "└" in line:
                break
        try:
            yield launcher, said
        finally:
            if launcher.poll() is None:
                launcher.terminate()
                launcher.communicate()


def address(said: str, name: str) -> str:
    found = re.search(rf"{name} +(http://\S+)", said)
    assert found, said
    return found[1]


def test_a_clone_starts_stops_and_starts_again_with_all_it_had(clone: Path):
    secrets = set()
    for _ in range(2):
        with started(clone) as (launcher, said):
            for name in ("Inbox", "Phone"):
                with urlopen(address(said, name)) as page:
                    assert page.status == 200
            family = psutil.Process(launcher.pid).children(recursive=True)
            assert {"postgres", "valkey-server"} <= {process.name() for process in family}
            launcher.send_signal(signal.SIGINT)
            launcher.communicate()
            assert launcher.returncode == INTERRUPTED
            assert not [process for process in family if process.is_running()]
        secrets.add((clone / ".data" / "secrets.env").read_text(encoding="utf-8"))
    assert len(secrets) == 1
    assert not (clone / ".data" / "sockets").exists()
