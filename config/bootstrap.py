"""Makes .venv and installs the pinned requirements: `python3 config/bootstrap.py base` or `dev`.

The only code that runs before anything is installed: the standard library alone, and a
syntax that an older Python still reads, so that it can say what is wrong.
"""

import hashlib
import json
import os
import subprocess
import sys
import time

VENV = ".venv"
PYTHON = os.path.join(VENV, "bin", "python")
STAMP = os.path.join(VENV, "sash-installed.json")
OLDEST = (3, 11)


def main(kind: str) -> None:
    """Bring .venv up to requirements/<kind>.txt; at once when it is already."""
    if sys.version_info < OLDEST:
        sys.exit(too_old())
    wanted = fingerprint(kind)
    if read_stamp().get(kind) == wanted:
        return
    if not works(PYTHON, "-m", "pip", "--version"):
        make_venv()
    started = time.monotonic()
    say(f"Installing what requirements/{kind}.txt lists, once; this takes a minute or two")
    install(kind)
    write_stamp(dict(read_stamp(), **{kind: wanted}))
    say(f"Installed in {time.monotonic() - started:.0f} s")


def fingerprint(kind: str) -> str:
    """Changes with the requirements, the interpreter and the place: a venv cannot be moved."""
    digest = hashlib.sha256()
    for part in (sys.version, os.path.abspath(VENV)):
        digest.update(part.encode() + b"\0")
    with open(os.path.join("requirements", kind + ".txt"), "rb") as file:
        digest.update(file.read())
    return digest.hexdigest()


def read_stamp() -> "dict[str, str]":
    """What the last finished installation wrote; an interrupted one wrote nothing."""
    if not os.access(PYTHON, os.X_OK):
        return {}
    try:
        with open(STAMP, encoding="ascii") as file:
            return dict(json.load(file))
    except (OSError, ValueError):
        return {}


def write_stamp(stamp: "dict[str, str]") -> None:
    """Written last and whole."""
    with open(STAMP + ".new", "w", encoding="ascii") as file:
        json.dump(stamp, file)
    os.replace(STAMP + ".new", STAMP)


def make_venv() -> None:
    """Create .venv anew; a broken or half-made one is replaced."""
    if not works(sys.executable, "-c", "import venv, ensurepip"):
        sys.exit(no_venv())
    say("Making a virtual environment in " + VENV)
    if subprocess.call([sys.executable, "-m", "venv", "--clear", VENV]):
        sys.exit(f"Could not create {VENV}. Is the folder writable, the disk full?")


def install(kind: str) -> None:
    """Install by hash, wheels alone: nothing is compiled and no package's code runs."""
    command = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--no-input", "--require-hashes", "--only-binary", ":all:"]
    command += ["--requirement", os.path.join("requirements", kind + ".txt")]
    if subprocess.call(command):
        sys.exit(
            "\nThe packages could not be installed; the lines above say why. Most often the "
            "network or the\npackage index was out of reach: run the same command again, "
            "and it goes on where it stopped."
        )


def works(*command: str) -> bool:
    """Whether a command exists and succeeds."""
    try:
        return subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def too_old() -> str:
    """What to do about an old interpreter."""
    return (
        f"Sash needs Python {OLDEST[0]}.{OLDEST[1]} or newer; {sys.executable} is "
        f"{sys.version.split()[0]}. Install a newer one and name it, for example:\n"
        "  make run PYTHON=python3.13"
    )


def no_venv() -> str:
    """What to do where the distribution took venv out of Python."""
    package = "python{}.{}-venv".format(*sys.version_info[:2])
    return (
        f"{sys.executable} cannot make virtual environments: its ensurepip module is missing.\n"
        f"On Debian and Ubuntu: sudo apt install {package}\n"
        "On Fedora: sudo dnf install python3"
    )


def say(text: str) -> None:
    """A line for the person at the terminal."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    os.chdir(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    try:
        main(*sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit("\nStopped. The next start goes on from here.")
