"""Every row of the table in its order; each module here has its `ROWS`."""

from bench.row import Row
from bench.rows import intake

MODULES = (intake,)


def all_rows() -> list[Row]:
    return [row for module in MODULES for row in module.ROWS]
