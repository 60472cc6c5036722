"""Celery's door: each task loads, calls one action and ends. Named here so that all are found."""

from inbox.tasks.desk import wake_snoozed

__all__ = ["wake_snoozed"]
