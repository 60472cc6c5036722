"""What the stand-in for Meta's Cloud API was asked for, and when."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.request import Request, urlopen

import orjson

from bench.programs import Program, Programs

COMMAND = 'python -m bench.fake_api --port "$PORT"'
SECOND = 1.0


@dataclass(frozen=True, slots=True)
class Call:
    """at: seconds of time.time()."""

    at: float
    number: str
    message: str

    @property
    def message_id(self) -> int:
        """Sash's own, which it hands to Meta as sash:<id>."""
        return int(self.message.partition(":")[2] or 0)


class Ledger:
    """A running fake API; Sash is told of it by the environment of its processes."""

    def __init__(self, programs: Programs) -> None:
        self.program: Program = programs.serve("api", COMMAND, path="/_count")
        self.address = f"http://127.0.0.1:{self.program.port}"
        programs.environment["WHATSAPP_GRAPH_URL"] = self.address

    def count(self) -> int:
        return int(self.ask("/_count")["calls"])

    def calls(self) -> list[Call]:
        return sorted((Call(*row) for row in self.ask("/_ledger")), key=lambda call: call.at)

    def ask(self, path: str, method: str = "GET") -> Any:
        request = Request(self.address + path, method=method)  # noqa: S310 - our own
        with urlopen(request, timeout=30) as answer:  # noqa: S310
            return orjson.loads(answer.read())

    def wait_for(self, calls: int, *, patience: float) -> None:
        """Return once so many came, or once nothing came for so many seconds."""
        known, since = -1, time.monotonic()
        while (count := self.count()) < calls:
            if count > known:
                known, since = count, time.monotonic()
            elif time.monotonic() - since > patience:
                return
            time.sleep(0.2)


def most_in_a_second(moments: Sequence[float]) -> int:
    """The fullest second, wherever it begins; the moments are in order."""
    first, most = 0, 0
    for last, at in enumerate(moments):
        while moments[first] <= at - SECOND:
            first += 1
        most = max(most, last - first + 1)
    return most


def doubled(calls: Sequence[Call]) -> int:
    """Calls for a message that had been called for already."""
    return len(calls) - len({call.message for call in calls})
