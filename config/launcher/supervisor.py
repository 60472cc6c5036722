"""Runs several programs in one terminal, and stops them all when one ends or a person says so."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from queue import Empty, SimpleQueue
from types import FrameType

from honcho.colour import get_colours
from honcho.printer import Message, Printer

from config.launcher import LaunchError
from config.process import shell
from config.services import children
from config.services.children import Child

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
STOP_SECONDS = 10.0
LAST_WORDS_SECONDS = 1.0


class Supervisor:
    """Processes by name, each line of theirs behind its name in its colour."""

    def __init__(
        self, commands: Mapping[str, str], environment: Mapping[str, str], *, folder: Path
    ) -> None:
        self.commands = commands
        self.folder = folder
        self.environment = dict(environment)
        self.children: dict[str, Child] = {}
        self.relays: list[threading.Thread] = []
        self.ended: SimpleQueue[str] = SimpleQueue()
        self.printer = Printer(sys.stdout, width=max(map(len, commands)))
        self.printing = threading.Lock()

    @contextmanager
    def running(self, services: Mapping[str, Child]) -> Iterator[None]:
        """Start every command; at the end, stop them. `services` are watched, not stopped."""
        try:
            for name, command in self.commands.items():
                self.children[name] = self.start(command)
            for (name, child), colour in zip(self.children.items(), get_colours(), strict=False):
                self.relays.append(in_background(self.relay, name, child, colour))
            for name, child in {**self.children, **services}.items():
                in_background(self.watch, name, child)
            yield
        finally:
            self.stop()

    def start(self, command: str) -> Child:
        """Run one line of a Procfile."""
        return children.start(
            shell(command),
            death=signal.SIGTERM,
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def relay(self, name: str, child: Child, colour: str) -> None:
        """Print what a child says, line by line."""
        for line in child.stdout or ():
            self.say(name, line, colour)

    def watch(self, name: str, child: Child) -> None:
        """Tell the main thread of a child's end."""
        child.wait()
        self.ended.put(name)

    def wait(self, seconds: float | None = None) -> None:
        """Return after that time, or never; raise LaunchError when any process ends by itself."""
        try:
            name = self.ended.get(timeout=seconds)
        except Empty:
            return
        raise LaunchError(f"The process `{name}` ended by itself; its last words are above.")

    def stop(self) -> None:
        """Ask all at once, then insist; a process that hangs goes with everything it started."""
        alive = {name: child for name, child in self.children.items() if child.poll() is None}
        for child in alive.values():
            child.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for name, child in alive.items():
            try:
                child.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.say(name, f"did not stop in {STOP_SECONDS:.0f} s and was killed")
                children.kill_session(child)
        for thread in self.relays:  # the last words often say why
            thread.join(LAST_WORDS_SECONDS)

    def say(self, name: str, line: str | bytes, colour: str | None = None) -> None:
        """One line behind the name of its process."""
        with self.printing:
            self.printer.write(Message("line", line, datetime.now().astimezone(), name, colour))


def in_background(target: Callable[..., None], *arguments: object) -> threading.Thread:
    """A thread that does not keep the launcher from ending."""
    thread = threading.Thread(target=target, args=arguments, daemon=True)
    thread.start()
    return thread


def stop_on_signals() -> None:
    """Let the first of Ctrl-C, SIGTERM and a closed terminal raise KeyboardInterrupt.

    Those after it are ignored: cleaning up takes seconds, and half of it would leave orphans.
    """

    def handle(number: int, frame: FrameType | None) -> None:
        for known in STOP_SIGNALS:
            signal.signal(known, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in STOP_SIGNALS:
        if number is not signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handle)
