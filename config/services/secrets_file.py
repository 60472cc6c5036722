"""The generated secrets of an installation, kept in one private file of KEY=value lines."""

import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

Maker = Callable[[], str]


def password() -> str:
    """48 letters and digits: safe in a URL, in SQL and in a configuration line."""
    return secrets.token_hex(24)


def read_secrets(path: Path) -> dict[str, str]:
    """What the file holds; nothing when there is none."""
    if not path.exists():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    pairs = (line.partition("=") for line in lines if not line.startswith("#"))
    return {name.strip(): value.strip() for name, sign, value in pairs if sign}


def keep_secrets(path: Path, wanted: Mapping[str, Maker]) -> dict[str, str]:
    """Everything in the file, after making up and storing what is wanted and missing.

    The file is replaced as a whole, readable by its owner alone from its first byte.
    """
    kept = read_secrets(path)
    missing = {name: make() for name, make in wanted.items() if not kept.get(name)}
    if not missing:
        return kept
    kept |= missing
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write("# Made by Sash. Whoever reads this file can read every conversation.\n")
        file.writelines(f"{name}={value}\n" for name, value in kept.items())
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    return kept
