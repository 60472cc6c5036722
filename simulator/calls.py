"""The only place for one API call: what it names, what it sends, and its line in the ledger."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from .graph import GraphError, unknown_object
from .store import Doc
from .world import World

Handler = Callable[["Call"], Awaitable[Any]]
LONGEST_BODY_KEPT = 20_000


@dataclass
class Call:
    world: World
    request: web.Request
    node: str
    edge: str
    kind: str = ""
    name: str = ""
    body: Doc = field(default_factory=dict)
    # filled in by the sending of messages, for faults and the ledger
    customer: str = ""
    message_kind: str = ""
    wamid: str = ""
    fail_with: tuple[int, str] | None = None

    @property
    def method(self) -> str:
        return self.request.method

    @property
    def params(self) -> Doc:
        """Body and query together: Meta reads either."""
        return {**self.request.query, **self.body}

    def node_doc(self) -> Doc:
        """The number, account or template that the path names."""
        doc = self.world.store.get(f"{self.kind}s", self.node)
        if doc is None:
            raise unknown_object(self.node, self.method)
        return doc

    def text(self, name: str, *, required: bool = True) -> str:
        """A parameter as text. Raises GraphError 100 where it is required and missing."""
        value = self.params.get(name)
        if value in (None, "") and required:
            raise missing(name)
        return "" if value is None else str(value)


def missing(name: str) -> GraphError:
    return GraphError(100, message=f"(#100) The parameter {name} is required.")


async def read_body(request: web.Request) -> Doc:
    """The JSON object or form sent. Files are left to those who want them."""
    if request.content_type == "application/json":
        raw = await request.read()
        try:
            body = json.loads(raw or b"{}")
        except ValueError:
            raise GraphError(100, "The request body is not valid JSON.") from None
        if not isinstance(body, dict):
            raise GraphError(100, "The request body is not a JSON object.")
        return body
    if request.content_type == "application/x-www-form-urlencoded":
        return dict(await request.post())
    return {}


def write_ledger(call: Call, *, http: int, code: int, answered: str) -> None:
    """One line per call: what was asked, whether it took effect, and how it was answered."""
    accepted = bool(call.wamid) if call.name == "messages" else http == 200
    body = json.dumps(call.body)
    opaque = call.body.get("biz_opaque_callback_data")
    call.world.store.run(
        "INSERT INTO ledger (at, call, method, path, number, customer, kind, wamid, opaque, http,"
        " code, accepted, answered, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(call.world.clock.real(), call.name, call.method, call.request.path_qs),
        *(call.node if call.kind == "number" else "", call.customer, call.message_kind),
        *(call.wamid, opaque if isinstance(opaque, str) else "", http, code, accepted, answered),
        body if len(body) <= LONGEST_BODY_KEPT else json.dumps({"cut": len(body)}),
    )
    call.world.hub.publish("ledger", call=call.name, http=http)


def read_ledger(world: World, query: dict[str, str]) -> list[Doc]:
    """Lines that match: call, number, customer, wamid, opaque, accepted=1.

    Oldest first, or with `newest=1` newest first; `after` a line's `seq`, at most `limit`.
    Raises ValueError for a number that is none.
    """
    where: list[str] = ["seq > ?"]
    values: list[str | int] = [int(query.get("after", 0))]
    for name in ("call", "number", "customer", "wamid", "opaque", "accepted", "kind"):
        if name in query:
            where.append(f"{name} = ?")
            values.append(int(query[name]) if name == "accepted" else query[name])
    order = "DESC" if query.get("newest") == "1" else "ASC"
    sql = f"SELECT * FROM ledger WHERE {' AND '.join(where)} ORDER BY seq {order} LIMIT ?"  # noqa: S608
    rows = world.store.all(sql, *values, min(int(query.get("limit", 1000)), 100_000))
    return [
        {**row, "accepted": bool(row["accepted"]), "body": json.loads(row["body"])} for row in rows
    ]
