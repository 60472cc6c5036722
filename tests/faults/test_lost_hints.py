"""Celery only rings: whatever it is rung for is found by the clock as well, from the rows."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.conf import settings
from django.utils import timezone

from inbox.models import (
    Attachment,
    Bell,
    Conversation,
    Message,
    OutboxEntry,
    SessionWindow,
    WebhookDelivery,
)
from tests import cast
from tests.inbox.payloads.webhooks import MARINA, body_of, contact, envelope, incoming, message

APPS = ("accounts", "bots", "core", "inbox", "templates_app")
# Rung with the name that they were given.
PASSED_ON = {"core/hints.py"}


def rung() -> Iterator[tuple[str, ast.expr | None]]:
    """(place, what is rung for) of every call in the code that reaches the broker."""
    root = Path(settings.BASE_DIR)
    for path in sorted(path for app in APPS for path in (root / app).rglob("*.py")):
        place = str(path.relative_to(root))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and place not in PASSED_ON:
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                first = node.args[0] if node.args else None
                if name in {"hint", "send_task"}:
                    yield place, first
                elif name in {"delay", "apply_async"}:
                    yield place, None


def test_whatever_is_rung_for_is_in_the_schedule_too() -> None:
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    found = list(rung())

    assert len(found) >= 3
    for place, task in found:
        assert isinstance(task, ast.Constant), f"{place} sends a task that no clock runs"
        assert task.value in scheduled, place


def test_every_task_of_the_schedule_exists_and_waits_for_no_eta() -> None:
    current_app.loader.import_default_modules()
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        assert entry["task"] in current_app.tasks
        assert not {"eta", "countdown"} & entry["options"].keys()


def run_the_clock_once() -> None:
    """Every sweep that runs within a minute, once, as a worker does after any loss."""
    current_app.loader.import_default_modules()
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        if entry["schedule"] <= 60:
            current_app.tasks[entry["task"]]()


@pytest.mark.django_db(transaction=True)
def test_one_round_of_sweeps_does_all_that_was_waiting(
    conversation: Conversation, channel: Any
) -> None:
    """As after FLUSHALL: no hint is left of any of it."""
    now = timezone.now()
    heard = cast.inbound(conversation, "Hello", at=now - timedelta(minutes=30))
    Bell.objects.create(message=heard)
    sent = cast.outbound(conversation, "Held", status=Message.Status.SENDING, provider_id=None)
    late = cast.outbound(conversation, "Late", status=Message.Status.QUEUED, provider_id=None)
    Conversation.objects.filter(pk=conversation.pk).update(
        snoozed_until=now - timedelta(seconds=1),
        window_closes_at=now - timedelta(seconds=1),
        window_closed_announced=False,
    )
    SessionWindow.objects.update(closes_at=now - timedelta(seconds=1))
    gone = now - timedelta(minutes=5)
    common = {"channel": channel, "pair": "1:1", "created_at": gone}
    OutboxEntry.objects.create(message=sent, state="claimed", lease_until=gone, **common)
    OutboxEntry.objects.create(message=late, expires_at=gone, **common)
    stored = message(text="Stored, and then the process died", sender=MARINA)
    body = body_of(envelope(incoming(stored, people=[contact(MARINA)])))
    WebhookDelivery.objects.create(body=body)
    picture = Attachment.objects.create(
        message=heard, kind="image", provider_media_id="not an id", next_attempt_at=gone
    )

    run_the_clock_once()

    conversation.refresh_from_db()
    picture.refresh_from_db()
    assert not Bell.objects.filter(message=heard).exists()
    assert conversation.snoozed_until is None
    assert conversation.window_closed_announced
    assert OutboxEntry.objects.get(pk=sent.pk).state == "queued"
    assert Message.objects.get(pk=late.pk).status == "failed"
    assert not WebhookDelivery.objects.filter(state="stored").exists()
    assert picture.state == "failed"
