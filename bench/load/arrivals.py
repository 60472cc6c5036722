"""When a message of which only its number is known arrives at which open page."""

from __future__ import annotations

import re
import time

from bench.load.sockets import Page

TOKEN = re.compile(rb"load:(\d{8});")


class Arrivals:
    """Holds the first arrival of each message at each page against the moment of its POST.

    hearers: how many pages must hear each message.
    """

    def __init__(self, hearers: int) -> None:
        self.hearers = hearers
        self.sent_at: dict[int, float] = {}
        self.latencies: list[float] = []
        self.largest = 0  # bytes of a frame for each message that it tells of
        self.seen: set[tuple[int, int]] = set()

    def sends(self, number: int, at: float) -> None:
        self.sent_at[number] = at

    def hears(self, page: Page, frame: bytes, at: float) -> None:
        """For a crowd: every frame of every page."""
        told = TOKEN.findall(frame)
        for number in map(int, told):
            key = (page.place, number)
            if key not in self.seen and number in self.sent_at:
                self.seen.add(key)
                self.largest = max(self.largest, len(frame) // len(told))
                self.latencies.append(at - self.sent_at[number])

    @property
    def missing(self) -> int:
        """Arrivals that have not happened yet."""
        return self.hearers * len(self.sent_at) - len(self.latencies)


def now() -> float:
    """The clock that arrivals are told by."""
    return time.perf_counter()
