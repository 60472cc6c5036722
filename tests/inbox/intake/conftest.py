"""What the intake's tests share: deliver(document) stores and applies a webhook."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import Channel
from inbox.intake.applier import apply_stored
from inbox.models import WebhookDelivery
from tests.inbox.payloads import webhooks


@pytest.fixture
def deliver(channel: Channel) -> Callable[..., None]:
    """deliver(document, ...): as if Meta had posted each, and the applier had come by."""

    def arrive(*documents: Any) -> None:
        for document in documents:
            body = document if isinstance(document, bytes) else webhooks.body_of(document)
            WebhookDelivery.objects.create(body=body)
        apply_stored()

    return arrive
