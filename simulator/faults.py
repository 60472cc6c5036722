"""The only place for trouble on demand: which call is spoilt, how, and how often."""

from __future__ import annotations

import asyncio
import random
import secrets
from typing import Any

from aiohttp import web

from .graph import GraphError, http_status
from .store import Doc, Store

KINDS = ("error", "failed", "slow", "hang", "drop", "malformed", "no_id")
DEFAULTS: Doc = {
    "kind": "error",
    "call": "messages",
    "customer": "",
    "number": "",
    "count": 1,
    "percent": 100,
    "code": 131000,
    "http": 0,
    "details": "",
    "delay_ms": 1000,
    "accepts": None,
}
NOT_BY_ITSELF = ("error", "failed", "slow")
HANG_S = 600.0


class FaultError(Exception):
    """A fault cannot be set as asked."""


class Faults:
    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, values: dict[str, Any]) -> Doc:
        """Keys as in DEFAULTS; `count` 0 is endless, `call` '*' is any. Raises FaultError.

        `accepts` says whether the spoilt call takes effect; without it an error does not, while
        an answer that is lost or unreadable does.
        """
        if unknown := values.keys() - DEFAULTS.keys():
            raise FaultError(f"A fault has no {', '.join(sorted(unknown))}.")
        fault = {**DEFAULTS, **values, "id": secrets.token_hex(4), "hits": 0}
        if fault["kind"] not in KINDS:
            raise FaultError(f"kind is one of {', '.join(KINDS)}.")
        for name in ("count", "percent", "code", "http", "delay_ms"):
            if not isinstance(fault[name], (int, float)) or fault[name] < 0:
                raise FaultError(f"{name} is a number, not negative.")
        if fault["accepts"] is None:
            fault["accepts"] = fault["kind"] not in ("error",)
        return self._store.put("faults", fault["id"], fault)

    def list(self) -> list[Doc]:
        return self._store.list("faults")

    def remove(self, key: str = "") -> None:
        """Remove one fault, or all."""
        for fault in self.list():
            if key in ("", fault["id"]):
                self._store.delete("faults", fault["id"])

    def take(self, call: str, *, customer: str = "", number: str = "") -> Doc | None:
        """The first fault that hits this call; it is counted, and gone after its last hit."""
        for fault in self.list():
            if fault["call"] not in ("*", call):
                continue
            if fault["customer"] not in ("", customer) or fault["number"] not in ("", number):
                continue
            if random.random() * 100 < fault["percent"]:
                return self._hit(fault)
        return None

    def _hit(self, fault: Doc) -> Doc:
        fault["hits"] += 1
        if fault["count"] and fault["hits"] >= fault["count"]:
            self._store.delete("faults", fault["id"])
        else:
            self._store.put("faults", fault["id"], fault)
        return fault


def error_of(fault: Doc) -> GraphError:
    code = int(fault["code"])
    status = int(fault["http"]) or http_status(code)
    return GraphError(code, fault["details"], status=status)


async def spoil(request: web.Request, fault: Doc, answer: dict[str, Any]) -> web.StreamResponse:
    """Answer `answer` in the fault's way."""
    if fault["kind"] == "no_id":
        return web.json_response({"messaging_product": "whatsapp"})
    if fault["kind"] == "malformed":
        broken = web.json_response(answer).body
        text = bytes(broken)[:-2] if isinstance(broken, bytes) else b"{"
        return web.Response(body=text, content_type="application/json")
    if fault["kind"] == "hang":
        await asyncio.sleep(HANG_S)
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    response.content_length = 500
    await response.prepare(request)
    await response.write(b'{"messaging_product":"whatsapp","contacts":[{"inp')
    if request.transport is not None:
        request.transport.abort()
    return response
