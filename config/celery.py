"""Celery's application: it carries hints, the truth is a row in PostgreSQL.

A task that must happen is a row with a lease; the periodic sweeps below pick up what a
lost hint forgot. No task here uses an ETA, because Redis loses those with the worker.
"""

import os
from pathlib import Path

from celery import Celery
from celery.signals import task_postrun

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("sash")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@task_postrun.connect
def leave_sign(**_: object) -> None:
    """Beat rings every few seconds, so a worker whose sign grows old is deaf (config.healthy)."""
    if sign := os.environ.get("SASH_WORKER_FILE"):
        Path(sign).touch()
