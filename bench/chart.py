"""The chart: every figure with a goal as a bar, its length how far it is from the goal."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from bench.figures import written
from bench.results import Line, Result, lines_of
from bench.row import Row

LEFT, MIDDLE, WIDTH, STEP, TOP = 330, 560, 1000, 22, 64
REACH = 210  # pixels of the longest bar to either side
DECADES = 1.0  # ten times better or worse is as long as a bar gets
STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #1f2933 }
  .title { font-weight: 600 } .quiet { fill: #52606d } .pass { fill: #2f855a }
  .short { fill: #c05621 } .goal { stroke: #52606d; stroke-dasharray: 3 3 } .back { fill: #fff }
  @media (prefers-color-scheme: dark) { text { fill: #e4e7eb } .quiet { fill: #9aa5b1 }
  .back { fill: #17191c } .pass { fill: #68d391 } .short { fill: #f6ad55 } }
"""


@dataclass(frozen=True, slots=True)
class Bar:
    """score: how many times better than its goal a figure is; below 1 it falls short."""

    title: str
    text: str
    score: float
    passed: bool


def bars(rows: Iterable[tuple[Row, Result]]) -> list[Bar]:
    """Figures that have a goal other than none at all, such as nothing lost."""
    return [
        Bar(f"{row.name}: {line.figure.what}", value_of(line), score, bool(line.passed))
        for row, result in rows
        for line in lines_of(row, result)
        if (score := score_of(line)) is not None
    ]


def score_of(line: Line) -> float | None:
    """None where a goal is no number to be compared with."""
    goal = line.figure.goal
    held = line.ratio if goal and goal.is_ratio else line.value
    if goal is None or goal.limit <= 0 or held <= 0:
        return None
    return held / goal.limit if goal.is_floor else goal.limit / held


def value_of(line: Line) -> str:
    """What stands behind a bar."""
    ratio = f" = {line.ratio:.2f} P" if line.figure.is_rate else ""
    return f"{written(line.value, line.figure.unit)}{ratio} ({line.figure.goal})"


def draw(found: Sequence[Bar]) -> str:
    """An SVG picture."""
    height = TOP + STEP * len(found) + 16
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"'
        ' aria-label="Each figure against its goal">',
        f"<style>{STYLE}</style>",
        f'<rect class="back" width="{WIDTH}" height="{height}"/>',
        '<text class="title" x="16" y="24">Each figure against its goal</text>',
        f'<text class="quiet" x="{MIDDLE - 8}" y="48" text-anchor="end">◀ short</text>',
        f'<text class="quiet" x="{MIDDLE + 8}" y="48">better than the goal ▶</text>',
        f'<line class="goal" x1="{MIDDLE}" x2="{MIDDLE}" y1="{TOP - 8}" y2="{height - 12}"/>',
        *(draw_bar(bar, TOP + STEP * place) for place, bar in enumerate(found)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def draw_bar(bar: Bar, y: int) -> str:
    """One line of the chart; lengths are logarithmic, so that twice and half look alike."""
    reach = max(-1.0, min(1.0, math.log10(bar.score) / DECADES)) * REACH
    x, width = min(MIDDLE, MIDDLE + reach), max(2.0, abs(reach))
    return (
        f'<text x="{LEFT}" y="{y + 12}" text-anchor="end">{escape(bar.title)}</text>'
        f'<rect class="{"pass" if bar.passed else "short"}" x="{x:.0f}" y="{y + 2}"'
        f' width="{width:.0f}" height="12" rx="2"/>'
        f'<text class="quiet" x="{MIDDLE + REACH + 16}" y="{y + 12}">{escape(bar.text)}</text>'
    )
