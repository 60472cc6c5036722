"""The results as a table at the terminal, and as docs/faults.md."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from faults.machine import ROOT
from faults.report import Report
from faults.settings import Load

INVARIANTS = ("I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8")
HEADS = ("", "fault", "s", "taken", "lost", "doubled", "p99 ms", "back s", *INVARIANTS, "")
DOCUMENT = ROOT / "docs" / "faults.md"


def cells(report: Report) -> list[str]:
    """One row of the table."""
    broken = {words.partition(":")[0] for words in report.broken}
    return [
        report.fault,
        report.title,
        f"{report.seconds:.0f}",
        f"{report.acknowledged}",
        f"{report.lost}",
        f"{report.doubled}",
        f"{report.p99 * 1000:.0f}",
        "" if report.recovery is None else f"{report.recovery:.1f}",
        *(_verdict(report, name in broken) for name in INVARIANTS),
        "pass" if report.passed else "SHORT",
    ]


def _verdict(report: Report, is_broken: bool) -> str:
    if is_broken:
        return "short"
    return "ok" if report.is_judged else "?"


def draw(reports: Sequence[Report]) -> str:
    """For the terminal."""
    rows = [list(HEADS), *map(cells, reports)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEADS))]
    lines = [
        "  ".join(f"{cell:<{w}}" for cell, w in zip(row, widths, strict=True)) for row in rows
    ]
    return "\n" + "\n".join(lines) + "\n"


def words_of(report: Report) -> str:
    """What one fault showed, line by line."""
    lines = [
        f"    {'ok   ' if each.holds else 'SHORT'} {each.words}" for each in report.conditions
    ]
    lines += [f"    SHORT {words}" for words in report.broken]
    lines += [f"          {words}" for words in report.remarks]
    lines.append(f"          killed: {', '.join(report.pids) or 'nothing'}")
    return "\n".join(lines) + "\n"


def write(reports: Sequence[Report], load: Load) -> None:
    """docs/faults.md, as a whole."""
    rows = [list(HEADS), ["---"] * len(HEADS), *map(cells, reports)]
    drawn = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    details = "\n".join(f"### {r.fault}: {r.title}\n```\n{words_of(r)}```" for r in reports)
    text = HEADING.format(load=load, day=datetime.now(UTC).date(), table=drawn, details=details)
    DOCUMENT.write_text(text, encoding="utf-8")


HEADING = """# When things break

Written by `make faults` on {day}. Each fault happens to the processes of production, under
{load}, and is followed by the invariants. `make faults FAULT=F4` does one; `LOAD=0.1` is a tenth
of the load, `SECONDS=10` the time of each fault.

{table}

- **I1** whatever was acknowledged is stored, once · **I2** nothing is doubled · **I3** counters
  equal a recount · **I4** every status arrived, ranks only rise · **I5** each message reached Meta
  at most once, and none is missing · **I6** every open page shows what the database holds ·
  **I7** no claim outlives its lease · **I8** no refused webhook that was not taken later, no
  growing memory. I1 to I5 and I7 are `faults/invariants.sql`.
- *taken*: webhooks answered 200; *p99*: of their answers from the fault on; *back*: until Sash
  takes webhooks again.

{details}
"""
