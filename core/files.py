"""Which files WhatsApp takes, as what, and how large: pure (Meta, "Media").

Sizes are in bytes.
"""

KB, MB = 1024, 1024 * 1024
OFFICE = "application/vnd.openxmlformats-officedocument."
MIME_TYPES: dict[str, tuple[str, ...]] = {
    "image": ("image/jpeg", "image/png"),
    "audio": ("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"),
    "video": ("video/mp4", "video/3gp", "video/3gpp"),
    "sticker": ("image/webp",),
    "document": (
        "text/plain",
        "application/pdf",
        "application/msword",
        "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint",
        OFFICE + "wordprocessingml.document",
        OFFICE + "spreadsheetml.sheet",
        OFFICE + "presentationml.presentation",
    ),
}
SIZES = {"image": 5 * MB, "audio": 16 * MB, "video": 16 * MB, "document": 100 * MB}
STICKER, ANIMATED_STICKER = 100 * KB, 500 * KB


def kind_of_file(mime_type: str) -> str:
    """As what a file is sent; anything that is neither picture, sound nor film is a document."""
    plain = plain_type(mime_type)
    kinds = ("image", "video", "audio")
    return next((kind for kind in kinds if plain in MIME_TYPES[kind]), "document")


def size_of(kind: str, *, is_animated: bool = False) -> int:
    """The largest file of a kind, in bytes."""
    if kind == "sticker":
        return ANIMATED_STICKER if is_animated else STICKER
    return SIZES[kind]


def plain_type(mime_type: str) -> str:
    """The type without its parameters."""
    return mime_type.partition(";")[0].strip().lower()


def size_text(size: int) -> str:
    """A size as people say it."""
    return (
        f"{size / 1024**2:.1f} MB".replace(".0", "")
        if size >= 1024**2
        else f"{-(-size // 1024)} KB"
    )
