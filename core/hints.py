"""Tells the workers, once the batch has committed, that there is something to do.

A hint that is lost costs seconds: the same tasks run by the clock and look for themselves.
"""

import logging
import threading

from celery import current_app
from django.db import transaction

log = logging.getLogger("sash.hints")
# Better late by the clock than waiting for a broker that is away.
IMPATIENT = {"retry": False, "expires": 30}
PAUSE = 0.1  # seconds; a task that rang takes all that waits


class Bell:
    """Rings for tasks, each at once, and again at most every PAUSE, however often it is asked."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked: dict[str, bool] = {}

    def ask(self, task: str) -> None:
        with self._lock:
            is_resting = task in self._asked
            self._asked[task] = is_resting
        if not is_resting:
            self._ring(task)

    def _ring(self, task: str) -> None:
        ring(task)
        timer = threading.Timer(PAUSE, self._rested, [task])
        timer.daemon = True
        timer.start()

    def _rested(self, task: str) -> None:
        with self._lock:
            is_asked_again = self._asked.pop(task)
            if is_asked_again:
                self._asked[task] = False
        if is_asked_again:
            self._ring(task)


def ring(task: str) -> None:
    """Send it, best effort."""
    try:
        current_app.send_task(task, **IMPATIENT)  # type: ignore[arg-type]
    except Exception as error:  # the broker's library raises what it likes
        log.warning("no hint for %s: %s", task, error)


def hint(task: str) -> None:
    """Ring for a periodic task, best effort, after the commit."""
    transaction.on_commit(lambda: bell.ask(task), robust=True)


bell = Bell()
