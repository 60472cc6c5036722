"""The only place for which files WhatsApp takes, and how big.  Meta, "Supported media types"."""

from __future__ import annotations

from .graph import GraphError

MB = 1024 * 1024
AUDIO = ("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg")
IMAGE = ("image/jpeg", "image/png")
VIDEO = ("video/mp4", "video/3gp", "video/3gpp")
OFFICE = "application/vnd.openxmlformats-officedocument."
DOCUMENT = (
    "text/plain", "application/pdf", "application/msword", "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint", f"{OFFICE}wordprocessingml.document",
    f"{OFFICE}spreadsheetml.sheet", f"{OFFICE}presentationml.presentation",
)  # fmt: skip
MOST = {"audio": 16 * MB, "image": 5 * MB, "video": 16 * MB, "document": 100 * MB}
STICKER_MOST, MOVING_STICKER_MOST = 100 * 1024, 500 * 1024
INBOUND_MOST = 100 * MB


def plain_mime(mime: str) -> str:
    return mime.partition(";")[0].strip().lower()


def kind_of_mime(mime: str) -> str:
    """image, audio, video, sticker or document; '' for a type that WhatsApp does not take."""
    mime = plain_mime(mime)
    if mime == "image/webp":
        return "sticker"
    kinds = {"audio": AUDIO, "image": IMAGE, "video": VIDEO, "document": DOCUMENT}
    return next((kind for kind, mimes in kinds.items() if mime in mimes), "")


def check_file(mime: str, content: bytes) -> None:
    """Raises GraphError 100 for a type, 131053 for a size that is not allowed."""
    kind = kind_of_mime(mime)
    if not kind:
        raise GraphError(
            100,
            message="(#100) Param file must be a file with one of the following types: "
            + ", ".join((*AUDIO, *IMAGE, *VIDEO, *DOCUMENT, "image/webp"))
            + f". Received file of type '{plain_mime(mime)}'.",
        )
    most = MOST.get(kind, MOVING_STICKER_MOST if is_moving(content) else STICKER_MOST)
    if len(content) > most:
        raise GraphError(131053, f"The file has {len(content)} bytes; {kind} may have {most}.")


def is_moving(webp: bytes) -> bool:
    """Whether a WebP file is animated: the flag of its extended header."""
    return webp[:4] == b"RIFF" and webp[12:16] == b"VP8X" and bool(webp[20:21] and webp[20] & 2)
