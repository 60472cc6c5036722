"""The only place where a file of somebody's browser becomes a stored one.

What a file is, its first bytes say; the name that a browser gives only tells office files and
plain texts apart, and the type that it gives is not believed at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePath

from django.core.files.uploadedfile import UploadedFile
from PIL import Image, UnidentifiedImageError

from core.audio import LONGEST, UnreadableSound, make_voice_note
from core.files import MIME_TYPES, OFFICE, SIZES, kind_of_file, size_of, size_text
from core.media import FileTooLarge, StoredFile, path_of, store_chunks

HEAD = 4096
LARGEST = max(SIZES.values())
STARTS = [
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"%PDF-", "application/pdf"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"\xff\xf1", "audio/aac"),
    (b"\xff\xf9", "audio/aac"),
    (b"#!AMR", "audio/amr"),
]
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OFFICE_FILES = {
    (ZIP, ".docx"): OFFICE + "wordprocessingml.document",
    (ZIP, ".xlsx"): OFFICE + "spreadsheetml.sheet",
    (ZIP, ".pptx"): OFFICE + "presentationml.presentation",
    (OLE, ".doc"): "application/msword",
    (OLE, ".xls"): "application/vnd.ms-excel",
    (OLE, ".ppt"): "application/vnd.ms-powerpoint",
}
PLAIN = {".txt", ".csv", ".md", ".log", ".json", ".xml", ".html", ".ics", ".vcf"}
UNKNOWN = "application/octet-stream"


class RefusedFile(Exception):
    """A file that WhatsApp would not take; the text says why."""


def store_upload(upload: UploadedFile[bytes], *, kinds: Iterable[str] = ()) -> StoredFile:
    """Keep an uploaded file and find out what it is. kinds: those allowed; none: all.

    Raises RefusedFile.
    """
    head = upload.read(HEAD)
    upload.seek(0)
    mime_type = type_of(head, upload.name or "")
    kind = file_kind(mime_type)
    _refuse_unfit(upload, mime_type, kind, set(kinds))
    try:
        stored = store_chunks(upload.chunks(), limit=size_of(kind, is_animated=True))
    except FileTooLarge as error:
        raise RefusedFile(_too_large(kind)) from error
    stored = replace(stored, mime_type=mime_type, filename=clean_name(upload.name or ""))
    return _measured(stored) if mime_type.startswith("image/") else stored


def store_recording(upload: UploadedFile[bytes]) -> StoredFile:
    """Keep a recording of the browser as a voice note. Raises RefusedFile."""
    if upload.size is None or upload.size > size_of("audio"):
        raise RefusedFile(_too_large("audio"))
    try:
        note = make_voice_note(upload)
    except UnreadableSound as error:
        raise RefusedFile(
            f"The recording cannot be read, or is longer than {LONGEST // 60} minutes."
        ) from error
    stored = store_chunks([note.content], limit=size_of("audio"))
    return replace(
        stored,
        mime_type="audio/ogg; codecs=opus",
        filename="voice.ogg",
        duration=note.duration,
        is_voice=True,
    )


def file_kind(mime_type: str) -> str:
    """As what a file goes to WhatsApp."""
    return "sticker" if mime_type == "image/webp" else kind_of_file(mime_type)


def type_of(head: bytes, filename: str) -> str:
    """The MIME type that the first bytes tell, with the name's help for office files."""
    for start, mime_type in STARTS:
        if head.startswith(start):
            return mime_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        return _of_brand(head[8:12])
    suffix = PurePath(filename.lower()).suffix
    for (start, ending), mime_type in OFFICE_FILES.items():
        if head.startswith(start) and suffix == ending:
            return mime_type
    return "text/plain" if suffix in PLAIN and _is_text(head) else UNKNOWN


def _of_brand(brand: bytes) -> str:
    if brand[:3] == b"M4A":
        return "audio/mp4"
    return "video/3gpp" if brand[:3] == b"3gp" else "video/mp4"


def _is_text(head: bytes) -> bool:
    if b"\0" in head:
        return False
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return error.start >= len(head) - 3  # cut within the last character
    return True


def clean_name(name: str) -> str:
    """A name without folders and characters that nobody sees; never used as a path."""
    base = name.replace("\\", "/").rpartition("/")[2]
    return "".join(char for char in base if char.isprintable()).strip()[-200:]


def _refuse_unfit(upload: UploadedFile[bytes], mime_type: str, kind: str, kinds: set[str]) -> None:
    if mime_type not in MIME_TYPES[kind]:
        raise RefusedFile(
            "WhatsApp takes JPEG, PNG, WebP, MP4, 3GP, MP3, M4A, AAC, AMR, Ogg, PDF, Office files "
            "and plain text. This is none of them."
        )
    if kinds and kind not in kinds:
        raise RefusedFile(f"A file of another kind is needed here: {', '.join(sorted(kinds))}.")
    if upload.size is not None and upload.size > size_of(kind, is_animated=True):
        raise RefusedFile(_too_large(kind))


def _too_large(kind: str) -> str:
    return f"Too large for WhatsApp: at most {size_text(size_of(kind, is_animated=True))}."


def _measured(stored: StoredFile) -> StoredFile:
    try:
        with Image.open(path_of(stored.name), formats=["JPEG", "PNG", "WEBP"]) as image:
            width, height = image.size
            is_animated = bool(getattr(image, "is_animated", False))
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        path_of(stored.name).unlink(missing_ok=True)
        raise RefusedFile("This picture is damaged.") from error
    return replace(stored, width=width, height=height, is_animated=is_animated)
