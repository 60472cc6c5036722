"""What held when a message was queued, and holds no more when its turn comes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from accounts.models import Channel, User, Waba
from inbox.actions.messages import send_message
from inbox.failures import Own
from inbox.models import (
    Contact,
    Conversation,
    Message,
    OutboxEntry,
)
from templates_app.models import MessageTemplate
from tests import cast
from tests.inbox.sending.graph import Graph, send_until
from tests.inbox.sending.watching import attempts_of, has_status

pytestmark = pytest.mark.django_db(transaction=True)
Say = Callable[..., Message]


def test_a_message_whose_window_closed_meanwhile_never_reaches_meta(
    say: Say, graph: Graph, now: datetime
) -> None:
    message = say()
    Conversation.objects.update(window_closes_at=now)

    send_until(has_status(message, "failed"), graph)

    message.refresh_from_db()
    assert message.error_code == Own.WINDOW_CLOSED
    assert graph.calls == []
    assert attempts_of(message) == []


def test_what_waited_too_long_fails_instead_of_coming_late(
    say: Say, graph: Graph, now: datetime
) -> None:
    message = say()
    OutboxEntry.objects.update(
        expires_at=now - timedelta(seconds=1), not_before=now + timedelta(hours=1)
    )

    send_until(has_status(message, "failed"), graph)

    message.refresh_from_db()
    assert message.error_code == Own.EXPIRED
    assert graph.calls == []


def test_a_contact_blocked_meanwhile_gets_nothing(say: Say, graph: Graph) -> None:
    message = say()
    Contact.objects.update(is_blocked=True)

    send_until(has_status(message, "failed"), graph)

    message.refresh_from_db()
    assert message.error_code == Own.CONTACT_BLOCKED
    assert graph.calls == []


def test_who_opted_out_meanwhile_gets_no_template_of_that_kind(
    talk: Conversation, ana: User, waba: Waba, graph: Graph, now: datetime
) -> None:
    templates = [
        MessageTemplate.objects.create(
            waba=waba,
            name=category.lower(),
            language="es",
            category=category,
            status="APPROVED",
            components=[{"type": "BODY", "text": "Hola"}],
        )
        for category in ("MARKETING", "UTILITY")
    ]
    cast.consent(talk.contact, "marketing", at=now - timedelta(days=1))
    offer, order = (
        send_message(conversation=talk, author=ana, template=template, at=now)
        for template in templates
    )
    cast.consent(talk.contact, "marketing", is_granted=False, at=now)

    send_until(has_status(order, "accepted"), graph)

    offer.refresh_from_db()
    assert (offer.status, offer.error_code) == ("failed", Own.OPTED_OUT)
    assert len(graph.calls) == 1


def test_a_template_paused_meanwhile_is_not_sent(
    talk: Conversation, ana: User, waba: Waba, graph: Graph, now: datetime
) -> None:
    template = MessageTemplate.objects.create(
        waba=waba,
        name="hi",
        language="es",
        category="UTILITY",
        status="APPROVED",
        components=[{"type": "BODY", "text": "Hola"}],
    )
    message = send_message(conversation=talk, author=ana, template=template, at=now)
    MessageTemplate.objects.update(status="PAUSED")

    send_until(has_status(message, "failed"), graph)

    message.refresh_from_db()
    assert message.error_code == Own.TEMPLATE_GONE
    assert graph.calls == []


def test_a_channel_switched_off_meanwhile_fails_in_words(say: Say, graph: Graph) -> None:
    message = say()
    Channel.objects.update(is_active=False)

    send_until(has_status(message, "failed"), graph)

    message.refresh_from_db()
    assert message.error_code == Own.CHANNEL_OFF
