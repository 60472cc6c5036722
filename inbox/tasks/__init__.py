"""Celery's door: each task loads, calls one action and ends. Named here so that all are found."""

from inbox.tasks.consents import answer_consents
from inbox.tasks.desk import wake_snoozed
from inbox.tasks.journal import sweep_journal, trim_journal
from inbox.tasks.media import fetch_media, sweep_media
from inbox.tasks.sending import sweep_unknown
from inbox.tasks.windows import announce_closed
from inbox.tasks.words import divide_words

__all__ = [
    "announce_closed",
    "answer_consents",
    "divide_words",
    "fetch_media",
    "sweep_journal",
    "sweep_media",
    "sweep_unknown",
    "trim_journal",
    "wake_snoozed",
]
