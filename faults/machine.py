"""One whole Sash with real processes that can be killed and started again, each by its pid."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psutil

from config.healthy import answers
from config.launcher.environment import Plan
from config.launcher.launch import prepare, settle
from config.process import read_procfile, shell
from config.services import Services, children
from config.services.children import Child
from config.services.server import wait_until
from config.services.valkey import free_port

ROOT = Path(__file__).resolve().parent.parent
PLAN = Plan(postgres=True, valkey=True, demo=False, simulator=True)
ORDER = ("simulator", "web", "sender", "worker", "beat")
SIMULATOR = "python -m simulator --seed none"
HEALTHY_WITHIN = 60.0


class Machine:
    """Processes by name, and what was done to them. All of it ends with the context."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder = folder
        self.services = Services(folder, durable=durable)
        self.environment: dict[str, str] = {}
        self.commands: dict[str, str] = {}
        self.children: dict[str, Child] = {}
        self.killed: list[str] = []

    @property
    def web(self) -> str:
        """Where Sash is, by the name that it knows itself by."""
        return self.environment["SASH_BASE_URL"]

    @property
    def simulator(self) -> str:
        return f"http://127.0.0.1:{self.environment['SIMULATOR_PORT']}"

    @property
    def database(self) -> str:
        return self.environment["DATABASE_URL"]

    @contextmanager
    def running(self, *, is_proxied: bool = False) -> Iterator[Machine]:
        """PostgreSQL, Valkey, the simulator and every process of the Procfile.

        is_proxied: Sash believes Meta to be at a free port, where a proxy may listen.
        """
        own = {"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "SASH_LOG_LEVEL": "WARNING"}
        with self.services, ExitStack() as stack:
            with ExitStack() as ports:
                known = own | self.services.environment
                settled = settle(known, PLAN, self.folder, ports)
                self.environment = settled | {"SIMULATOR_CUSTOMERS": ""}
                if is_proxied:
                    meta = f"http://127.0.0.1:{free_port()}"
                    self.environment |= {"WHATSAPP_GRAPH_URL": meta, "SIMULATOR_PUBLIC_URL": meta}
                prepare(ROOT, self.environment)
            self.commands = {**read_procfile(ROOT), "simulator": SIMULATOR}
            stack.callback(self.stop_all)
            for name in ORDER:
                self.start(name)
            self.wait_healthy()
            yield self

    def start(self, name: str, command: str = "") -> Child:
        """Start one process; its words go to a file of its name."""
        with (self.folder / f"{name}.out").open("ab") as words:
            child = children.start(
                shell(command or self.commands[name]),
                death=signal.SIGKILL,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=subprocess.STDOUT,
            )
        self.children[name] = child
        return child

    def kill(self, name: str) -> int:
        """SIGKILL to one process, and with Celery's to those it forked; gives the pid."""
        child = self.children[name]
        if child.poll() is not None:
            raise RuntimeError(f"{name} ({child.pid}) had ended by itself")
        children.kill_session(child)
        self.killed.append(f"{name} {child.pid}")
        return child.pid

    def is_alive(self, name: str) -> bool:
        return self.children[name].poll() is None

    def wait_healthy(self, within: float = HEALTHY_WITHIN) -> None:
        """Until the web process and the simulator answer."""
        end = time.monotonic() + within
        waiting = [self.web, self.simulator]
        while waiting and time.monotonic() < end:
            if answers(f"{waiting[0]}/healthz", host=waiting[0].removeprefix("http://")):
                waiting.pop(0)
            else:
                time.sleep(0.05)
        if waiting:
            raise TimeoutError(f"{waiting[0]} does not answer: {self.words()}")

    def words(self) -> str:
        """The last that each process said, for whoever looks for a reason."""
        tails = {path.stem: path.read_text()[-1500:] for path in self.folder.glob("*.out")}
        return "\n".join(f"--- {name}\n{tail}" for name, tail in tails.items() if tail)

    def stop_all(self) -> None:
        for name, child in self.children.items():
            if child.poll() is None:
                children.stop(child, ask=(signal.SIGTERM,), patience=8 if name != "web" else 5)
        for name in ("postgres", "valkey"):
            if server := self.services.children.get(name):
                children.stop(server, ask=(signal.SIGINT,), patience=10)

    # The servers. Each stays at its address and keeps, or loses, what the fault says.

    def stop_database(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """SIGQUIT is an immediate shutdown: no checkpoint, every session cut."""
        child = self.services.children["postgres"]
        child.send_signal(how)
        child.wait(20)
        self.killed.append(f"postgres {child.pid}")

    def stop_store(self) -> None:
        """kill -9 for Valkey."""
        child = self.services.children["valkey"]
        child.kill()
        child.wait(10)
        self.killed.append(f"valkey {child.pid}")

    # The two below must be called from the main thread: the kernel ends a child with the thread
    # that started it.

    def start_database(self) -> None:
        """Begins to recover from its log; see `wait_for_servers`."""
        server = self.services.database
        if server is None:
            raise RuntimeError("this machine has no PostgreSQL of its own")
        server.clear_remains()
        with server.log.open("ab") as log:
            self.services.children["postgres"] = server.launch(log)

    def start_store(self, *, empty: bool = True) -> None:
        """Valkey at its address again; empty: whatever it held is gone, as without a log."""
        server = self.services.store
        if server is None:
            raise RuntimeError("this machine has no Valkey of its own")
        server.marker.unlink(missing_ok=True)
        if empty:
            for path in server.data.iterdir():
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        with server.log.open("ab") as log:
            self.services.children["valkey"] = server.launch(log)

    def wait_for_servers(self) -> None:
        """Until both take connections."""
        both = {"postgres": self.services.database, "valkey": self.services.store}
        for name, server in both.items():
            if server is not None:
                child = self.services.children[name]
                wait_until(server.is_ready, name=name, child=child, log=server.log)

    def memory(self) -> dict[str, int]:
        """Resident bytes of each process with all that it forked, by "name pid"."""
        found = {}
        for name in ORDER:
            child = self.children[name]
            with contextlib.suppress(psutil.Error):
                process = psutil.Process(child.pid)
                family = [process, *process.children(recursive=True)]
                found[f"{name} {child.pid}"] = sum(one.memory_info().rss for one in family)
        return found


@contextmanager
def machine_in_a_folder(*, durable: bool = True, is_proxied: bool = True) -> Iterator[Machine]:
    """A Sash in a folder of its own, which goes with it."""
    folder = Path(tempfile.mkdtemp(prefix="sash-faults-"))
    try:
        with Machine(folder, durable=durable).running(is_proxied=is_proxied) as machine:
            yield machine
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def in_thread(action: Any, *values: Any, **named: Any) -> Any:
    """A blocking step beside the load."""
    return await asyncio.to_thread(action, *values, **named)
