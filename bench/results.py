"""What was measured, as JSON beside the data: a row measured alone renews its own lines."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.figures import median
from bench.row import Figure, Measured, Row


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a row: P before and after, and its figures by key."""

    p_before: float
    p_after: float
    figures: Measured

    @property
    def p(self) -> float:
        return (self.p_before + self.p_after) / 2


@dataclass(frozen=True, slots=True)
class Result:
    """All runs of a row; `problem` says why there are none."""

    row: str
    on: str  # the day, as 2026-03-02
    commit: str
    runs: tuple[Run, ...]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table. value is the median, ratio the median of value / P by run."""

    figure: Figure
    values: tuple[float, ...]
    value: float
    ratio: float
    passed: bool | None  # None: there is no goal


def lines_of(row: Row, result: Result) -> list[Line]:
    """The figures that at least one run has."""
    found = []
    for figure in row.figures:
        runs = [run for run in result.runs if figure.key in run.figures]
        if runs:
            found.append(line_of(figure, runs))
    return found


def line_of(figure: Figure, runs: Iterable[Run]) -> Line:
    pairs = [(run.figures[figure.key], run.p) for run in runs]
    value = median(value for value, _ in pairs)
    ratio = median(value / p for value, p in pairs)
    passed = figure.goal.is_met(value, ratio) if figure.goal else None
    return Line(figure, tuple(value for value, _ in pairs), value, ratio, passed)


def keep(folder: Path, result: Result) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(asdict(result), indent=1)
    (folder / f"{result.row}.json").write_text(text, encoding="utf-8")


def kept(folder: Path, row: str) -> Result | None:
    """What was measured last, if ever."""
    file = folder / f"{row}.json"
    if not file.exists():
        return None
    known = json.loads(file.read_text(encoding="utf-8"))
    return Result(**known | {"runs": tuple(Run(**run) for run in known["runs"])})
