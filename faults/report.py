"""What a fault showed: figures, conditions of its own, and the invariants that broke."""

from __future__ import annotations

from dataclasses import dataclass, field


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
    conditions: list[tuple[str, bool]] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    is_judged: bool = False

    def expect(self, words: str, holds: bool) -> None:
        self.conditions.append((words, holds))

    @property
    def passed(self) -> bool:
        return self.is_judged and not self.broken and all(holds for _, holds in self.conditions)


def quantile(values: list[float], share: float) -> float:
    """0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0
