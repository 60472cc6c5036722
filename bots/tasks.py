"""Celery's door to the bots: rung by intake on commit, and every few seconds by beat."""

from celery import shared_task

from bots.engine import answer_bells


@shared_task
def sweep_bells() -> int:
    """Answer every waiting bell."""
    return answer_bells()
