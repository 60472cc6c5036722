"""The one wire to Meta's Graph API: one call, its answer, and whether it can have arrived.

Both the sender, with hundreds of calls in flight, and the management calls go through `call`.
The access token stands in a header alone and is cut out of every text that comes back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

import aiohttp
import orjson
from aiohttp.abc import AbstractStreamWriter
from django.conf import settings
from yarl import URL

KEPT_TEXT = 500
UNSENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
)


class NotReached(Exception):
    """The request never arrived: no name, no connection, no TLS. Trying again is safe."""


class NoAnswer(Exception):
    """The request may have arrived, but no whole answer came back in time."""


@dataclass(frozen=True, slots=True)
class GraphError:
    """Meta's error: build on code and detail, never on the title."""

    code: int | None
    detail: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. body is None where it was not a JSON object; retry_after is in seconds."""

    status: int
    body: dict[str, Any] | None
    text: str
    retry_after: float | None = None

    @property
    def is_ok(self) -> bool:
        return self.status == 200 and self.body is not None and "error" not in self.body

    @property
    def error(self) -> GraphError | None:
        """The error told in the answer; None where it is fine."""
        if self.is_ok:
            return None
        error = (self.body or {}).get("error")
        if not isinstance(error, dict):
            return GraphError(None, f"HTTP {self.status} {self.text}".strip())
        data = error.get("error_data")
        details = data.get("details") if isinstance(data, dict) else None
        code = error.get("code")
        words = details or error.get("error_user_msg") or error.get("message") or self.text
        return GraphError(code if isinstance(code, int) else None, str(words))


def open_session(*, connections: int = 10) -> aiohttp.ClientSession:
    """A session for many calls; close it. Idle connections are dropped before Meta drops them."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=connections, keepalive_timeout=15),
        cookie_jar=aiohttp.DummyCookieJar(),
    )


async def call(
    session: aiohttp.ClientSession,
    method: str,
    path: str,
    *,
    token: str,
    json: Any = None,
    form: aiohttp.FormData | None = None,
    data: Any = None,
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, str] | None = None,
    seconds: float = 30,
    leaving: Callable[[], None] | None = None,
) -> Answer:
    """One call below the version, such as "<phone number id>/messages".

    json, form and data: a body, one of them; data is bytes or an open file. headers: beside
    the token's. leaving: told at the moment at which the body of json goes to the wire. Raises
    NotReached or NoAnswer; every answer, good or bad, is returned.
    """
    url = _url(f"{settings.WHATSAPP_GRAPH_URL}/{settings.WHATSAPP_API_VERSION}/{path}")
    content = (form or data) if json is None else _Body(orjson.dumps(json), leaving)
    try:
        async with session.request(
            method,
            url,
            data=content,
            params=params,
            headers={"Authorization": f"Bearer {token}", **(headers or {})},
            timeout=_timeout(seconds),
            allow_redirects=False,
        ) as response:
            body = await response.read()
            return _answer(response.status, body, response.headers, token)
    except UNSENT as error:
        raise NotReached(_clean(str(error), token)) from None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        name = type(error).__name__
        raise NoAnswer(_clean(f"{name}: {error}".rstrip(": "), token)) from None


class _Body(aiohttp.BytesPayload):
    """JSON that tells when it leaves: a new connection, or a busy loop, may take its time."""

    def __init__(self, content: bytes, leaving: Callable[[], None] | None) -> None:
        super().__init__(content, content_type="application/json")
        self._leaving = leaving

    async def write_with_length(
        self, writer: AbstractStreamWriter, content_length: int | None
    ) -> None:
        if self._leaving is not None:
            self._leaving()
        await super().write_with_length(writer, content_length)


# Hundreds of calls a second go to few addresses.
@lru_cache(maxsize=512)
def _url(text: str) -> URL:
    return URL(text)


@lru_cache(maxsize=16)
def _timeout(seconds: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=seconds, sock_connect=5)


def _answer(status: int, content: bytes, headers: Mapping[str, str], token: str) -> Answer:
    try:
        body = orjson.loads(content)
    except orjson.JSONDecodeError:
        body = None
    text = _clean(content[:KEPT_TEXT].decode(errors="replace"), token)
    known = cast("dict[str, Any]", body) if isinstance(body, dict) else None
    return Answer(status, known, text, _seconds(headers.get("Retry-After", "")))


def _seconds(value: str) -> float | None:
    return min(float(value), 3600.0) if value.isdecimal() else None


def _clean(text: str, token: str) -> str:
    return text.replace(token, "…") if token else text
