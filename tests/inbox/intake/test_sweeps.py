"""What the clock does for the journal: sweeps and trims."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from inbox import tasks
from inbox.models import EarlyEvent, Message, QuarantinedEvent, WebhookDelivery
from tests.inbox.payloads.webhooks import (
    body_of,
    envelope,
    incoming,
    message,
    status,
    told,
)


def test_the_sweep_applies_what_was_left_and_joins_what_missed_its_message(
    channel, conversation, outbound
):
    early = envelope(told(status("read", "wamid.SOON")))
    WebhookDelivery.objects.create(body=body_of(early))
    tasks.sweep_journal()
    outbound(conversation, "Sent", status="accepted", provider_id="wamid.SOON")
    WebhookDelivery.objects.create(body=body_of(envelope(incoming(message(text="Hello")))))
    tasks.sweep_journal()
    assert Message.objects.get(provider_id="wamid.SOON").status == "read"
    assert Message.objects.filter(text="Hello").exists()


def test_bodies_are_forgotten_after_thirty_days_and_what_is_unsettled_is_not(channel):
    now = timezone.now()
    old, new = now - timedelta(days=31), now - timedelta(days=29)
    for received_at in (old, new):
        for state in ("applied", "stored"):
            WebhookDelivery.objects.create(body=b"{}", state=state, received_at=received_at)
        EarlyEvent.objects.create(
            phone_number_id="1",
            provider_id="w",
            kind="status",
            content={},
            digest=str(received_at),
            at=now,
            received_at=received_at,
        )
    applied = WebhookDelivery.objects.get(state="applied", received_at=old)
    waiting = QuarantinedEvent.objects.create(reason="x", content="{}", delivery=applied)
    QuarantinedEvent.objects.create(reason="x", content="{}", resolved_at=old)
    tasks.trim_journal()
    left = WebhookDelivery.objects.order_by("pk").values_list("state", "received_at")
    assert list(left) == [("stored", old), ("applied", new), ("stored", new)]
    assert EarlyEvent.objects.get().received_at == new
    waiting.refresh_from_db()
    assert (waiting.resolved_at, waiting.delivery) == (None, None)


def test_the_clock_calls_tasks_that_are_there():
    names = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    ours = {"sweep_journal", "trim_journal", "sweep_media"}
    assert {f"inbox.tasks.{name}" for name in ours} <= names
    assert {getattr(tasks, name).name for name in ours} <= names
