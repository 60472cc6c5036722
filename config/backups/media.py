"""The media folder as one archive. Files never change once they have their name."""

import re
import shutil
import tarfile
from pathlib import Path

from config.backups import BackupError

NAME = re.compile(r"[0-9a-f]{2}/[0-9a-f]{32}")


def pack(folder: Path, archive: Path) -> int:
    """Write every whole file; how many. One that goes meanwhile was nobody's any more."""
    number = 0
    with tarfile.open(archive, "x") as tar:
        for path in sorted(folder.glob("*/*")):
            name = path.relative_to(folder).as_posix()
            if not NAME.fullmatch(name):
                continue
            try:
                tar.add(path, name, recursive=False)
            except FileNotFoundError:
                continue
            number += 1
    return number


def unpack(archive: Path, folder: Path) -> int:
    """Put back what is missing; how many files. Nothing leaves the folder or becomes a link."""
    number = 0
    with tarfile.open(archive) as tar:
        for member in tar:
            source = tar.extractfile(member) if member.isreg() else None
            if source is None or not NAME.fullmatch(member.name):
                raise BackupError(f"{archive} holds what no backup of Sash holds: {member.name}")
            target = folder / member.name
            if target.exists():
                continue
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            partial = target.with_suffix(".part")
            with source, partial.open("wb") as file:
                shutil.copyfileobj(source, file)
            partial.replace(target)
            number += 1
    return number


def is_empty(folder: Path) -> bool:
    """Nothing that a backup would hold lies here."""
    return not any(NAME.fullmatch(f"{p.parent.name}/{p.name}") for p in folder.glob("*/*"))
