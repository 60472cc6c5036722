"""Business hours as arithmetic: pure, without ORM and without a clock.

Hours are wall-clock time in the channel's zone, so they move with daylight saving. A span that
closes at 23:59 counts to the end of its day, since a day has no 24:00.
"""

import zoneinfo
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

LAST_MINUTE = time(23, 59)
WEEK = 8  # days that are looked ahead: today's span may be over, so the same weekday comes again
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Span:
    """One open span of a weekday (0 is Monday), from opens_at up to, not including, closes_at."""

    weekday: int
    opens_at: time
    closes_at: time

    def holds(self, local: datetime) -> bool:
        if local.weekday() != self.weekday:
            return False
        moment = local.time()
        return self.opens_at <= moment and (
            moment < self.closes_at or self.closes_at >= LAST_MINUTE
        )


def zone_of(name: str) -> zoneinfo.ZoneInfo:
    """The zone of that name, UTC where this machine does not know it."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return zoneinfo.ZoneInfo("UTC")


def is_open(spans: Iterable[Span], zone: zoneinfo.ZoneInfo, at: datetime) -> bool:
    """Is somebody there at that instant? Without any span: always."""
    known = list(spans)
    local = at.astimezone(zone)
    return not known or any(span.holds(local) for span in known)


def next_opening(spans: Sequence[Span], zone: zoneinfo.ZoneInfo, at: datetime) -> datetime | None:
    """The first instant from `at` on at which it is open, in UTC; None without any span."""
    if not spans:
        return None
    if is_open(spans, zone, at):
        return at.astimezone(UTC)
    today = at.astimezone(zone).date()
    starts = [
        instant
        for ahead in range(WEEK)
        for span in spans
        if span.weekday == (today + timedelta(days=ahead)).weekday()
        for instant in _instants(
            datetime.combine(today + timedelta(days=ahead), span.opens_at), zone
        )
    ]
    return min(
        (start for start in starts if start > at and is_open(spans, zone, start)), default=None
    )


def _instants(naive: datetime, zone: zoneinfo.ZoneInfo) -> list[datetime]:
    """Wall time as instants: two where the clock repeats it, the next there is where it skips."""
    first = naive.replace(tzinfo=zone, fold=0).astimezone(UTC)
    second = naive.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if second >= first:
        return [first, second]
    while second < first and second.astimezone(zone).replace(tzinfo=None) < naive:
        second += MINUTE
    return [second]
