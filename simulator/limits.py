"""The only place for rates: throughput of a number and the pair limit.

Meta, "About the platform" and "Throughput": 80 messages a second (1,000 after the upgrade); to one
customer a burst of 45, then one in 6 seconds.
"""

from __future__ import annotations

from collections import deque

from .clock import Clock
from .graph import GraphError

PER_SECOND = {"STANDARD": 80, "HIGH": 1000}
PAIR_EVERY = 6.0
PAIR_BURST = 45


class Limits:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._second: dict[str, deque[float]] = {}
        self._pairs: dict[tuple[str, str], float] = {}

    def take(self, number: str, level: str, customer: str, *, throughput_status: int) -> None:
        """Count one message. Raises GraphError 130429 or 131056; then nothing is counted."""
        now = self._clock.real()
        recent = self._second.setdefault(number, deque())
        while recent and recent[0] <= now - 1:
            recent.popleft()
        if len(recent) >= PER_SECOND.get(level, 80):
            details = "Cloud API message throughput has been reached."
            raise GraphError(130429, details, status=throughput_status, subcode=2494055)
        free_at = max(self._pairs.get((number, customer), now), now) + PAIR_EVERY
        if free_at - now > PAIR_EVERY * PAIR_BURST:
            details = (
                "Message failed to send because there were too many messages sent from this phone"
                " number to the same user in a short period of time"
            )
            raise GraphError(131056, details)
        recent.append(now)
        self._pairs[number, customer] = free_at

    def clear(self) -> None:
        self._second.clear()
        self._pairs.clear()
