"""The table: for the terminal as it grows, and as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from bench.figures import written
from bench.results import Line, Result, lines_of
from bench.row import Row

HEAD = ("figure", "median", "goal", "of P", "")
Cells = tuple[str, ...]


def verdict(line: Line) -> str:
    """pass, short, or nothing where there is no goal."""
    if line.passed is None:
        return ""
    return "pass" if line.passed else "**short**"


def cells(line: Line) -> Cells:
    """One line as texts."""
    figure = line.figure
    ratio = f"{line.ratio:.2f} P" if figure.is_rate else ""
    goal = str(figure.goal) if figure.goal else ""
    if figure.goal and figure.unit not in {"", "/s"} and not figure.goal.is_ratio:
        goal += f" {figure.unit}"
    return (figure.what, written(line.value, figure.unit), goal, ratio, verdict(line))


def as_text(row: Row, result: Result) -> str:
    """A row for the terminal."""
    if result.problem:
        return f"{row.title}\n  not measured: {result.problem}\n"
    table = [cells(line) for line in lines_of(row, result)]
    widths = [max(len(line[place]) for line in table) for place in range(len(HEAD))]
    shown = ["  " + "  ".join(map(str.ljust, line, widths)).rstrip() for line in table]
    return "\n".join([f"{row.title}  (P {p_of(result):,.0f}/s)", *shown, ""]).replace("**", "")


def as_markdown(rows: Sequence[tuple[Row, Result]]) -> str:
    """All rows, each under its title."""
    parts = ["| what | median | goal | of P | |", "| --- | ---: | --- | ---: | --- |"]
    for row, result in rows:
        runs = len(result.runs)
        times = (
            f", {runs} runs, P {p_of(result):,.0f}/s".replace(" 1 runs", " once") if runs else ""
        )
        parts.append(f"| **{row.title}** ({row.name}{times}) | | | | |")
        if result.problem:
            # The first line alone: what follows may be a log, which names folders.
            parts.append(f"| not measured: {result.problem.splitlines()[0]} | | | | |")
        parts += [f"| {' | '.join(cells(line))} |" for line in lines_of(row, result)]
    return "\n".join(parts) + "\n"


def p_of(result: Result) -> float:
    """P of the row's runs, for the reader."""
    return sum(run.p for run in result.runs) / len(result.runs)
