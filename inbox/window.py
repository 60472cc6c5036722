"""The 24-hour customer-service window as a value: pure, without ORM and without a clock.

Rule (Meta, "Send messages"): a customer's message or call opens the window for 24 hours by
Meta's timestamp; each new one starts it again; outside it only templates may be sent.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LENGTH = timedelta(hours=24)
SOON = timedelta(hours=4)
URGENT = timedelta(hours=1)


class State(StrEnum):
    """How near the closing is; `NONE` for a channel that has no window at all."""

    NONE = "none"
    OPEN = "open"
    SOON = "soon"
    URGENT = "urgent"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Window:
    """When free text is allowed to one customer on one channel.

    closes_at None means that the customer never wrote: closed, unless `is_limited` is false
    (a channel without windows, such as web chat).
    """

    closes_at: datetime | None
    is_limited: bool = True

    def is_open(self, at: datetime) -> bool:
        """Open up to, and not including, the closing instant."""
        return not self.is_limited or (self.closes_at is not None and at < self.closes_at)

    def remaining(self, at: datetime) -> timedelta:
        """Time left; zero when closed."""
        if self.closes_at is None or not self.is_open(at):
            return timedelta(0)
        return self.closes_at - at

    def state(self, at: datetime) -> State:
        if not self.is_limited:
            return State.NONE
        if not self.is_open(at):
            return State.CLOSED
        left = self.remaining(at)
        if left <= URGENT:
            return State.URGENT
        return State.SOON if left <= SOON else State.OPEN


def closing_time(last_inbound: datetime, length: timedelta = LENGTH) -> datetime:
    """When a window opened by a message of that time closes."""
    return last_inbound + length


def later(current: datetime | None, candidate: datetime) -> datetime:
    """A late retry of an old message never shortens a window that is open longer."""
    return candidate if current is None else max(current, candidate)
