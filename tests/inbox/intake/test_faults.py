"""What must not be lost or doubled: poison, dead processes, two appliers, two first messages."""

from __future__ import annotations

import json
import threading
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from inbox.actions.quarantine import ReplayFailed, discard_quarantined, replay_quarantined
from inbox.intake import applier
from inbox.intake.applier import Applier, Delivery, apply_deliveries, apply_stored
from inbox.models import Contact, Conversation, Message, QuarantinedEvent, WebhookDelivery
from tests.cast import AT
from tests.inbox.payloads.webhooks import body_of, contact, envelope, incoming, message, metadata


def batch(count: int, poison: int | None = None):
    """One POST of many messages; the poison is readable, but the database refuses it."""
    items = [message(text=f"number {n}", id=f"wamid.{n}") for n in range(count)]
    if poison is not None:
        items[poison]["text"]["body"] = "poison"
    return envelope(incoming(*items))


REFUSE = """
CREATE FUNCTION refuse_poison() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'no NUL, please' USING ERRCODE = 'data_exception'; END $$;
CREATE TRIGGER refuse_poison BEFORE INSERT ON inbox_message FOR EACH ROW
    WHEN (NEW.text = 'poison') EXECUTE FUNCTION refuse_poison();
"""
ACCEPT = "DROP TRIGGER refuse_poison ON inbox_message"


@pytest.fixture
def refuses(db):
    """The database refuses every message with the text "poison", until the given call."""
    with connection.cursor() as cursor:
        cursor.execute(REFUSE)
        yield lambda: cursor.execute(ACCEPT)


def test_one_poison_among_a_thousand_is_alone_in_quarantine(deliver, refuses):
    deliver(batch(1000, poison=617))
    assert Message.objects.count() == 999
    conversation = Conversation.objects.get()
    assert conversation.inbound_count == conversation.message_count == 999
    poison = QuarantinedEvent.objects.get()
    assert poison.reason == "failed"
    assert "NUL" in poison.detail
    kept = json.loads(poison.content)["entry"][0]["changes"][0]["value"]
    assert [item["id"] for item in kept["messages"]] == ["wamid.617"]
    assert kept["contacts"] == [contact()]
    assert WebhookDelivery.objects.get().state == "applied"


def test_a_replayed_poison_becomes_a_message(deliver, refuses, omar):
    deliver(batch(3, poison=1))
    poison = QuarantinedEvent.objects.get()
    with pytest.raises(ReplayFailed, match="NUL"):
        replay_quarantined(event=poison, by=omar, at=AT)
    poison.refresh_from_db()
    assert poison.resolved_at is None

    refuses()
    replay_quarantined(event=poison, by=omar, at=AT)
    poison.refresh_from_db()
    assert poison.resolved_at == AT
    assert Message.objects.count() == 3
    assert Conversation.objects.get().inbound_count == 3
    replay_quarantined(event=poison, by=omar, at=AT)
    assert Message.objects.count() == 3


def test_a_message_for_a_number_that_is_set_up_later_is_replayed(deliver, waba, omar):
    from tests.cast import make_channel, make_number

    strange = metadata("200") | {"contacts": [contact()], "messages": [message(text="Hello")]}
    deliver(envelope(strange))
    lost = QuarantinedEvent.objects.get()
    assert lost.reason == "unknown_number"
    make_channel(make_number(waba, "200", "+55 11 5550 0202"))
    replay_quarantined(event=lost, by=omar, at=AT)
    assert Message.objects.get().text == "Hello"


def test_a_discarded_event_stays_as_it_is(deliver, omar):
    deliver(b"not json at all")
    poison = QuarantinedEvent.objects.get()
    assert (poison.reason, poison.content) == ("unreadable_json", "not json at all")
    discard_quarantined(event=poison, by=omar, at=AT)
    poison.refresh_from_db()
    assert (poison.resolved_at, poison.discarded_at) == (AT, AT)
    replay_quarantined(event=poison, by=omar, at=AT)
    assert not Message.objects.exists()


NESTED = b'{"object":"whatsapp_business_account","entry":' + b"[" * 10_000 + b"]" * 10_000 + b"}"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "unreadable_json"),
        (b"\x00\x01\x02", "unreadable_json"),
        (b"{", "unreadable_json"),
        (b'{"object":"whatsapp_business_account","entry":[NaN]}', "unreadable_json"),
        (NESTED, "too_deep"),
        (b"[]", "wrong_type"),
        (b"7", "wrong_type"),
        (b'{"object":"page","entry":[]}', "unknown_object"),
        (b'{"object":"whatsapp_business_account","entry":{}}', "wrong_type"),
        (b'{"object":"whatsapp_business_account","entry":[7]}', "wrong_type"),
        (b'{"object":"whatsapp_business_account","entry":[{"changes":7}]}', "wrong_type"),
        (b'{"object":"whatsapp_business_account","entry":[{"changes":[7]}]}', "wrong_type"),
        (b'{"object":"whatsapp_business_account","entry":[{"changes":[{}]}]}', "wrong_type"),
    ],
)
def test_signed_nonsense_is_kept_with_its_reason(deliver, body, reason):
    deliver(body)
    assert QuarantinedEvent.objects.get().reason == reason
    assert WebhookDelivery.objects.get().state == "applied"


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (rb"a\u0000b", "a␀b"),
        (rb"a\ud83db", "a\ufffdb"),
        (b"a\xffb", "a\ufffdb"),
        (rb"a\u202eb", "a\u202eb"),
    ],
)
def test_what_postgresql_refuses_is_replaced_by_a_sign(deliver, raw, shown):
    deliver(body_of(envelope(incoming(message(text="HERE")))).replace(b"HERE", raw))
    assert Message.objects.get().text == shown
    assert not QuarantinedEvent.objects.exists()


def test_neighbours_of_an_unreadable_change_pass(deliver):
    document = envelope(incoming(message(text="Before")), incoming(message(text="After")))
    document["entry"][0]["changes"].insert(1, "nonsense")
    document["entry"].insert(0, 7)
    deliver(document)
    assert Message.objects.count() == 2
    assert QuarantinedEvent.objects.count() == 2


def test_what_a_dead_process_took_is_taken_again_after_its_lease(db, channel):
    held = WebhookDelivery.objects.create(
        body=body_of(batch(2)), lease_until=timezone.now() + timedelta(minutes=1)
    )
    assert apply_stored() == 0
    assert not Message.objects.exists()
    WebhookDelivery.objects.filter(pk=held.pk).update(
        lease_until=timezone.now() - timedelta(seconds=1)
    )
    assert apply_stored() == 1
    assert Message.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_conflict_of_locks_is_tried_again_and_poisons_nobody(channel, monkeypatch):
    tries = []
    apply_parts = applier.apply_parts

    def sometimes(parts, *, at):
        tries.append(len(parts))
        if len(tries) < 3:
            raise OperationalError("deadlock detected")
        return apply_parts(parts, at=at)

    monkeypatch.setattr(applier, "apply_parts", sometimes)
    row = WebhookDelivery.objects.create(body=body_of(batch(2)))
    apply_deliveries([held(row)])
    assert (Message.objects.count(), tries) == (2, [2, 2, 2])
    assert not QuarantinedEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_the_database_keeps_refusing_stays_stored(channel, monkeypatch):
    def never(parts, *, at):
        raise OperationalError("canceling statement due to lock timeout")

    monkeypatch.setattr(applier, "apply_parts", never)
    row = WebhookDelivery.objects.create(body=body_of(batch(2)))
    apply_stored()
    row.refresh_from_db()
    assert (row.state, QuarantinedEvent.objects.count()) == ("stored", 0)


def test_what_another_process_applied_meanwhile_is_left_alone(db, channel):
    """Its lease was over before we came to it."""
    row = WebhookDelivery.objects.create(body=body_of(batch(2)))
    late = held(row)
    assert apply_stored() == 1
    Message.objects.all().delete()
    apply_deliveries([late])
    assert not Message.objects.exists()


def held(row: WebhookDelivery) -> Delivery:
    """A row of the journal as the applier holds it."""
    return Delivery(row.pk, row.received_at, row.body)


def in_threads(*jobs) -> None:
    """All at the same moment; what one raises fails the test."""
    barrier, errors = threading.Barrier(len(jobs)), []

    def run(job) -> None:
        try:
            barrier.wait()
            job()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors


@pytest.mark.django_db(transaction=True)
def test_two_appliers_share_the_work_and_double_nothing(channel):
    for n in range(60):
        people = [contact(f"3460000{n % 7:04d}", name=f"Customer {n % 7}")]
        item = message(text=f"number {n}", id=f"wamid.{n // 2}", sender=people[0]["wa_id"])
        WebhookDelivery.objects.create(body=body_of(envelope(incoming(item, people=people))))
    in_threads(apply_stored, apply_stored, apply_stored)
    assert WebhookDelivery.objects.filter(state="applied").count() == 60
    assert not QuarantinedEvent.objects.exists()
    assert Message.objects.count() == 30
    assert Contact.objects.count() == Conversation.objects.count() == 7
    for conversation in Conversation.objects.all():
        assert conversation.inbound_count == conversation.messages.count()


@pytest.mark.django_db(transaction=True)
def test_the_first_two_messages_of_one_contact_begin_one_conversation(channel):
    """Two processes have one each, as when an album of pictures arrives."""
    for n in range(12):
        Message.objects.all().delete()
        posts = [
            held(
                WebhookDelivery.objects.create(
                    body=body_of(envelope(incoming(message(text=text, sender=f"3461111{n:04d}"))))
                )
            )
            for text in ("first", "second")
        ]
        in_threads(*(lambda one=one: apply_deliveries([one]) for one in posts))
        assert Message.objects.count() == 2
        assert Conversation.objects.count() == Contact.objects.count() == n + 1
    assert not QuarantinedEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_applier_wakes_and_works_beside_the_door(channel):
    beside = Applier()
    beside.take([held(WebhookDelivery.objects.create(body=body_of(batch(3))))])
    applied = wait_until(lambda: WebhookDelivery.objects.filter(state="applied").exists())
    assert applied
    WebhookDelivery.objects.create(body=body_of(batch(3)))
    beside.take()
    assert wait_until(lambda: WebhookDelivery.objects.filter(state="applied").count() == 2)
    assert Message.objects.count() == 3


def wait_until(is_true, seconds: float = 20) -> bool:
    """Ask every few milliseconds, by an event that nobody sets."""
    patience = threading.Event()
    for _ in range(int(seconds * 100)):
        if is_true():
            return True
        patience.wait(0.01)
    return False
