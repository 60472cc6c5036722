"""`python -m bench`: measure rows, show them, and write the page that is published."""

import argparse
import sys
from pathlib import Path

from bench.dataset import FOLDER
from bench.ground import laid_ground
from bench.page import publish
from bench.programs import ROOT
from bench.row import Row
from bench.rows import all_rows
from bench.runner import measure_rows
from bench.scale import FULL, QUICK
from config.launcher.supervisor import stop_on_signals

INTERRUPTED = 130


def main() -> int:
    """The exit code for the shell: 0 once all was measured, whether or not it was enough."""
    arguments = read_arguments()
    rows = choose(all_rows(), arguments.row, is_long=arguments.long)
    if not rows:
        sys.stdout.write(f"There are: {' '.join(row.name for row in all_rows())}\n")
        return 2
    scale = QUICK if arguments.quick else FULL
    stop_on_signals()
    try:
        with laid_ground(FOLDER, scale) as ground:
            measure_rows(ground, rows, results_folder(FOLDER, scale.name))
        if scale is FULL:
            page = publish(ROOT, results_folder(FOLDER, scale.name), all_rows())
            sys.stdout.write(f"Written: {page.relative_to(ROOT)}\n")
    except KeyboardInterrupt:
        sys.stdout.write("\nStopped. What was measured before is kept.\n")
        return INTERRUPTED
    return 0


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--quick", action="store_true", help="a small form of it in minutes")
    parser.add_argument("--long", action="store_true", help="the rows of 10 and 30 minutes alone")
    parser.add_argument("--row", default="", help="one row alone, or several with commas between")
    return parser.parse_args()


def choose(rows: list[Row], names: str, *, is_long: bool) -> list[Row]:
    """The rows named, or all that take minutes, or all that do not."""
    if names:
        return [row for row in rows if row.name in names.split(",")]
    return [row for row in rows if row.is_long == is_long]


def results_folder(data: Path, scale: str) -> Path:
    """Small runs never stand in for the real ones."""
    return data / "results" / scale


if __name__ == "__main__":
    sys.exit(main())
