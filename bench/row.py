"""What a row of the table is: how it is measured, and what it must reach."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.ground import Ground

Measured = Mapping[str, float]


class CannotMeasure(Exception):
    """The row needs something that this machine does not have; the text says what."""


@dataclass(frozen=True, slots=True)
class Goal:
    """At least or at most so much; a ratio goal is held against value / P."""

    limit: float
    is_floor: bool
    is_ratio: bool = False

    def is_met(self, value: float, ratio: float) -> bool:
        """Whether the figure, or its ratio to P, is good enough."""
        held = ratio if self.is_ratio else value
        return held >= self.limit if self.is_floor else held <= self.limit

    def __str__(self) -> str:
        sign = "≥" if self.is_floor else "≤"
        return f"{sign} {self.limit:,g}{' P' if self.is_ratio else ''}"


def at_least(limit: float) -> Goal:
    return Goal(limit, is_floor=True)


def at_most(limit: float) -> Goal:
    return Goal(limit, is_floor=False)


def at_least_p(limit: float) -> Goal:
    """At least so many times P."""
    return Goal(limit, is_floor=True, is_ratio=True)


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `key` names it in what `measure` returns.

    A rate (unit "/s") is shown with its ratio to P. A row may leave a figure out of a run.
    """

    key: str
    what: str
    unit: str = "ms"
    goal: Goal | None = None

    @property
    def is_rate(self) -> bool:
        return self.unit == "/s"


@dataclass(frozen=True, slots=True)
class Row:
    """Something to measure, three times or, where it takes many minutes, once.

    measure(ground) returns the figures by key and raises CannotMeasure.
    """

    name: str
    title: str
    figures: tuple[Figure, ...]
    measure: Callable[[Ground], Measured]
    is_long: bool = False
