"""Several processes of one kind: all are there, or come again, until they are told to end."""

import logging
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from types import FrameType

from config.services.children import Child, start, stop

LOOK_SECONDS = 0.1
PAUSE_SECONDS = 1.0  # between two starts of one that cannot live
PATIENCE = 8.0
log = logging.getLogger("sash.web")


class Crew:
    """`keep`: file descriptors that the processes inherit."""

    def __init__(self, command: Sequence[str], size: int, *, keep: Sequence[int] = ()) -> None:
        self.command = command
        self.size = size
        self.keep = keep
        self.children: dict[Child, float] = {}
        self.told_to_end = threading.Event()

    def run(self) -> None:
        """Until a signal. The kernel ends them with us, should we be killed."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.end)
        try:
            while not self.told_to_end.is_set():
                self.replace_dead()
                self.told_to_end.wait(LOOK_SECONDS)
        finally:
            for child in self.children:
                child.terminate()
            for child in self.children:
                stop(child, ask=[signal.SIGTERM], patience=PATIENCE)

    def end(self, number: int, frame: FrameType | None) -> None:
        self.told_to_end.set()

    def replace_dead(self) -> None:
        now = time.monotonic()
        for child, begun in list(self.children.items()):
            if child.poll() is not None and now > begun + PAUSE_SECONDS:
                log.warning("web process %s ended with %s", child.pid, child.returncode)
                del self.children[child]
        while len(self.children) < self.size and not self.told_to_end.is_set():
            child = start(
                self.command,
                death=signal.SIGTERM,
                pass_fds=tuple(self.keep),
                stdin=subprocess.DEVNULL,
            )
            self.children[child] = now
