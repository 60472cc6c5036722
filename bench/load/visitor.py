"""Requests of a signed-in person's browser, as ready bytes: htmx asks for parts of pages."""

from __future__ import annotations

import json
from dataclasses import dataclass
from secrets import token_hex
from urllib.parse import urlencode
from uuid import uuid4

from bench.load.sockets import SESSION

CSRF = "sash-csrf"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Asks under one session. The CSRF token only has to be the same in cookie and header."""

    session: str
    token: str

    def get(self, path: str, target: str) -> bytes:
        """A part of a page for the element `target`."""
        return self.ask("GET", path, target).encode()

    def post_json(self, path: str, content: dict[str, object]) -> bytes:
        """What an API takes."""
        body = json.dumps(content)
        return (self.ask("POST", path, "", self.about("application/json", body)) + body).encode()

    def about(self, kind: str, body: str) -> str:
        """The headers of a body, which is ASCII."""
        return (
            f"Content-Type: {kind}\r\nX-CSRFToken: {self.token}\r\nContent-Length: {len(body)}\r\n"
        )

    def send(self, conversation: int, text: str) -> bytes:
        """A reply from the composer."""
        form = {"mode": "reply", "kind": "text", "text": text, "client_uuid": str(uuid4())}
        body = urlencode(form)
        path = f"/conversations/{conversation}/messages/"
        more = self.about("application/x-www-form-urlencoded", body)
        return (self.ask("POST", path, "", more) + body).encode()

    def ask(self, method: str, path: str, target: str, more: str = "") -> str:
        named = f"HX-Target: {target}\r\n" if target else ""
        return (
            f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nHX-Request: true\r\n{named}"
            f"HX-Current-URL: http://localhost/inbox/all/\r\nAccept: */*\r\n"
            f"Cookie: {SESSION}={self.session}; {CSRF}={self.token}\r\n{more}\r\n"
        )


def visitor(session: str) -> Visitor:
    return Visitor(session, token_hex(16))
