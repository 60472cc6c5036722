"""The only place that reads the time: the machine's clock, moved overall and per customer.

Moved forward, a clock makes windows old at once. Moved back, it makes what the customer writes
arrive old, as if Meta had delivered it late. So whoever keeps real time sees the same window.
"""

from __future__ import annotations

import time
from collections.abc import Callable

DAY = 24 * 3600


class Clock:
    def __init__(self, source: Callable[[], float] = time.time) -> None:
        self._source = source
        self.offset = 0.0

    def real(self) -> float:
        """Unix seconds of the machine: for queues, limits and lifetimes."""
        return self._source()

    def now(self, offset: float = 0.0) -> float:
        """Unix seconds as stamped on webhooks; `offset` is that of the customer who acts."""
        return self._source() + self.offset + offset

    def window_left(self, last_written: float | None, offset: float = 0.0) -> float:
        """Seconds until the 24 hours after `last_written` end; negative when over or never."""
        if last_written is None:
            return -1.0
        moved = max(self.offset, 0.0) + max(offset, 0.0)
        return last_written + DAY - (self._source() + moved)


def stamp(at: float) -> str:
    """A time as Meta writes it on messages and statuses: unix seconds in a string."""
    return str(int(at))
