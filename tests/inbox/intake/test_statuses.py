"""Statuses merge upwards, in any order, and settle what we did not know."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from inbox.actions.early_events import join_early_events, join_orphans
from inbox.models import Attempt, Consent, EarlyEvent, Message, OutboxEntry, SessionWindow
from tests.cast import AT, WINDOW
from tests.inbox.payloads.webhooks import envelope, seconds, status, told

PRICE = {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "service"}


@pytest.fixture
def answer(conversation, outbound, ana):
    """A message of Ana's that Meta has accepted."""
    return outbound(conversation, "Yes, it is.", ana, status="accepted")


@pytest.fixture
def unsettled(conversation, outbound, ana):
    """One of which the answer to our call is not known."""
    message = outbound(conversation, "Are you there?", ana, status="unknown", provider_id=None)
    OutboxEntry.objects.create(
        message=message, channel=conversation.channel, pair="1:1", state="unknown"
    )
    Attempt.objects.create(message=message, number=1, outcome="unknown", started_at=AT)
    return message


STORY = [("sent", 1), ("delivered", 2), ("read", 3), ("played", 4)]


@pytest.mark.parametrize("order", list(itertools.permutations(STORY)), ids=str)
def test_any_order_of_statuses_gives_the_same_message(deliver, answer, order):
    for name, second in order:
        deliver(envelope(told(status(name, answer.provider_id, at=seconds(second)))))
    answer.refresh_from_db()
    assert answer.status == "played"
    assert (answer.sent_at, answer.delivered_at) == (seconds(1), seconds(2))
    assert answer.read_at == seconds(3)


def test_read_implies_delivered(deliver, answer):
    deliver(envelope(told(status("read", answer.provider_id, at=seconds(3)))))
    answer.refresh_from_db()
    assert (answer.status, answer.delivered_at, answer.sent_at) == ("read", seconds(3), None)


def test_a_failure_shows_its_reason_and_marks_the_row(deliver, answer, conversation):
    error = {"code": 131026, "title": "Undeliverable", "error_data": {"details": "No such user."}}
    deliver(envelope(told(status("failed", answer.provider_id, errors=[error]))))
    answer.refresh_from_db()
    conversation.refresh_from_db()
    assert (answer.status, answer.error_code) == ("failed", 131026)
    assert answer.error_detail == "No such user."
    assert answer.failed_at == AT
    assert conversation.preview_failed


def test_delivered_after_failed_counts(deliver, answer, conversation):
    error = {"code": 131000, "title": "Something went wrong"}
    deliver(envelope(told(status("failed", answer.provider_id, errors=[error]))))
    deliver(envelope(told(status("delivered", answer.provider_id, at=seconds(5)))))
    answer.refresh_from_db()
    conversation.refresh_from_db()
    assert (answer.status, conversation.preview_failed) == ("delivered", False)


def test_sent_after_failed_does_not(deliver, answer):
    deliver(envelope(told(status("failed", answer.provider_id, errors=[{"code": 131000}]))))
    deliver(envelope(told(status("sent", answer.provider_id, at=seconds(5)))))
    answer.refresh_from_db()
    assert answer.status == "failed"


def test_131047_closes_the_window_whatever_we_thought(deliver, answer, conversation, inbound):
    inbound(conversation, "Hello", at=AT - timedelta(hours=1))
    deliver(envelope(told(status("failed", answer.provider_id, errors=[{"code": 131047}]))))
    assert SessionWindow.objects.get().closes_at == AT
    conversation.refresh_from_db()
    assert conversation.window_closes_at == AT
    assert not conversation.window.is_open(AT)


def test_a_new_message_opens_it_again_and_an_older_one_does_not(
    deliver, answer, conversation, inbound
):
    from tests.inbox.payloads.webhooks import incoming, message

    inbound(conversation, "Hello", at=AT - timedelta(hours=2))
    deliver(envelope(told(status("failed", answer.provider_id, errors=[{"code": 131047}]))))
    deliver(envelope(incoming(message(text="Old", at=AT - timedelta(hours=1)))))
    assert SessionWindow.objects.get().closes_at == AT
    deliver(envelope(incoming(message(text="New", at=seconds(60)))))
    assert SessionWindow.objects.get().closes_at == seconds(60) + WINDOW


def test_131050_means_no_more_marketing(deliver, answer, diego):
    deliver(envelope(told(status("failed", answer.provider_id, errors=[{"code": 131050}]))))
    said = Consent.objects.get(contact=diego)
    assert (said.purpose, said.is_granted, said.source) == ("marketing", False, "refusal")
    assert said.at == AT


def test_prices_are_kept(deliver, answer):
    deliver(envelope(told(status("sent", answer.provider_id, pricing=PRICE))))
    deliver(envelope(told(status("delivered", answer.provider_id, at=seconds(2)))))
    answer.refresh_from_db()
    assert answer.pricing == PRICE


def test_one_status_a_participant_of_a_group_is_tolerated(deliver, answer):
    group = {"recipient_type": "group", "recipient_id": "G1"}
    deliver(
        envelope(
            told(
                status("read", answer.provider_id, recipient_participant_id="1", **group),
                status("delivered", answer.provider_id, participant_recipient_id="2", **group),
            )
        )
    )
    answer.refresh_from_db()
    assert answer.status == "read"


def test_our_own_id_settles_what_no_answer_came_for(deliver, unsettled):
    callback = f"sash:{unsettled.pk}"
    deliver(envelope(told(status("sent", "wamid.NEW", biz_opaque_callback_data=callback))))
    unsettled.refresh_from_db()
    assert (unsettled.status, unsettled.provider_id) == ("sent", "wamid.NEW")
    assert not OutboxEntry.objects.exists()
    attempt = Attempt.objects.get()
    assert (attempt.outcome, attempt.provider_id) == ("accepted", "wamid.NEW")
    assert not EarlyEvent.objects.exists()


def test_late_news_of_an_earlier_copy_do_not_touch_the_new_try(deliver, unsettled):
    """It failed, Ana sent it again, and Meta repeats the failure of the first copy."""
    Attempt.objects.update(outcome="accepted", provider_id="wamid.FIRST")
    callback = f"sash:{unsettled.pk}"
    late = status("failed", "wamid.FIRST", errors=[{"code": 1}], biz_opaque_callback_data=callback)
    deliver(envelope(told(late)))
    unsettled.refresh_from_db()
    assert (unsettled.status, unsettled.provider_id) == ("unknown", None)
    assert OutboxEntry.objects.exists()


@pytest.mark.parametrize("callback", ["sash:0", "sash:x", "other:1", "sash:99999999", "sash:-1"])
def test_other_callbacks_settle_nothing(deliver, unsettled, callback):
    deliver(envelope(told(status("sent", "wamid.NEW", biz_opaque_callback_data=callback))))
    unsettled.refresh_from_db()
    assert unsettled.status == "unknown"
    assert EarlyEvent.objects.count() == 1


def test_another_numbers_status_settles_nothing_here(deliver, unsettled, waba):
    from tests.cast import make_channel, make_number
    from tests.inbox.payloads.webhooks import metadata

    make_channel(make_number(waba, "200", "+55 11 5550 0202"))
    stranger = status("sent", "wamid.NEW", biz_opaque_callback_data=f"sash:{unsettled.pk}")
    deliver(envelope(metadata("200") | {"statuses": [stranger]}))
    unsettled.refresh_from_db()
    assert unsettled.status == "unknown"


def test_a_status_before_the_answer_of_our_call_waits_for_it(deliver, conversation, outbound):
    early = status("read", "wamid.SOON", at=seconds(4))
    deliver(envelope(told(early)), envelope(told(early)))
    assert EarlyEvent.objects.count() == 1
    message = outbound(conversation, "Sent", status="accepted", provider_id="wamid.SOON")
    join_early_events([message.pk], at=AT)
    message.refresh_from_db()
    assert (message.status, message.read_at) == ("read", seconds(4))
    assert not EarlyEvent.objects.exists()


def test_what_was_written_at_the_same_time_is_joined_by_the_sweep(deliver, conversation, outbound):
    deliver(envelope(told(status("delivered", "wamid.SOON"))))
    outbound(conversation, "Sent", status="accepted", provider_id="wamid.SOON")
    assert join_orphans(at=AT) == 1
    assert Message.objects.get(provider_id="wamid.SOON").status == "delivered"
    assert join_orphans(at=AT) == 0
