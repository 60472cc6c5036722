"""What a fault showed: figures, conditions of its own, and the invariants that broke."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Condition:
    """Something that a fault promises, in words with figures."""

    words: str
    holds: bool
    is_speed: bool


@dataclass
class Report:
    """What a fault showed. conditions: its own, each with whether it held."""

    fault: str
    title: str
    load: str
    pids: list[str] = field(default_factory=list)
    seconds: float = 0.0
    posted: int = 0
    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    p99: float = 0.0
    recovery: float | None = None
    conditions: list[Condition] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    is_judged: bool = False

    def expect(self, words: str, holds: bool, *, is_speed: bool = False) -> None:
        """is_speed: a slow machine may miss it although nothing went wrong."""
        self.conditions.append(Condition(words, holds, is_speed))

    def within(self, limit: float, seconds: float, what: str) -> None:
        """A time that was measured, and the most that it may be."""
        words = f"{what} within {limit:g} s ({seconds:.2f} s)"
        self.expect(words, seconds <= limit, is_speed=True)

    @property
    def passed(self) -> bool:
        return not self.faults and all(each.holds for each in self.conditions)

    @property
    def faults(self) -> list[str]:
        """What went wrong, however fast or slow it was."""
        wrong = [each.words for each in self.conditions if not (each.holds or each.is_speed)]
        return [*([] if self.is_judged else ["it was not judged"]), *self.broken, *wrong]


def quantile(values: list[float], share: float) -> float:
    """0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0
