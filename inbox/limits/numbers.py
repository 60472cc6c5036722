"""The numbers themselves. Lengths are in characters, sizes in bytes.

Meta, "Send messages" (one page a kind) and "Media".
"""

TEXT = 4096
CAPTION = 1024
INTERACTIVE_BODY = 1024
LIST_BODY = 4096
HEADER = FOOTER = 60
BUTTONS = 3
BUTTON_TITLE = 20
BUTTON_ID = 256
LIST_BUTTON = 20
SECTIONS = ROWS = 10
SECTION_TITLE = ROW_TITLE = 24
ROW_ID = 200
ROW_DESCRIPTION = 72
LINK_TEXT = 20
LINK_URL = 2000
CONTACTS = 257
CALLBACK_DATA = 512

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
