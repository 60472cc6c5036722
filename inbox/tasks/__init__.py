"""Celery's door: each task loads, calls one action and ends. Named here so that all are found."""

from inbox.tasks.desk import wake_snoozed
from inbox.tasks.sending import sweep_unknown
from inbox.tasks.windows import announce_closed

__all__ = ["announce_closed", "sweep_unknown", "wake_snoozed"]
