"""How many customers may be written to first within 24 hours: the platform's ladders. Pure.

Until October 2025 each number had its own limit; since then the numbers of a portfolio share one
(Meta, "Messaging limits"). What counts is a customer who gets a template outside an open window;
replies inside it never count. The ladders are in the settings, MESSAGING_LADDERS.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

SPAN = timedelta(hours=24)
UNLIMITED = 2**31 - 1
USED_FOR_NEXT = 0.5  # of the limit within seven days, with good quality (Meta)


class Scope(StrEnum):
    """Who shares a limit."""

    NUMBER = "number"
    PORTFOLIO = "portfolio"


@dataclass(frozen=True, slots=True)
class Ladder:
    """steps: (customers in 24 hours, numbers that one may have); above the last is no limit."""

    since: date
    scope: Scope
    steps: tuple[tuple[int, int], ...]

    def next_after(self, limit: int) -> int | None:
        """The next higher step, UNLIMITED above the last; None where there is none."""
        if limit >= UNLIMITED:
            return None
        return next((step for step, _numbers in self.steps if step > limit), UNLIMITED)

    def numbers_at(self, limit: int) -> int:
        """How many numbers one may have with this limit."""
        reached = [numbers for step, numbers in self.steps if step <= limit]
        return reached[-1] if reached else self.steps[0][1]


def read_ladders(rows: Sequence[tuple[str, str, Sequence[tuple[int, int]]]]) -> tuple[Ladder, ...]:
    """From the setting: (first day, scope, steps), in any order; the newest first."""
    ladders = (
        Ladder(date.fromisoformat(since), Scope(scope), tuple(steps))
        for since, scope, steps in rows
    )
    return tuple(sorted(ladders, key=lambda ladder: ladder.since, reverse=True))


def ladder_at(ladders: Sequence[Ladder], moment: datetime) -> Ladder:
    """The ladder of that day, in UTC; before the first one it is the first."""
    day = moment.astimezone(UTC).date()
    return next((ladder for ladder in ladders if day >= ladder.since), ladders[-1])


def read_limit(text: str) -> int | None:
    """TIER_2K, 2000, -1 and so on as customers; None where Meta says nothing that we know."""
    word = text.strip().upper().removeprefix("TIER_")
    if word in {"UNLIMITED", "-1"}:
        return UNLIMITED
    if word.isdecimal() and len(word) < 10:
        return int(word)
    if word.endswith("K") and word[:-1].isdecimal() and len(word) < 8:
        return int(word[:-1]) * 1000
    return None


def share_of(limit: int, percent: int) -> int:
    """How many of a limit are kept for people's own writing: at least one of any share."""
    if limit >= UNLIMITED or percent <= 0:
        return 0
    return max(1, limit * percent // 100)


def earns_next(limit: int, most_used: int, quality: str) -> bool:
    """Has enough of the limit been used within seven days, with quality that lets it rise?"""
    return limit < UNLIMITED and quality != "RED" and most_used >= limit * USED_FOR_NEXT


def full_at(used: int, limit: int, before: int, span: timedelta, at: datetime) -> datetime | None:
    """When the limit is reached if it goes on as in `span`, at whose start `before` were used."""
    grown = used - before
    if limit >= UNLIMITED or grown <= 0:
        return None
    return at + span * ((limit - used) / grown) if used < limit else at
