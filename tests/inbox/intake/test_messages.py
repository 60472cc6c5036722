"""A customer's message becomes rows: contact, conversation, message, window, counters, bell."""

from __future__ import annotations

from datetime import timedelta

import pytest

from inbox.models import (
    Assignment,
    Bell,
    Contact,
    Conversation,
    Message,
    Participant,
    SessionWindow,
)
from tests.cast import AT, WINDOW
from tests.inbox.payloads.webhooks import (
    DIEGO,
    US,
    contact,
    envelope,
    incoming,
    message,
    metadata,
    seconds,
    stamp,
)


def test_the_first_text_begins_a_conversation(deliver, support):
    deliver(envelope(incoming(message(text="Is the blue one in stock?"))))

    conversation = Conversation.objects.get()
    assert str(conversation.contact) == "Diego Fernández"
    assert conversation.team == support
    assert conversation.floor == "bot"
    assert conversation.preview == "Is the blue one in stock?"
    assert conversation.preview_author == ""
    assert (conversation.inbound_count, conversation.message_count) == (1, 1)
    assert conversation.last_message_at == conversation.waiting_since == AT
    assert conversation.window_closes_at == AT + WINDOW
    text = Message.objects.get()
    assert (text.direction, text.kind, text.status, text.at) == ("in", "text", "received", AT)
    assert Bell.objects.get().message == text
    assert SessionWindow.objects.get().closes_at == AT + WINDOW
    assert Participant.objects.get().role == "customer"
    assert Assignment.objects.get().team == support


def test_bells_ring_where_a_bot_speaks_or_still_has_a_part(deliver):
    deliver(envelope(incoming(message(text="One"))))
    Bell.objects.all().delete()
    Conversation.objects.update(floor="human")
    bot = Participant.objects.create(
        conversation=Conversation.objects.get(), role="bot", name="Welcome", joined_at=AT
    )
    deliver(envelope(incoming(message(text="Two", at=seconds(60)))))
    assert Bell.objects.get().message.text == "Two"

    Bell.objects.all().delete()
    Participant.objects.filter(pk=bot.pk).update(left_at=AT)
    deliver(envelope(incoming(message(text="Three", at=seconds(61)))))
    assert not Bell.objects.exists()
    assert Message.objects.count() == 3


def test_the_next_text_goes_into_the_same_conversation(deliver):
    deliver(envelope(incoming(message(text="One"))))
    deliver(envelope(incoming(message(text="Two", at=seconds(60)))))

    conversation = Conversation.objects.get()
    assert (conversation.inbound_count, conversation.preview) == (2, "Two")
    assert conversation.waiting_since == AT
    assert conversation.window_closes_at == seconds(60) + WINDOW


@pytest.mark.parametrize("status", ["closed", "archived"])
def test_after_the_closing_a_new_conversation_begins(deliver, conversation, status):
    Conversation.objects.filter(pk=conversation.pk).update(status=status)
    deliver(envelope(incoming(message(text="Me again"))))

    new = Conversation.objects.exclude(pk=conversation.pk).get()
    assert (new.status, new.contact, new.inbound_count) == ("open", conversation.contact, 1)


def test_a_repeated_message_of_a_closed_conversation_opens_nothing(deliver):
    document = envelope(incoming(message(text="Once")))
    deliver(document)
    Conversation.objects.update(status="closed")
    deliver(document)
    assert Conversation.objects.count() == Message.objects.count() == 1


def test_a_snoozed_conversation_wakes_and_one_without_bot_stays_with_people(
    deliver, conversation_with, diego, ana
):
    sleeping = conversation_with(diego, assignee=ana, snoozed_until=AT + timedelta(days=2))
    deliver(envelope(incoming(message(text="Hello?"))))
    sleeping.refresh_from_db()
    assert (sleeping.snoozed_until, sleeping.assignee, sleeping.floor) == (None, ana, "human")


def test_the_window_follows_metas_clock_and_a_late_retry_never_shortens_it(deliver):
    deliver(envelope(incoming(message(text="New", at=AT))))
    deliver(envelope(incoming(message(text="Three days late", at=AT - timedelta(days=3)))))

    assert SessionWindow.objects.get().closes_at == AT + WINDOW
    conversation = Conversation.objects.get()
    assert conversation.window_closes_at == AT + WINDOW
    assert conversation.preview == "New"
    assert conversation.inbound_count == 2


def test_the_window_of_a_late_first_message_is_closed_already(deliver):
    deliver(envelope(incoming(message(text="Late", at=AT - timedelta(days=30)))))
    conversation = Conversation.objects.get()
    assert not conversation.window.is_open(AT)
    assert conversation.window_closed_announced


def test_a_window_that_opens_will_be_announced_when_it_closes(deliver, monkeypatch):
    monkeypatch.setattr("inbox.intake.applier.timezone.now", lambda: AT)
    deliver(envelope(incoming(message(text="Now"))))
    assert not Conversation.objects.get().window_closed_announced


def test_a_quote_is_linked_in_either_order(deliver):
    question = message(text="Which one?")
    answer = message(text="This one", at=seconds(5), context={"id": question["id"]})
    deliver(envelope(incoming(answer)), envelope(incoming(question)))
    assert Message.objects.get(text="This one").quoted.text == "Which one?"
    third = message(text="That one", at=seconds(9), context={"id": question["id"]})
    deliver(envelope(incoming(third)))
    assert Message.objects.get(text="That one").quoted.text == "Which one?"


def test_two_numbers_have_two_conversations_with_one_contact(deliver, waba, sales):
    from tests.cast import make_channel, make_number

    make_channel(make_number(waba, "200", "+55 11 5550 0202"), sales, name="Sales")
    deliver(envelope(incoming(message(text="To Support"))))
    other = metadata("200") | {"contacts": [contact()], "messages": [message(text="To Sales")]}
    deliver(envelope(other))
    assert Contact.objects.count() == 1
    teams = Conversation.objects.values_list("team__name", flat=True)
    assert sorted(teams) == ["Sales", "Support"]


def test_what_meta_adds_is_kept_with_the_message(deliver):
    referral = {"source_type": "ad", "source_id": "64", "headline": "Candles"}
    deliver(envelope(incoming(message(text="Hi", referral=referral))))
    assert Message.objects.get().payload["referral"] == referral


def test_a_group_message_is_shown_but_opens_no_window_and_rings_no_bell(deliver):
    deliver(envelope(incoming(message(text="Who comes?", group_id="G1"))))
    assert Message.objects.get().payload["group_id"] == "G1"
    conversation = Conversation.objects.get()
    assert (conversation.inbound_count, conversation.window_closes_at) == (0, None)
    assert not Bell.objects.exists()


@pytest.mark.parametrize(
    ("kind", "content", "preview"),
    [
        ("image", {"image": {"id": "1"}}, "Photo"),
        ("image", {"image": {"id": "1", "caption": "The\nbox"}}, "Photo: The box"),
        ("audio", {"audio": {"id": "1", "voice": True}}, "Voice message"),
        ("audio", {"audio": {"id": "1"}}, "Audio"),
        ("document", {"document": {"id": "1", "filename": "a.pdf"}}, "Document: a.pdf"),
        ("sticker", {"sticker": {"id": "1"}}, "Sticker"),
        ("location", {"location": {"latitude": 1, "longitude": 2}}, "Location"),
        ("poll", {"poll": {}}, "A message that cannot be shown"),
        ("text", {"text": "x" * 500}, "x" * 160),
    ],
)
def test_lists_show_one_line_of_it(deliver, kind, content, preview):
    deliver(envelope(incoming(message(kind, **content))))
    assert Conversation.objects.get().preview == preview


def test_the_customers_old_text_is_not_the_last_line(deliver):
    deliver(envelope(incoming(message(text="Second", at=seconds(9)))))
    deliver(envelope(incoming(message(text="First", at=seconds(3)))))
    conversation = Conversation.objects.get()
    assert (conversation.preview, conversation.last_message_at) == ("Second", seconds(9))
    assert (conversation.last_inbound_at, conversation.waiting_since) == (seconds(9), seconds(3))


def test_everybody_who_may_see_it_is_told_after_the_commit(
    deliver, published, django_capture_on_commit_callbacks, support
):
    with django_capture_on_commit_callbacks(execute=True):
        deliver(envelope(incoming(message(text="One"), message(text="Two", at=seconds(1)))))
    changed = [event for event in published if event["kind"] == "message.changed"]
    assert len(changed) == 1
    assert changed[0]["to"] == sorted({"all", f"team.{support.pk}"})
    assert len(changed[0]["messages"]) == 2
    assert "One" not in repr(published)


def test_a_missing_broker_fails_nothing(deliver, django_capture_on_commit_callbacks, monkeypatch):
    def refuse(*args, **options):
        raise ConnectionError("no broker")

    monkeypatch.setattr("celery.current_app.send_task", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        deliver(envelope(incoming(message(text="One"))))
    assert Message.objects.count() == 1


def test_an_open_page_hears_when_the_window_opens_and_not_at_each_message(
    deliver, published, django_capture_on_commit_callbacks, monkeypatch
):
    monkeypatch.setattr("inbox.intake.applier.timezone.now", lambda: seconds(600))
    with django_capture_on_commit_callbacks(execute=True):
        deliver(envelope(incoming(message(text="One"))))
    assert [e["kind"] for e in published] == ["message.changed", "window.changed"]
    published.clear()
    with django_capture_on_commit_callbacks(execute=True):
        deliver(envelope(incoming(message(text="Two", at=seconds(60)))))
    assert [e["kind"] for e in published] == ["message.changed"]


def test_a_batch_costs_as_many_queries_as_one_message(deliver, django_assert_max_num_queries):
    deliver(envelope(incoming(message(text="First"))))
    with django_assert_max_num_queries(35):
        deliver(envelope(incoming(message(text="One", at=seconds(1)))))
    people = [contact(f"346{n:08d}", name=f"Customer {n}") for n in range(100)]
    values = [incoming(message(text="Hi", sender=p["wa_id"]), people=[p]) for p in people]
    with django_assert_max_num_queries(45):
        deliver(envelope(*values))


def test_a_call_wakes_a_conversation_as_a_message_does(deliver, conversation):
    for number, wakes in enumerate(("call", "message")):
        Conversation.objects.update(snoozed_until=seconds(9000))
        call = {"id": "wacid.1", "event": "connect", "direction": "USER_INITIATED", "from": DIEGO}
        call |= {"to": US, "timestamp": stamp(AT)}
        said = incoming(message(text="Hello", at=seconds(number)))
        deliver(envelope(metadata() | {"calls": [call]} if wakes == "call" else said))
        conversation.refresh_from_db()
        assert conversation.snoozed_until is None, wakes
