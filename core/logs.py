"""What log lines carry, and what they never do: a request's id, and no secret of an address."""

import logging
import re
from collections.abc import Iterable
from contextvars import ContextVar
from typing import TextIO

request_id: ContextVar[str] = ContextVar("request_id", default="-")


class RequestIdFilter(logging.Filter):
    """Puts the current request id on each record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


class DiscreetHandler(logging.StreamHandler[TextIO]):
    """Cuts out of each line what is as good as a password: what follows in some addresses.

    secret_after: beginnings of paths, such as "/account/invitations/".
    """

    def __init__(self, secret_after: Iterable[str]) -> None:
        super().__init__()
        beginnings = "|".join(map(re.escape, secret_after))
        self.secret = re.compile(rf"({beginnings})[^/\s\"'?]+")

    def format(self, record: logging.LogRecord) -> str:
        return self.secret.sub(r"\1...", super().format(record))
