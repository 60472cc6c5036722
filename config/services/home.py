"""Where the embedded servers keep their files, and the lock that lets one start use them."""

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from config.services.children import Account, can_reach

# Under root, for a clone that lies in a folder closed to everybody else, such as /root.
SYSTEM_HOME = Path("/var/lib/sash")


class ServiceError(Exception):
    """A server could not be started; the text says what to do about it."""


def prepare_folder(data: Path) -> None:
    """Create the data folder; others may pass through it only where root needs them to."""
    try:
        data.mkdir(parents=True, exist_ok=True)
        data.chmod(0o711 if os.geteuid() == 0 else 0o700)
    except PermissionError as error:
        raise ServiceError(
            f"{data} cannot be written: {error.strerror}. It belongs to another user, perhaps "
            "from a start as root. Start as that user, or remove the folder to begin anew."
        ) from None


def find_home(data: Path, account: Account | None) -> Path:
    """The folder for the servers' files: `data`, or one of our own where it is out of reach.

    Nobody's folders are opened up for it. `data/services` then points to the real place.
    """
    link = data / "services"
    if link.is_dir():
        return link.resolve()
    if can_reach(data, account):
        return data
    link.unlink(missing_ok=True)
    home = Path(tempfile.mkdtemp(prefix="data-", dir=system_home()))
    home.chmod(0o711)
    link.symlink_to(home)
    return home


def wheel_folder(module: str) -> Path:
    """Where a wheel lies, without importing it: its own start-up code is none of our business."""
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise ServiceError(f"The package {module} is not installed; run: make install")
    return Path(spec.origin).parent


def within_reach(folder: Path, *, program: str, package: str, account: Account | None) -> Path:
    """A wheel's folder, or a copy of it whose `program` the account can execute."""
    if can_reach(folder / program, account):
        return folder
    copy = SYSTEM_HOME / f"{package}-{version(package)}"
    if not copy.is_dir():
        fresh = Path(tempfile.mkdtemp(prefix="copy-", dir=system_home()))
        for part in (folder, folder.with_name(f"{folder.name}.libs")):  # found by relative path
            if part.is_dir():
                shutil.copytree(part, fresh / part.name, symlinks=True)
        open_to_all(fresh)
        with contextlib.suppress(OSError):  # another start was quicker
            fresh.rename(copy)
        shutil.rmtree(fresh, ignore_errors=True)
    return copy / folder.name


def open_to_all(folder: Path) -> None:
    """A wheel installed under a strict umask is closed to other users; its copy is not."""
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)


def system_home() -> Path:
    """SYSTEM_HOME, made on first use; nobody can list it."""
    if not SYSTEM_HOME.is_dir():
        SYSTEM_HOME.mkdir(parents=True, exist_ok=True)
        SYSTEM_HOME.chmod(0o711)
    return SYSTEM_HOME


@contextlib.contextmanager
def only_one(home: Path) -> Iterator[None]:
    """Hold the folder for ourselves; the kernel lets go of it when we die in any way."""
    with (home / "lock").open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise ServiceError(
                f"Sash is already running from this folder (process {file.read().strip()}). "
                "Use that one, or stop it with Ctrl-C in its terminal."
            ) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield
