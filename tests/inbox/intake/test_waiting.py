"""A reply that failed answered nobody: the customer waits again, as before it."""

from __future__ import annotations

import pytest

from inbox.actions.messages import retry_message, send_message
from inbox.actions.retries import fail_message
from inbox.actions.settling import Result, settle_attempts
from inbox.models import Conversation, Message, OutboxEntry
from inbox.transports import Accepted, Refused
from tests.inbox.payloads.webhooks import (
    US,
    envelope,
    incoming,
    message,
    metadata,
    seconds,
    status,
    told,
)


@pytest.fixture
def talk(deliver):
    """Diego wrote twice."""
    for second in (1, 2):
        deliver(envelope(incoming(message(text=f"Hello {second}", at=seconds(second)))))
    return Conversation.objects.get()


@pytest.fixture
def reply(talk, ana):
    """reply(5): Ana's answer, which Meta took."""

    def send(second: int) -> Message:
        sent = send_message(conversation=talk, author=ana, text="Yes", at=seconds(second))
        accepted = Result(sent.pk, None, Accepted(f"wamid.OUT{sent.pk}"))
        OutboxEntry.objects.filter(pk=sent.pk).update(state="claimed")
        settle_attempts(results=[accepted], at=seconds(second))
        sent.refresh_from_db()
        return sent

    return send


def waiting(talk: Conversation):
    talk.refresh_from_db()
    return talk.waiting_since


def failed(sent: Message, second: int, name: str = "failed"):
    errors = [{"code": 131026}] if name == "failed" else []
    return envelope(told(status(name, sent.provider_id, at=seconds(second), errors=errors)))


def test_a_failed_reply_leaves_the_customer_waiting_as_before(deliver, talk, reply):
    sent = reply(5)
    assert waiting(talk) is None
    deliver(failed(sent, 6))
    assert waiting(talk) == seconds(1)


def test_a_reply_that_stands_keeps_them_answered(deliver, talk, reply):
    first, second = reply(5), reply(6)
    deliver(failed(second, 7))
    assert waiting(talk) is None
    deliver(failed(first, 8))
    assert waiting(talk) == seconds(1)


def test_they_wait_since_the_oldest_message_after_the_last_reply_that_stands(deliver, talk, reply):
    reply(5)
    for second in (6, 7):
        deliver(envelope(incoming(message(text="And?", at=seconds(second)))))
    deliver(failed(reply(8), 9))
    assert waiting(talk) == seconds(6)


def test_an_answer_in_the_phone_app_stands(deliver, talk, reply):
    sent = reply(5)
    item = message(text="From the phone", sender=US, at=seconds(6)) | {"to": "34612345678"}
    deliver(envelope(metadata() | {"message_echoes": [item]}, field="smb_message_echoes"))
    deliver(failed(sent, 7))
    assert waiting(talk) is None


def test_delivered_after_failed_answers_them_after_all(deliver, talk, reply):
    sent = reply(5)
    deliver(failed(sent, 6))
    deliver(failed(sent, 7, "delivered"))
    assert waiting(talk) is None


def test_a_reply_that_meta_refuses_at_once_answers_nobody(talk, ana):
    sent = send_message(conversation=talk, author=ana, text="Yes", at=seconds(5))
    OutboxEntry.objects.filter(pk=sent.pk).update(state="claimed")
    refused = Refused(code=131026, detail="no", http_status=400, may_retry=False)
    settle_attempts(results=[Result(sent.pk, None, refused)], at=seconds(6))
    assert waiting(talk) == seconds(1)


def test_sending_it_again_answers_them_again(talk, ana):
    sent = send_message(conversation=talk, author=ana, text="Yes", at=seconds(5))
    OutboxEntry.objects.all().delete()
    fail_message(sent, 131026, "no", seconds(6))
    assert waiting(talk) == seconds(1)
    retry_message(message=sent, by=ana, at=seconds(7))
    assert waiting(talk) is None


def test_a_message_of_the_last_second_does_not_hide_who_waits_longer(deliver, talk, reply):
    """The failure and a new message come in one batch."""
    sent = reply(5)
    news = failed(sent, 6)
    more = incoming(message(text="Hello?", at=seconds(9)))
    news["entry"][0]["changes"].append({"field": "messages", "value": more})
    deliver(news)
    assert waiting(talk) == seconds(1)
