"""Tells the workers, once the batch has committed, that there is something to do.

A hint that is lost costs seconds: the same tasks run by the clock and look for themselves.
"""

import logging
from collections.abc import Callable

from celery import current_app
from django.db import transaction

log = logging.getLogger("sash.intake")
# Better late by the clock than waiting for a broker that is away.
IMPATIENT = {"retry": False, "expires": 30}


def hint(task: str) -> None:
    """Ring for a periodic task, best effort, after the commit."""
    transaction.on_commit(_ring(task), robust=True)


def _ring(task: str) -> Callable[[], None]:
    def ring() -> None:
        try:
            current_app.send_task(task, **IMPATIENT)  # type: ignore[arg-type]
        except Exception as error:  # the broker's library raises what it likes
            log.warning("no hint for %s: %s", task, error)

    return ring
