"""Finds out what a stored file is and how large its picture or how long its sound is.

What a stranger's file is called, and what somebody says that it is, are only hints.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import av
import puremagic
from PIL import Image

from core.audio import READ
from core.media import StoredFile, path_of

HEAD = 8192
UNKNOWN = "application/octet-stream"
PLAYED = ("image/", "audio/", "video/")
# The same container has several names.
KIN = {
    "audio/ogg": {"application/ogg", "video/ogg"},
    "audio/mp4": {"video/mp4", "audio/x-m4a"},
    "video/3gpp": {"video/mp4", "audio/3gpp"},
    "audio/aac": {"audio/x-hx-aac-adts"},
}
AMR = b"#!AMR"
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")


@dataclass(frozen=True, slots=True)
class Measures:
    """width, height: pixels. duration: seconds."""

    width: int | None = None
    height: int | None = None
    duration: float | None = None


def inspect_file(stored: StoredFile, *, declared: str) -> StoredFile:
    """The same file with its real type and its measures. declared: what its sender said."""
    path = path_of(stored.name)
    with path.open("rb") as file:
        mime_type = real_type(file.read(HEAD), declared)
    found = measure(path, mime_type)
    return replace(
        stored,
        mime_type=mime_type,
        width=found.width,
        height=found.height,
        duration=found.duration,
    )


def real_type(head: bytes, declared: str) -> str:
    """The type by the first bytes; the declared one only where it does not contradict them."""
    declared = declared.partition(";")[0].strip().lower()
    found = _found(head)
    if declared in found or KIN.get(declared, set()) & set(found):
        return declared
    if found:
        return found[0]
    return UNKNOWN if declared.startswith(PLAYED) or not declared else declared


def _found(head: bytes) -> list[str]:
    if head.startswith(AMR):
        return ["audio/amr"]
    try:
        matches = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return []
    return list(dict.fromkeys(match.mime_type for match in matches if match.mime_type))


def measure(path: Path, mime_type: str) -> Measures:
    """Measures without decoding a picture; none of what cannot be read."""
    try:
        if mime_type.startswith("image/"):
            with Image.open(path, formats=FORMATS) as image:
                return Measures(*image.size)
        if mime_type.startswith(("audio/", "video/")):
            return _played(path)
    except Exception:  # a stranger's file may break its reader in any way
        return Measures()
    return Measures()


def _played(path: Path) -> Measures:
    with av.open(str(path), metadata_errors="ignore", options=READ) as source:
        duration = source.duration / av.time_base if source.duration else None
        pictures = source.streams.video
        if not pictures:
            return Measures(duration=duration)
        return Measures(pictures[0].width, pictures[0].height, duration)
