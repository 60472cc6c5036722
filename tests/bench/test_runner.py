"""Rows are measured around P, and one that breaks stops no other."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bench import results
from bench.ground import Ground
from bench.row import CannotMeasure, Figure, Measured, Row
from bench.runner import measure_rows


class Machine:
    """A ground whose P rises with every look at it."""

    def __init__(self) -> None:
        self.scale = SimpleNamespace(runs=3)
        self.looks = 0

    def measure_p(self) -> float:
        self.looks += 1
        return 100.0 * self.looks


def row(name: str, measure: Any, *, is_long: bool = False) -> Row:
    return Row(name, name.title(), (Figure("rate", "events", "/s"),), measure, is_long)


def breaks(ground: Ground) -> Measured:
    raise RuntimeError("the server is gone")


def lacks(ground: Ground) -> Measured:
    raise CannotMeasure("there is no index")


def kept(folder: Path, *rows: Row) -> list[results.Result]:
    measure_rows(cast(Ground, Machine()), list(rows), folder)
    return [found for each in rows if (found := results.kept(folder, each.name))]


def test_p_is_looked_at_before_and_after_each_of_three_runs(tmp_path: Path):
    (found,) = kept(tmp_path, row("fine", lambda ground: {"rate": 50.0}))
    assert [(run.p_before, run.p_after) for run in found.runs] == [
        (100, 200),
        (200, 300),
        (300, 400),
    ]


def test_a_long_row_is_run_once(tmp_path: Path):
    (found,) = kept(tmp_path, row("long", lambda ground: {"rate": 50.0}, is_long=True))
    assert len(found.runs) == 1


def test_a_row_that_breaks_stops_no_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    fine = row("fine", lambda ground: {"rate": 50.0})
    broken, lacking, whole = kept(tmp_path, row("broken", breaks), row("lacking", lacks), fine)
    assert broken.problem == "RuntimeError: the server is gone"
    assert lacking.problem == "there is no index"
    assert len(whole.runs) == 3
    assert "not measured: there is no index" in capsys.readouterr().out
