"""What the tests of the sender ask about a message, again and again."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone

from inbox.models import Message, OutboxEntry


def status_of(message: Message) -> str:
    return Message.objects.values_list("status", flat=True).get(pk=message.pk)


def has_status(message: Message, status: str) -> Callable[[], bool]:
    return lambda: status_of(message) == status


def attempts_of(message: Message) -> list[tuple[int, str, int | None]]:
    rows = message.attempts.order_by("number")
    return [(row.number, row.outcome, row.error_code) for row in rows]


def waits(message: Message) -> float:
    """Seconds until the message may be tried again."""
    entry = OutboxEntry.objects.get(pk=message.pk)
    return (entry.not_before - timezone.now()).total_seconds()


def was_refused(message: Message) -> Callable[[], bool]:
    return lambda: message.attempts.filter(outcome="refused").exists()
