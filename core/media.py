"""Where files of messages lie: under MEDIA_ROOT by a random name, never by one that people gave."""

import hashlib
import os
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

NAME = re.compile(r"[0-9a-f]{32}")


class FileTooLarge(Exception):
    """More bytes came than the caller allows; nothing was kept."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as it lies on disk, and what is known of it.

    name: the random name under MEDIA_ROOT. filename: hostile text, for showing alone.
    size: bytes. sha256: hexadecimal. duration: seconds.
    """

    name: str
    size: int
    sha256: str
    mime_type: str = ""
    filename: str = ""
    width: int | None = None
    height: int | None = None
    duration: float | None = None
    is_voice: bool = False
    is_animated: bool = False


def store_chunks(chunks: Iterable[bytes], *, limit: int) -> StoredFile:
    """Write, flush to disk and name a file. Raises FileTooLarge beyond `limit` bytes."""
    name = secrets.token_hex(16)
    final = path_of(name)
    final.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = final.with_suffix(".part")
    digest, size = hashlib.sha256(), 0
    try:
        with partial.open("wb") as file:
            for chunk in chunks:
                size += len(chunk)
                if size > limit:
                    raise FileTooLarge(f"more than {limit} bytes")
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(final)
    finally:
        partial.unlink(missing_ok=True)
    return StoredFile(name=name, size=size, sha256=digest.hexdigest())


def path_of(name: str) -> Path:
    """Where the file of that name lies. Raises ValueError for any other kind of name."""
    if not NAME.fullmatch(name):
        raise ValueError("not the name of a stored file")
    return Path(settings.MEDIA_ROOT) / name[:2] / name


def delete_file(name: str) -> None:
    """Remove a stored file; one that is gone already is fine."""
    path_of(name).unlink(missing_ok=True)
