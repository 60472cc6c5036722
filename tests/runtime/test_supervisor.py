"""Processes in one terminal: they start together and end together, and nothing survives."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from config.launcher import LaunchError, supervisor
from config.launcher.supervisor import Supervisor

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS = 15

LAUNCHER = """
import os, signal, sys
from pathlib import Path
from config.launcher.supervisor import Supervisor, stop_on_signals
stop_on_signals()
commands = {"web": "sleep 600", "worker": "sleep 600"}
team = Supervisor(commands, os.environ, folder=Path("/"))
try:
    with team.running({}):
        print(*(child.pid for child in team.children.values()), flush=True)
        team.wait()
except KeyboardInterrupt:
    print("stopped", flush=True)
"""


def team(**commands: str) -> Supervisor:
    return Supervisor(commands, os.environ, folder=Path("/"))


def processes(started: Supervisor) -> list[psutil.Process]:
    return [psutil.Process(child.pid) for child in started.children.values()]


@pytest.fixture
def ready(tmp_path: Path) -> Path:
    """A pipe that a program writes to when it is ready; reading it waits for that."""
    os.mkfifo(tmp_path / "ready")
    return tmp_path / "ready"


def test_every_line_carries_the_name_of_its_process(capsys: pytest.CaptureFixture[str]):
    started = team(web="sh -c 'echo from the web; echo second line'", sender="sleep 600")
    with pytest.raises(LaunchError), started.running({}):
        started.wait(SECONDS)
    lines = [line.partition(" ")[2] for line in capsys.readouterr().out.splitlines()]
    assert lines == ["web    | from the web", "web    | second line"]


def test_the_end_of_one_is_the_end_of_all_and_says_which():
    started = team(web="sleep 600", worker="false")
    with pytest.raises(LaunchError, match="`worker` ended"), started.running({}):
        started.wait(SECONDS)
    assert all(child.poll() is not None for child in started.children.values())


def test_a_server_that_ends_stops_everything_too():
    started = team(web="sleep 600")
    with (
        subprocess.Popen(["true"]) as server,
        pytest.raises(LaunchError, match="`postgres` ended"),
        started.running({"postgres": server}),
    ):
        started.wait(SECONDS)
    assert started.children["web"].poll() is not None


def test_programs_are_asked_to_stop_before_they_are_made_to(tmp_path: Path, ready: Path):
    said = tmp_path / "said"
    script = f"trap 'echo bye > {said}; exit' TERM; echo > {ready}; while :; do sleep 0.1; done"
    started = team(web=f"sh -c {shlex.quote(script)}")
    with started.running({}):
        ready.read_bytes()
    assert said.read_text(encoding="ascii") == "bye\n"


def test_a_program_that_will_not_stop_goes_with_all_that_it_started(
    monkeypatch: pytest.MonkeyPatch, ready: Path
):
    monkeypatch.setattr(supervisor, "STOP_SECONDS", 0.3)
    script = f"trap '' TERM; sleep 600 & echo > {ready}; wait"
    started = team(web=f"sh -c {shlex.quote(script)}")
    with started.running({}):
        ready.read_bytes()
        (shell,) = processes(started)
        family = [shell, *shell.children()]
        assert len(family) == 2
    assert not psutil.wait_procs(family, timeout=SECONDS)[1]


@pytest.mark.parametrize("end", ["terminate", "kill"])
def test_nothing_survives_the_launcher(end: str):
    with subprocess.Popen(
        [sys.executable, "-c", LAUNCHER], cwd=ROOT, text=True, stdout=subprocess.PIPE
    ) as launcher:
        assert launcher.stdout is not None
        ours = [psutil.Process(int(pid)) for pid in launcher.stdout.readline().split()]
        assert len(ours) == 2
        getattr(launcher, end)()
        said, _ = launcher.communicate()
    assert not psutil.wait_procs(ours, timeout=SECONDS)[1]
    assert said == ("stopped\n" if end == "terminate" else "")
