"""Resumable uploads: sample files of template headers and profile pictures."""

from __future__ import annotations

import base64
import secrets
from typing import Any

from . import checks
from .calls import Call
from .graph import GraphError
from .media_store import keep_media

TYPES = ("application/pdf", "image/jpeg", "image/jpg", "image/png", "video/mp4")
MOST = 100 * 1024 * 1024


async def start_upload(call: Call) -> dict[str, Any]:
    """`POST /{app-id}/uploads`: file_name, file_length, file_type."""
    length = checks.number(call.params, "file_length", 1, MOST)
    mime = call.text("file_type")
    if mime not in TYPES:
        raise checks.bad(f"file_type is not one of {', '.join(TYPES)}.")
    key = f"upload:{secrets.token_urlsafe(24)}"
    name = call.text("file_name", required=False)
    upload = {"id": key, "length": int(length), "mime": mime, "name": name, "content": ""}
    call.world.store.put("uploads", key, upload)
    return {"id": key}


async def continue_upload(call: Call) -> dict[str, Any]:
    """`POST /upload:…` with `file_offset` and the bytes; answers the handle `h` when whole."""
    upload = call.world.store.get("uploads", call.node)
    if upload is None:
        raise checks.bad("There is no such upload.")
    content = base64.b64decode(upload["content"])
    offset = call.request.headers.get("file_offset", "0")
    if not offset.isdigit() or int(offset) > len(content):
        raise GraphError(100, f"file_offset is not {len(content)} or less.")
    content = content[: int(offset)] + await call.request.read()
    if len(content) > upload["length"]:
        raise GraphError(100, "There are more bytes than file_length said.")
    whole = len(content) == upload["length"]
    upload["content"] = base64.b64encode(content).decode()
    call.world.store.put("uploads", call.node, upload)
    return {"h": _handle(call, upload, content)} if whole else {"file_offset": len(content)}


def _handle(call: Call, upload: dict[str, Any], content: bytes) -> str:
    names = {"filename": upload["name"], "source": "upload"}
    media = keep_media(call.world, "", upload["mime"], content, **names)
    kind = base64.b64encode(upload["mime"].encode()).decode().rstrip("=")
    handle = f"4::{kind}:{secrets.token_urlsafe(32)}"
    call.world.store.put("handles", handle, {"id": handle, "media": media["id"]})
    return handle


async def get_upload(call: Call) -> dict[str, Any]:
    upload = call.world.store.get("uploads", call.node) or {"content": ""}
    return {"id": call.node, "file_offset": len(base64.b64decode(upload["content"]))}
