"""Measures rows: P before and after each run, every run on fresh ground."""

from __future__ import annotations

import subprocess
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path

from bench import results, table
from bench.ground import Ground
from bench.programs import ROOT
from bench.results import Result, Run
from bench.row import CannotMeasure, Row


def measure_rows(ground: Ground, rows: list[Row], folder: Path) -> None:
    """Measure, keep and show one row after the other; a row that breaks stops no other."""
    for row in rows:
        result = measure_row(ground, row)
        results.keep(folder, result)
        say(table.as_text(row, result))


def measure_row(ground: Ground, row: Row) -> Result:
    """All runs of one row; P after a run is P before the next."""
    runs: list[Run] = []
    problem = ""
    times = 1 if row.is_long else ground.scale.runs
    try:
        before = ground.measure_p()
        for number in range(times):
            say(f"{row.title}: run {number + 1} of {times}", is_passing=True)
            figures = row.measure(ground)
            after = ground.measure_p()
            runs.append(Run(before, after, dict(figures)))
            before = after
    except CannotMeasure as error:
        problem = str(error)
    except Exception as error:
        problem = f"{type(error).__name__}: {error}"
        traceback.print_exc()
    day = datetime.now(UTC).date().isoformat()
    return Result(row.name, day, commit(), tuple(runs), problem)


def commit() -> str:
    """The state of the code, where git knows it."""
    command = ["git", "describe", "--always", "--dirty"]
    said = subprocess.run(  # noqa: S603
        command, cwd=ROOT, capture_output=True, text=True, check=False
    )
    return said.stdout.strip()


def say(text: str, *, is_passing: bool = False) -> None:
    """A line for the person at the terminal; a passing one is written over by the next."""
    if is_passing and sys.stdout.isatty():
        sys.stdout.write(f"\r\033[K{text}\r")
    else:
        sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
