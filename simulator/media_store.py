"""The only place that keeps files: their ids, their lifetimes, and what a webhook says of them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from .clock import DAY
from .store import Doc
from .world import World

UPLOADED_S, RECEIVED_S, LINK_S = 30 * DAY, 7 * DAY, 300
NAMES = "id, number, mime, filename, sha256, size, created, expires, source"


def keep_media(
    world: World, number: str, mime: str, content: bytes, *, filename: str = "", source: str = ""
) -> Doc:
    """`source` is 'upload', 'customer' or 'link <address>'."""
    now = world.clock.real()
    media: Doc = {
        "id": str(secrets.randbelow(9 * 10**15) + 10**15),
        "number": number,
        "mime": mime,
        "filename": filename,
        "sha256": hashlib.sha256(content).hexdigest(),
        "size": len(content),
        "created": now,
        "expires": now + (RECEIVED_S if source == "customer" else UPLOADED_S),
        "source": source,
    }
    sql = f"INSERT INTO media ({NAMES}, content) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
    world.store.run(sql, *media.values(), content)
    return media


def find_media(world: World, key: str) -> Doc | None:
    """Facts of a file that has not expired."""
    sql = f"SELECT {NAMES} FROM media WHERE id = ? AND expires > ?"  # noqa: S608
    return world.store.one(sql, key, world.clock.real())


def media_content(world: World, key: str) -> bytes:
    row = world.store.one("SELECT content FROM media WHERE id = ?", key)
    return bytes(row["content"]) if row else b""


def media_url(world: World, key: str) -> str:
    """An address for five minutes; the bearer token is asked for as well."""
    ends = int(world.clock.real()) + LINK_S
    path = f"/whatsapp_business/attachments/?mid={key}&ext={ends}"
    return f"{world.base_url}{path}&hash={link_hash(world, key, ends)}"


def link_hash(world: World, key: str, ends: int) -> str:
    name = f"{key} {ends}".encode()
    return hmac.new(world.options.app_secret.encode(), name, hashlib.sha256).hexdigest()[:32]


def webhook_media(world: World, media: Doc) -> Doc:
    """What a message's media object says of the file; `sha256` is in base64 there."""
    return {
        "mime_type": media["mime"],
        "sha256": base64.b64encode(bytes.fromhex(media["sha256"])).decode(),
        "id": media["id"],
        "url": media_url(world, media["id"]),
    }
