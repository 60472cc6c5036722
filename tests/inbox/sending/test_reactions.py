"""Reactions of ours: what later news do to them, and what they leave alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from accounts.models import User
from inbox.actions.reactions import react
from inbox.intake.applier import apply_stored
from inbox.models import Conversation, Message, WebhookDelivery
from tests import cast
from tests.inbox.payloads.webhooks import body_of, envelope, status, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def deliver() -> Callable[..., None]:
    def arrive(*statuses: Any) -> None:
        WebhookDelivery.objects.create(body=body_of(envelope(told(*statuses))))
        apply_stored()

    return arrive


def carried(message: Message, user: User, emoji: str, at: datetime, wamid: str) -> Message:
    """A reaction that Meta has taken."""
    carrier = react(message=message, user=user, emoji=emoji, at=at)
    Message.objects.filter(pk=carrier.pk).update(
        provider_id=wamid, status="accepted", rank=Message.RANKS[Message.Status.ACCEPTED]
    )
    return carrier


def test_one_that_fails_after_meta_took_it_is_taken_back(
    talk: Conversation, ana: User, now: datetime, deliver: Callable[..., None]
) -> None:
    asked = talk.messages.get()
    carried(asked, ana, "👍", now, "wamid.R1")

    deliver(status("failed", "wamid.R1", errors=[{"code": 131026}]))

    assert not asked.reactions.exists()


def test_one_that_came_in_its_place_stays(
    talk: Conversation, ana: User, now: datetime, deliver: Callable[..., None]
) -> None:
    asked = talk.messages.get()
    carried(asked, ana, "👍", now, "wamid.R1")
    later = now.replace(microsecond=(now.microsecond + 1) % 1_000_000)
    carried(asked, ana, "👍", later, "wamid.R2")

    deliver(status("failed", "wamid.R1", errors=[{"code": 131026}]))

    assert [reaction.emoji for reaction in asked.reactions.all()] == ["👍"]


def test_a_failure_that_delivery_overtook_takes_nothing_back(
    talk: Conversation, ana: User, now: datetime, deliver: Callable[..., None]
) -> None:
    asked = talk.messages.get()
    carried(asked, ana, "👍", now, "wamid.R1")

    deliver(
        status("delivered", "wamid.R1"), status("failed", "wamid.R1", errors=[{"code": 131026}])
    )

    assert [reaction.emoji for reaction in asked.reactions.all()] == ["👍"]


def test_a_status_that_came_since_the_page_was_read_stays(
    talk: Conversation, ana: User, now: datetime
) -> None:
    answer = cast.outbound(talk, "Yes", ana, at=now)
    Message.objects.filter(pk=answer.pk).update(status="read", rank=7)

    react(message=answer, user=ana, emoji="👍", at=now)

    answer.refresh_from_db()
    assert (answer.status, answer.rank) == ("read", 7)
