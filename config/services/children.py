"""How Sash starts and ends other programs: they die with their parent, and never by mistake.

The only place that drops root, asks Linux for a parent's-death signal, and decides whether
a process found on the machine is one of ours.
"""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None

Child = subprocess.Popen[bytes]


@dataclass(frozen=True)
class Account:
    """The user that servers run as when we are root, because PostgreSQL refuses root."""

    uid: int
    gid: int


def account_for(folder: Path) -> Account | None:
    """Under root, the folder's owner, or `nobody` where that is root; None for anyone else."""
    if os.geteuid() != 0:
        return None
    owner = folder.stat()
    if owner.st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def as_account(account: Account | None) -> dict[str, Any]:
    """Arguments for subprocess that drop root; none where we are not root."""
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def make_private(path: Path, account: Account | None) -> None:
    """Give a file or folder of ours to the servers' user, and to nobody else."""
    path.chmod(0o700 if path.is_dir() else 0o600)
    if account is not None:
        os.chown(path, account.uid, account.gid)


def can_reach(path: Path, account: Account | None) -> bool:
    """Whether that user can enter this folder or execute this file."""
    test = ["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)]
    return subprocess.run(test, cwd="/", check=False, **as_account(account)).returncode == 0


def start(command: Sequence[str | Path], *, death: signal.Signals, **options: Any) -> Child:
    """Start a program in a session of its own, so that Ctrl-C reaches it only through us.

    The kernel sends it `death` when we are gone, so even kill -9 leaves no orphan. Systems
    other than Linux have no such call; there the next start ends what was left behind.
    """
    return subprocess.Popen(
        [str(part) for part in command],
        start_new_session=True,
        preexec_fn=die_with_parent(death),
        **options,
    )


def die_with_parent(death: signal.Signals) -> Callable[[], None] | None:
    """For Popen's preexec_fn, which runs after the change of user that would undo it."""
    if LIBC is None:
        return None
    prctl, parent = LIBC.prctl, os.getpid()

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, int(death))
        if os.getppid() != parent:  # it died between fork and the call above
            os._exit(1)

    return ask


def stop(child: Child, *, ask: Sequence[signal.Signals], patience: float) -> None:
    """Ask a child to end, more firmly each time, waiting `patience` seconds after each."""
    for question in (*ask, signal.SIGKILL):
        if child.poll() is not None:
            return
        child.send_signal(question)
        try:
            child.wait(patience)
        except subprocess.TimeoutExpired:
            continue


def kill_session(child: Child) -> None:
    """End a child that hangs, together with everything that it started in its session."""
    if child.poll() is None:  # so its number is still its own
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def strays(name: str, folder: Path) -> list[psutil.Process]:
    """Processes of this program that work in exactly this folder; a reused pid is not one.

    The working folder is the proof: both servers change into their data at start, and
    Valkey overwrites its own command line.
    """
    home = str(folder.resolve())
    found = []
    for process in psutil.process_iter():
        try:
            if process.name() == name and process.cwd() == home:
                found.append(process)
        except (psutil.AccessDenied, psutil.NoSuchProcess):
            continue
    return found


def end_strays(name: str, folder: Path, *, ask: signal.Signals, patience: float) -> bool:
    """End what an earlier start left behind in this folder; False when some would not go.

    Only the leaders are asked: PostgreSQL's own children end with it, and a signal straight
    to one of them would mean something else.
    """
    found = strays(name, folder)
    pids = {process.pid for process in found}
    for process in found:
        try:
            if process.ppid() not in pids:
                process.send_signal(ask)
        except psutil.NoSuchProcess:
            continue
    _, alive = psutil.wait_procs(found, timeout=patience)
    return not alive
