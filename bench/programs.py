"""Processes of Sash for a row: started as in production, stopped by their id."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import psutil

from config.process import SCALED, read_procfile, shell
from config.services import children
from config.services.children import Child
from config.services.valkey import free_port

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK = "127.0.0.1"
START_SECONDS = 60.0
STOP_SECONDS = 15.0
KIB = 1024
BACKGROUND = ("sender", "worker", "beat")
AT_REST = 0.1  # seconds of work in a second


class ProgramEnded(Exception):
    """A process ended by itself, or never answered; the text holds its last words."""


@dataclass(frozen=True, slots=True)
class Program:
    """One line of a Procfile that runs. port is 0 where it listens to nobody."""

    name: str
    child: Child
    log: Path
    port: int = 0

    @property
    def address(self) -> tuple[str, int]:
        return LOOPBACK, self.port

    def family(self) -> list[psutil.Process]:
        """The process and those that it started, such as a server's workers."""
        leader = psutil.Process(self.child.pid)
        return [leader, *leader.children(recursive=True)]

    def memory(self) -> float:
        """Proportional set size of the whole family in KiB: what would be free without it."""
        return sum(process.memory_full_info().pss for process in self.family()) / KIB

    def last_words(self) -> str:
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-15:])


class Programs:
    """Starts processes with the same settings and folder; all of them end with the context."""

    def __init__(self, environment: Mapping[str, str], logs: Path) -> None:
        self.environment = dict(environment)
        self.logs = logs
        self.stack = ExitStack()
        self.commands = read_procfile(ROOT) | SCALED

    def start(self, name: str, command: str = "", **settings: str) -> Program:
        """A process of the Procfile, or any other command, that listens to nobody."""
        return self._run(name, command or self.commands[name], 0, settings)

    def serve(
        self, name: str, command: str = "", *, path: str = "/healthz", **settings: str
    ) -> Program:
        """One that listens, on a free port of its own; returns when it answers and rests.

        Behind one port there may be several processes, of which the first one answers.
        """
        port = free_port()
        given = settings | {"PORT": str(port), "BIND": LOOPBACK}
        program = self._run(name, command or self.commands[name], port, given)
        wait_until(lambda: answers(port, path), program)
        wait_for_rest([program])
        return program

    def restart(self, program: Program) -> Program:
        """Stop one, and start its like on the same port; returns when that answers."""
        self.stop(program)
        given = {"PORT": str(program.port), "BIND": LOOPBACK}
        fresh = self._run(program.name, self.commands[program.name], program.port, given)
        wait_until(lambda: answers(program.port, "/healthz"), fresh)
        return fresh

    def background(self, *names: str) -> dict[str, Program]:
        """Whatever runs beside the web process in production, once it has come to rest."""
        started = {name: self.start(name) for name in names or BACKGROUND}
        wait_for_rest(started.values())
        return started

    def stop(self, program: Program) -> None:
        """Ask it to end, and insist; what hangs goes with everything that it started."""
        program.child.terminate()
        try:
            program.child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            children.kill_session(program.child)

    def _run(self, name: str, command: str, port: int, settings: Mapping[str, str]) -> Program:
        log = self.logs / f"{name}.log"
        with log.open("wb") as file:
            child = children.start(
                shell(command),
                death=signal.SIGTERM,
                cwd=ROOT,
                env={**self.environment, **settings},
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        program = Program(name, child, log, port)
        self.stack.callback(self.stop, program)
        return program


@contextmanager
def running(environment: Mapping[str, str], logs: Path) -> Iterator[Programs]:
    """Programs that end when this does, the last first."""
    programs = Programs(environment, logs)
    with programs.stack:
        yield programs


def answers(port: int, path: str) -> bool:
    """Whether anything but a server's own fault comes back."""
    try:
        with urlopen(f"http://{LOOPBACK}:{port}{path}", timeout=5):
            return True
    except HTTPError as error:
        return error.code < 500
    except OSError:
        return False


def wait_until(ready: Callable[[], bool], program: Program) -> None:
    """Return once `ready` says so. Raises ProgramEnded."""
    deadline = time.monotonic() + START_SECONDS
    while not ready():
        if program.child.poll() is not None or time.monotonic() > deadline:
            raise ProgramEnded(f"{program.name} does not answer:\n{program.last_words()}")
        time.sleep(0.05)


def wait_for_rest(programs: Iterable[Program]) -> None:
    """Return once these processes have done all that a start takes, or after some patience."""
    deadline = time.monotonic() + START_SECONDS
    used = cpu_seconds(programs)
    while time.monotonic() < deadline:
        time.sleep(1)
        before, used = used, cpu_seconds(programs)
        if used - before < AT_REST:
            return


def cpu_seconds(programs: Iterable[Program]) -> float:
    """What they have used up to now."""
    times = [each.cpu_times() for program in programs for each in program.family()]
    return sum(each.user + each.system for each in times)


def run_python(
    module: str, environment: Mapping[str, str], *arguments: str, python: str = sys.executable
) -> str:
    """Run a module of ours to its end; what it wrote to standard output."""
    return subprocess.run(  # noqa: S603 - our own
        [python, "-m", module, *arguments],
        cwd=ROOT,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout
