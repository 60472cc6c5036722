"""A sender killed at every point of its work: nothing is sent twice, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from core.media import store_chunks
from inbox.actions.messages import confirm_unknown
from inbox.actions.sweeps import ask_about_unknown
from inbox.models import (
    Conversation,
    Identity,
    Message,
    OutboxEntry,
    SendingProcess,
    SendingTurn,
)
from tests.inbox.sending.processes import (
    Platform,
    run_doomed_sender,
    run_platform,
    running_sender,
)

pytestmark = pytest.mark.django_db(transaction=True)
Say = Callable[..., Message]
MARINA = "5511955500111"


@pytest.fixture(scope="module")
def simulator() -> Iterator[Platform]:
    with run_platform() as platform:
        yield platform


@pytest.fixture
def platform(simulator: Platform, talk: Conversation) -> Platform:
    """The simulator as on its first day; the customer of the tests is its Marina."""
    simulator.ask("POST", "/_sim/reset", {})
    simulator.ask("PATCH", "/_sim/settings", {"window_refusal": "never", "sent_ms": 1})
    simulator.drop_webhooks()
    Identity.objects.update(key=MARINA, value=MARINA)
    return simulator


def lose_leases(*, rows: bool = True) -> None:
    """As if half a minute had passed since the sender died."""
    past = timezone.now() - timedelta(seconds=1)
    SendingTurn.objects.update(lease_until=past)
    SendingProcess.objects.update(alive_until=past)
    held = OutboxEntry.objects.filter(state="claimed").update(lease_until=past)
    assert bool(held) == rows


def send_the_rest(platform: Platform, condition: Callable[[], bool]) -> None:
    with running_sender(platform.url) as process:
        platform.apply_webhooks(until=lambda: condition() or process.poll() is not None)


def test_what_was_taken_but_not_committed_is_sent_by_the_next_sender(
    say: Say, platform: Platform
) -> None:
    first, second = say("first"), say("second")
    run_doomed_sender("uncommitted", platform.url)
    assert platform.sent() == []
    assert not first.attempts.exists()
    lose_leases(rows=False)

    send_the_rest(platform, lambda: len(platform.sent()) == 2)

    assert [call["opaque"] for call in platform.sent()] == [
        f"sash:{first.pk}",
        f"sash:{second.pk}",
    ]


def test_what_was_held_but_not_begun_is_sent_by_the_next_sender(
    say: Say, platform: Platform
) -> None:
    stored = store_chunks([b"%PDF-1.4 invoice"], limit=10**6)
    invoice = replace(stored, mime_type="application/pdf", filename="invoice.pdf")
    message = say("", kind="document", files=[invoice])
    run_doomed_sender("held", platform.url)
    assert platform.sent() == []
    assert not message.attempts.exists()
    lose_leases()

    send_the_rest(platform, lambda: len(platform.sent()) == 1)

    assert [call["opaque"] for call in platform.sent()] == [f"sash:{message.pk}"]


@pytest.mark.parametrize("point", ["waiting", "begun"])
def test_what_was_begun_but_not_called_is_asked_about_and_not_sent(
    say: Say, platform: Platform, ana: User, point: str
) -> None:
    first, second = say("first"), say("second")
    run_doomed_sender(point, platform.url)
    lose_leases()

    send_the_rest(platform, lambda: len(platform.sent()) == 1)

    assert [call["opaque"] for call in platform.sent()] == [f"sash:{second.pk}"]
    first.refresh_from_db()
    assert first.status == "unknown"
    assert not first.asks_to_resend
    ask_about_unknown(at=timezone.now() + timedelta(minutes=3))
    assert Message.objects.get(pk=first.pk).asks_to_resend

    confirm_unknown(message=first, resend=True, by=ana, at=timezone.now())
    send_the_rest(platform, lambda: len(platform.sent()) == 2)
    assert len(platform.sent(f"sash:{first.pk}")) == 1
    assert [row.outcome for row in first.attempts.order_by("number")] == ["unknown", "accepted"]


def test_what_was_called_but_not_saved_is_settled_by_metas_news(
    say: Say, platform: Platform
) -> None:
    message = say("first")
    run_doomed_sender("called", platform.url)
    assert len(platform.sent()) == 1
    assert Message.objects.get(pk=message.pk).provider_id is None

    platform.apply_webhooks(
        until=lambda: Message.objects.filter(pk=message.pk, status="delivered").exists()
    )

    message.refresh_from_db()
    assert message.provider_id == platform.sent()[0]["wamid"]
    assert [row.outcome for row in message.attempts.all()] == ["accepted"]
    assert not OutboxEntry.objects.exists()


def test_metas_news_settle_it_even_after_the_next_sender_gave_up_on_it(
    say: Say, platform: Platform
) -> None:
    first, second = say("first"), say("second")
    platform.ask("PATCH", "/_sim/settings", {"webhooks_paused": True})
    run_doomed_sender("called", platform.url)
    lose_leases()
    with running_sender(platform.url) as process:
        platform.apply_webhooks(
            until=lambda: len(platform.sent()) == 2 or process.poll() is not None
        )
    first.refresh_from_db()
    assert first.status == "unknown"

    platform.ask("PATCH", "/_sim/settings", {"webhooks_paused": False})
    platform.apply_webhooks(
        until=lambda: Message.objects.get(pk=first.pk).status in {"sent", "delivered", "read"}
    )

    assert [call["opaque"] for call in platform.sent()] == [
        f"sash:{first.pk}",
        f"sash:{second.pk}",
    ]
    assert not OutboxEntry.objects.filter(pk=first.pk).exists()


def test_what_was_saved_stays_saved(say: Say, platform: Platform) -> None:
    first, second = say("first"), say("second")
    run_doomed_sender("saved", platform.url)
    lose_leases(rows=False)

    send_the_rest(platform, lambda: len(platform.sent()) == 2)

    assert [call["opaque"] for call in platform.sent()] == [
        f"sash:{first.pk}",
        f"sash:{second.pk}",
    ]
    first.refresh_from_db()
    assert first.provider_id == platform.sent()[0]["wamid"]


def test_a_status_that_overtakes_the_answer_is_joined(
    say: Say, platform: Platform, now: datetime
) -> None:
    platform.ask("POST", "/_sim/faults", {"kind": "slow", "delay_ms": 1, "call": "messages"})
    platform.ask("PATCH", "/_sim/settings", {"sent_ms": 0, "delivered_ms": 0})
    message = say("quick")

    with running_sender(platform.url):
        platform.apply_webhooks(
            until=lambda: Message.objects.filter(pk=message.pk, status="delivered").exists()
        )

    message.refresh_from_db()
    assert message.delivered_at is not None
