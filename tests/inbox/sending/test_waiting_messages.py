"""What may happen to a message between the queue and the call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from accounts.models import User
from core.media import store_chunks
from inbox.actions.messages import send_message
from inbox.failures import Own
from inbox.models import Contact, Conversation, Identity, Message, OutboxEntry
from inbox.transports import Outgoing
from inbox.transports.whatsapp import WhatsApp
from tests import cast
from tests.inbox.sending.graph import Graph, send_until

pytestmark = pytest.mark.django_db(transaction=True)
Say = Callable[..., Message]


def has_status(message: Message, status: str) -> Callable[[], bool]:
    return lambda: Message.objects.get(pk=message.pk).status == status


def test_a_bots_words_are_dropped_when_a_person_was_quicker(
    conversation: Conversation, ana: User, graph: Graph, now: datetime
) -> None:
    conversation.floor = Conversation.Floor.BOT
    cast.inbound(conversation, "Hello", at=now - timedelta(minutes=1))
    bots = send_message(
        conversation=conversation,
        author=None,
        author_kind="bot",
        author_name="B",
        text="1",
        at=now,
    )
    later = now + timedelta(seconds=1)
    hers = send_message(conversation=conversation, author=ana, text="2", at=later)

    send_until(lambda: not OutboxEntry.objects.exists(), graph)

    assert graph.texts == ["2"]
    bots.refresh_from_db()
    conversation.refresh_from_db()
    assert (bots.status, bots.error_code) == ("failed", Own.PEOPLE_SPOKE)
    assert has_status(hers, "accepted")()
    assert not conversation.preview_failed


def test_a_bots_last_words_before_a_hand_off_do_go(
    conversation: Conversation, graph: Graph, now: datetime
) -> None:
    conversation.floor = Conversation.Floor.BOT
    cast.inbound(conversation, "Hello", at=now - timedelta(minutes=1))
    last = send_message(
        conversation=conversation,
        author=None,
        author_kind="bot",
        author_name="B",
        text="1",
        at=now,
    )
    Conversation.objects.update(floor=Conversation.Floor.HUMAN)

    send_until(has_status(last, "accepted"), graph)


def test_one_message_that_breaks_on_its_way_holds_up_no_other(
    say: Say,
    graph: Graph,
    marina: Contact,
    ana: User,
    now: datetime,
    conversation_with: Callable[..., Conversation],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = conversation_with(marina)
    cast.inbound(other, at=now)
    with transaction.atomic():
        poison = say("poison")
        good = send_message(conversation=other, author=ana, text="good", at=now)
    compose = WhatsApp.compose

    def compose_or_break(self: WhatsApp, message: Outgoing) -> Any:
        if message.message_id == poison.pk:
            raise RuntimeError("this one never")
        return compose(self, message)

    monkeypatch.setattr(WhatsApp, "compose", compose_or_break)

    sender = send_until(has_status(good, "accepted"), graph)

    assert graph.texts == ["good"]
    assert poison.pk not in sender._work.held, "its lease ends, and it is tried again"


def test_an_upload_that_breaks_is_tried_again(
    say: Say, graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = store_chunks([b"%PDF-1.4 invoice"], limit=10**6)
    invoice = replace(stored, mime_type="application/pdf", filename="invoice.pdf")
    upload, calls = WhatsApp.upload, []

    async def break_once(self: WhatsApp, *args: Any) -> Any:
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("once")
        return await upload(self, *args)

    monkeypatch.setattr(WhatsApp, "upload", break_once)
    message = say("", kind="document", files=[invoice])

    send_until(has_status(message, "accepted"), graph)


def test_of_two_user_ids_the_newer_one_is_written_to(say: Say, graph: Graph) -> None:
    Identity.objects.all().delete()
    contact = Contact.objects.get()
    for pk, key in ((900_002, "US.NEW"), (900_001, "US.OLD")):
        Identity.objects.create(pk=pk, contact=contact, kind="bsuid", key=key, value=key)
    message = say()

    send_until(has_status(message, "accepted"), graph)

    assert graph.calls[0]["recipient"] == "US.NEW"
