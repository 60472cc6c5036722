"""Where files of messages lie: under MEDIA_ROOT by random names, never by those people give."""

import hashlib
import os
import re
import secrets
from collections.abc import AsyncIterable, Iterable
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
    with _Writer(limit) as writer:
        for chunk in chunks:
            writer.write(chunk)
        return writer.finish()


async def store_stream(chunks: AsyncIterable[bytes], *, limit: int) -> StoredFile:
    """The same for bytes that come over a network."""
    with _Writer(limit) as writer:
        async for chunk in chunks:
            writer.write(chunk)
        return writer.finish()


class _Writer:
    """A file that has its name only when it is whole; otherwise nothing stays of it."""

    def __init__(self, limit: int) -> None:
        self.name = secrets.token_hex(16)
        self.final = path_of(self.name)
        self.final.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.partial = self.final.with_suffix(".part")
        self.limit, self.size, self.digest = limit, 0, hashlib.sha256()

    def __enter__(self) -> "_Writer":
        self.file = self.partial.open("wb")
        return self

    def __exit__(self, *problem: object) -> None:
        self.file.close()
        self.partial.unlink(missing_ok=True)

    def write(self, chunk: bytes) -> None:
        self.size += len(chunk)
        if self.size > self.limit:
            raise FileTooLarge(f"more than {self.limit} bytes")
        self.digest.update(chunk)
        self.file.write(chunk)

    def finish(self) -> StoredFile:
        self.file.flush()
        os.fsync(self.file.fileno())
        self.partial.replace(self.final)
        return StoredFile(name=self.name, size=self.size, sha256=self.digest.hexdigest())


def path_of(name: str) -> Path:
    """Where the file of that name lies. Raises ValueError for any other kind of name."""
    if not NAME.fullmatch(name):
        raise ValueError("not the name of a stored file")
    return Path(settings.MEDIA_ROOT) / name[:2] / name


def delete_file(name: str) -> None:
    """Remove a stored file; one that is gone already is fine."""
    path_of(name).unlink(missing_ok=True)
