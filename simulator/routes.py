"""The table of the Graph API: (kind of object, method, edge) to the function that answers."""

from __future__ import annotations

from . import media, messages
from .calls import Handler

ROUTES: dict[tuple[str, str, str], Handler] = {
    ("number", "POST", "messages"): messages.post_messages,
    ("number", "POST", "media"): media.post_media,
    ("media", "GET", ""): media.get_media,
    ("media", "DELETE", ""): media.delete_media,
}
