"""Every row of the table in its order; each module here has its `ROWS`."""

from bench.row import Row
from bench.rows import (
    clicking,
    fanout,
    helpdesk,
    intake,
    intake_batches,
    intake_held,
    memory,
    pages,
    plain_django,
    push,
    search,
    sending,
    sockets,
)

MODULES = (
    intake,
    intake_batches,
    intake_held,
    push,
    fanout,
    sockets,
    pages,
    clicking,
    search,
    sending,
    memory,
    plain_django,
    helpdesk,
)


def all_rows() -> list[Row]:
    return [row for module in MODULES for row in module.ROWS]
