"""The only place for what lists and reads share: chosen fields, pages and their cursors."""

from __future__ import annotations

import base64
from typing import Any

from .calls import Call
from .graph import GraphError
from .store import Doc

LIMIT, LIMIT_MOST = 25, 1000


def chosen(call: Call, doc: Doc, default: tuple[str, ...]) -> Doc:
    """The fields asked for in `fields`, without sub-selections in braces; `id` always."""
    asked = call.request.query.get("fields", "")
    names = [name.split("{")[0].split(".")[0].strip() for name in _split(asked)] or [*default]
    return {name: doc[name] for name in dict.fromkeys((*names, "id")) if doc.get(name) is not None}


def _split(fields: str) -> list[str]:
    """`a,b{c,d},e` at the commas outside braces."""
    parts, depth = [""], 0
    for char in fields:
        depth += (char in "{(") - (char in "})")
        if char == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return [part for part in parts if part.strip()]


def page_of(call: Call, found: list[Doc]) -> dict[str, Any]:
    """`data` and `paging`. Raises GraphError 131059 for a cursor that names nothing any more."""
    query = call.request.query
    limit = query.get("limit", "")
    size = min(int(limit), LIMIT_MOST) if limit.isdigit() and int(limit) else LIMIT
    keys = [doc["id"] for doc in found]
    start = 0
    if after := query.get("after"):
        start = _position(keys, after) + 1
    elif before := query.get("before"):
        start = max(0, _position(keys, before) - size)
    data = found[start : start + size]
    if not data:
        return {"data": []}
    cursors = {"before": _cursor(data[0]["id"]), "after": _cursor(data[-1]["id"])}
    paging: dict[str, Any] = {"cursors": cursors}
    if start + size < len(found):
        paging["next"] = str(_public(call).update_query(after=cursors["after"], limit=size))
    if start:
        paging["previous"] = str(_public(call).update_query(before=cursors["before"], limit=size))
    return {"data": data, "paging": paging}


def _public(call: Call) -> Any:
    return call.request.url.without_query_params("after", "before", "access_token")


def _cursor(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def _position(keys: list[str], cursor: str) -> int:
    try:
        key = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        return keys.index(key)
    except ValueError:
        raise GraphError(131059, "The cursor has expired; start from the first page.") from None
