"""What PostgreSQL and Valkey have in common: a log, a wait until ready, words for a failure."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from config.services.children import Child
from config.services.home import ServiceError

START_SECONDS = 120.0
POLL_SECONDS = 0.02
LOG_LINES = 15

# Variables such as PGDATA, PGPORT or LC_ALL of the person's shell must not reach a server.
ENVIRONMENT = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


@contextmanager
def fresh_log(path: Path) -> Iterator[IO[bytes]]:
    """The log of this start; the one before is kept beside it, since it tells of a crash."""
    if path.exists():
        path.replace(path.with_name(f"{path.name}.1"))
    with path.open("wb") as file:
        path.chmod(0o600)
        yield file


def wait_until(ready: Callable[[], bool], *, name: str, child: Child, log: Path) -> None:
    """Return once `ready` says so; raise ServiceError with the log's end when it never does."""
    deadline = time.monotonic() + START_SECONDS
    while not ready():
        if child.poll() is not None:
            raise ServiceError(f"{name} stopped while starting. {log} ends with:\n{tail(log)}")
        if time.monotonic() > deadline:
            raise ServiceError(f"{name} was not ready in {START_SECONDS:.0f} s; see {log}.")
        time.sleep(POLL_SECONDS)


def tail(log: Path) -> str:
    """The last lines of a log, indented."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-LOG_LINES:]
    return "\n".join(f"  {line}" for line in lines)
