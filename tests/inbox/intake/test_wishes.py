"""Customers who write STOP and START: kept as proof, told to the agents, answered once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from inbox.actions.consents import answer_consents
from inbox.models import Bell, Consent, Contact, Conversation, Event, Message, WishWords
from tests.cast import AT
from tests.inbox.payloads.webhooks import envelope, incoming, message, metadata

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def write(text: str, at=AT, **more):
    return envelope(incoming(message(text=text, at=at, **more)))


def answers() -> list[str]:
    return list(Message.objects.filter(direction="out").values_list("text", flat=True))


def test_stop_ends_both_kinds_and_is_proved_by_the_message(deliver, channel):
    deliver(write("Stop!"))
    said = {row.purpose: row for row in Consent.objects.all()}
    assert set(said) == {"marketing", "utility"}
    for row in said.values():
        assert (row.is_granted, row.source, row.wording, row.at) == (False, "keyword", "Stop!", AT)
        assert row.message == Message.objects.get()
    event = Event.objects.get(kind="opted_out")
    assert event.data == {"purposes": ["utility", "marketing"]}


def test_the_same_webhook_twice_is_one_statement(deliver, channel):
    deliver(write("STOP", id="wamid.1"), write("STOP", id="wamid.1"))
    assert Consent.objects.count() == 2
    assert Event.objects.filter(kind="opted_out").count() == 1


def test_the_customer_is_told_once_how_to_come_back(deliver, channel):
    deliver(write("STOP"))
    assert answer_consents(AT + MINUTE) == 1
    assert answer_consents(AT + MINUTE) == 0
    (told,) = answers()
    assert "START" in told
    sent = Message.objects.get(direction="out")
    assert (sent.author_kind, sent.author) == ("system", None)
    assert Conversation.objects.get().waiting_since is None, "nobody has to answer it"


def test_start_brings_it_back(deliver, channel):
    deliver(write("baja"))
    deliver(write("alta", AT + MINUTE))
    answer_consents(AT + 2 * MINUTE)
    assert [text.split()[0] for text in answers()] == ["No", "Volverá"]
    kinds = Event.objects.filter(kind__startswith="opted").order_by("at")
    assert [event.kind for event in kinds] == ["opted_out", "opted_in"]


def test_a_bot_leaves_the_word_alone(deliver, channel):
    deliver(write("Hello"))
    Conversation.objects.update(floor="bot")
    Bell.objects.all().delete()
    deliver(write("stop", AT + MINUTE))
    assert not Bell.objects.exists()
    deliver(write("what now?", AT + 2 * MINUTE))
    assert Bell.objects.count() == 1


def test_words_of_the_administrators_hold(deliver, channel):
    WishWords.objects.create(language="en", words=["quit"], answer="")
    deliver(write("stop"))
    assert not Consent.objects.exists()
    deliver(write("QUIT", AT + MINUTE))
    assert Consent.objects.count() == 2
    assert answer_consents(AT + 2 * MINUTE) == 0, "an empty answer is none"


def test_whoever_is_blocked_is_not_answered(deliver, channel):
    deliver(write("STOP"))
    Contact.objects.update(is_blocked=True)
    answer_consents(AT + MINUTE)
    assert answers() == []
    assert not Consent.objects.filter(answered_at=None).exclude(answer="").exists()


def test_what_we_wrote_on_the_phone_is_no_wish(deliver, channel):
    echo = message(text="STOP", **{"from": "551155500101", "to": "34612345678"})
    deliver(envelope(metadata() | {"message_echoes": [echo]}, field="smb_message_echoes"))
    assert Message.objects.get().author_kind == "phone_app"
    assert not Consent.objects.exists()


def test_start_of_somebody_who_never_opted_out_is_a_word_that_waits(deliver, channel):
    deliver(write("Start"))
    assert not Consent.objects.exists()
    assert Conversation.objects.get().waiting_since == AT


def test_a_question_before_the_word_still_waits_for_an_answer(deliver, channel):
    deliver(write("Where is my parcel?"), write("STOP", AT + MINUTE))
    answer_consents(AT + 2 * MINUTE)
    assert len(answers()) == 1
    assert Conversation.objects.get().waiting_since == AT


def test_a_question_after_the_word_waits_too(deliver, channel):
    deliver(write("STOP"), write("But where is my parcel?", AT + MINUTE))
    answer_consents(AT + 2 * MINUTE)
    assert Conversation.objects.get().waiting_since == AT + MINUTE
