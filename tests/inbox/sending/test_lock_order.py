"""The sender and the intake meet at one message: one waits for the other, none is thrown out."""

from __future__ import annotations

import threading
from datetime import datetime

import pytest
from django.db import connection, connections, transaction

from accounts.models import User
from inbox.intake.applier import apply_stored
from inbox.models import Attempt, Conversation, Message, OutboxEntry, WebhookDelivery
from tests import cast
from tests.inbox.payloads.webhooks import body_of, envelope, status, told

pytestmark = pytest.mark.django_db(transaction=True)


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        (number,) = cursor.fetchone()
    return bool(number)


def test_news_that_overtake_the_answer_wait_for_the_sender_that_settles_it(
    talk: Conversation, ana: User, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    message = cast.outbound(talk, "Yes", ana, at=now, status="sending", provider_id=None)
    OutboxEntry.objects.create(message=message, channel=talk.channel, pair="1:1", state="claimed")
    Attempt.objects.create(message=message, number=1, started_at=now)
    news = status("sent", "wamid.NEW", biz_opaque_callback_data=f"sash:{message.pk}")
    WebhookDelivery.objects.create(body=body_of(envelope(told(news))))

    def apply() -> None:
        try:
            apply_stored()
        finally:
            connections.close_all()

    intake = threading.Thread(target=apply)
    with transaction.atomic():
        OutboxEntry.objects.select_for_update().get(pk=message.pk)
        intake.start()
        while not somebody_waits() and intake.is_alive():
            pass
        Message.objects.filter(pk=message.pk).update(status="accepted", rank=3)
    intake.join(10)

    message.refresh_from_db()
    assert (message.status, message.provider_id) == ("sent", "wamid.NEW")
    assert not caplog.records, "nobody was thrown out of a circle of waits"
