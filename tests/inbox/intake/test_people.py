"""Which contact a webhook's person is: numbers, user ids, usernames, and what changes."""

from __future__ import annotations

import itertools

import pytest

from accounts.models import AccountEvent
from inbox.actions.contacts import find_or_create_contact
from inbox.actions.identities import find_or_create_contacts
from inbox.actions.inbound.arrivals import Person
from inbox.models import Contact, Conversation, Event, Identity, Message
from inbox.queries.consents import newest_of
from tests.inbox.payloads.webhooks import (
    DIEGO,
    contact,
    envelope,
    incoming,
    message,
    metadata,
    seconds,
    stamp,
)

BSUID, PARENT = "ES.13491208655302741918", "ES.ENT.11815799212886844830"


def wrote(text: str = "Hi", *, sender: str = DIEGO, second: float = 0, user_id: str = "", **about):
    """A text; sender "" for somebody whose number we do not see."""
    ids = {"user_id": user_id} if user_id else {}
    item = message(text=text, sender=sender, at=seconds(second))
    item |= {"from_user_id": user_id} if user_id else {}
    return envelope(incoming(item, people=[contact(sender, **ids, **about)]))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("551187654321", "5511987654321"),
        ("5215512345678", "525512345678"),
        ("541123456789", "5491123456789"),
    ],
)
def test_both_spellings_of_a_number_are_one_contact(deliver, old, new):
    deliver(wrote(sender=old), wrote(sender=new), wrote(sender=old))
    assert Contact.objects.count() == Conversation.objects.count() == 1
    assert Message.objects.count() == 3


def test_a_number_that_an_agent_typed_is_the_customer_who_writes(deliver):
    typed = find_or_create_contact(phone="+55 11 98765-4321", name="Joana")
    deliver(wrote(sender="551187654321", name="joana 🌸"))
    assert Contact.objects.get() == typed
    values = Identity.objects.filter(contact=typed).values_list("kind", "key", "value")
    assert set(values) == {
        ("phone", "5511987654321", "5511987654321"),
        ("wa_id", "5511987654321", "551187654321"),
    }


def test_somebody_without_a_number_is_a_contact_too(deliver):
    deliver(wrote(sender="", user_id=BSUID, username="@diego.f", name="Diego"))
    deliver(wrote(sender="", user_id=BSUID, second=5))
    identities = Contact.objects.get().identities.values_list("kind", "value")
    assert set(identities) == {("bsuid", BSUID), ("username", "diego.f")}


def test_a_webhook_with_both_ties_the_user_id_to_the_number(deliver):
    deliver(wrote(), wrote(user_id=BSUID), wrote(sender="", user_id=BSUID))
    assert Contact.objects.count() == Conversation.objects.count() == 1


def test_a_status_with_both_ties_them_as_well(deliver, conversation, outbound):
    from tests.inbox.payloads.webhooks import status, told

    answer = outbound(conversation, "Yes")
    people = [contact(DIEGO, user_id=BSUID)]
    deliver(envelope(told(status("delivered", answer.provider_id), contacts=people)))
    deliver(wrote(sender="", user_id=BSUID))
    assert Contact.objects.count() == 1


def test_two_contacts_are_never_merged_because_one_webhook_names_both(deliver):
    deliver(wrote("By number"), wrote("By id", sender="", user_id=BSUID))
    assert Contact.objects.count() == 2
    deliver(wrote("By both", user_id=BSUID))
    assert Contact.objects.count() == 2
    by_id = Contact.objects.get(identities__key=BSUID)
    assert Message.objects.get(text="By both").conversation.contact == by_id


def test_the_parent_id_is_stronger_than_the_id(db):
    first, second = find_or_create_contacts([Person(parent_bsuid=PARENT), Person(bsuid=BSUID)])
    assert first != second
    both, *_ = find_or_create_contacts([Person(parent_bsuid=PARENT, bsuid=BSUID)])
    assert both == first


def test_within_one_batch_whoever_shares_an_id_is_one(db):
    people = [
        Person(bsuid=BSUID),
        Person(wa_id=DIEGO),
        Person(wa_id=DIEGO, bsuid=BSUID),
        Person(wa_id="34600000000"),
    ]
    found = find_or_create_contacts(people)
    assert found[0] == found[1] == found[2] != found[3]
    assert Contact.objects.count() == 2


NAMES = [("Diego", 1), ("Diego 🌵", 2), ("<img src=x onerror=alert(1)>" * 20, 3)]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
def test_the_newest_profile_name_stands_in_any_order(deliver, order):
    for index in order:
        name, second = NAMES[index]
        deliver(wrote(name=name, second=second))
    assert Contact.objects.get().profile_name == NAMES[2][0][:200]


def test_a_username_moves_to_whoever_used_it_last(deliver):
    deliver(wrote(user_id=BSUID, username="candles", second=1))
    deliver(wrote(sender="351912345678", username="Candles", name="Marina", second=2))
    held = Identity.objects.get(kind="username")
    assert (held.contact.profile_name, held.value) == ("Marina", "Candles")
    deliver(wrote(user_id=BSUID, username="candles", second=0))
    assert Identity.objects.get(kind="username").contact == held.contact
    deliver(wrote(user_id=BSUID, username="diego.f", second=3))
    assert Identity.objects.filter(kind="username").count() == 2


def system(kind: str, second: float = 0, **about):
    item = message("system", system={"type": kind, "body": "…", **about}, at=seconds(second))
    return envelope(metadata() | {"messages": [item]})


def test_a_changed_number_follows_the_customer(deliver):
    deliver(wrote("From the old one"))
    deliver(system("user_changed_number", wa_id="34699999999"))
    assert Event.objects.get(kind="number_changed").data["text"] == "…"
    deliver(wrote("From the new one", sender="34699999999"))
    deliver(wrote("Late, from the old one"))
    assert Contact.objects.count() == Conversation.objects.count() == 1
    wa_ids = Identity.objects.filter(kind="wa_id").values_list("value", flat=True)
    assert "34699999999" in wa_ids


def test_a_changed_number_that_somebody_else_has_merges_nobody(deliver):
    deliver(wrote(), wrote(sender="34699999999", name="Somebody"))
    deliver(system("user_changed_number", wa_id="34699999999"))
    assert Contact.objects.count() == 2
    assert Event.objects.get(kind="number_changed").data["belongs_to_another_contact"]


def test_changed_user_ids_follow_the_customer(deliver):
    deliver(wrote(sender="", user_id=BSUID))
    new = "ES.20837465019283746501"
    item = {
        "wa_id": DIEGO,
        "user_id": {"previous": BSUID, "current": new},
        "timestamp": stamp(seconds(5)),
    }
    deliver(envelope(metadata() | {"user_id_update": [item]}, field="user_id_update"))
    deliver(wrote(sender="", user_id=new))
    assert Contact.objects.count() == Conversation.objects.count() == 1
    assert Event.objects.filter(kind="user_id_changed").count() == 1


def test_what_happens_to_somebody_with_whom_nobody_spoke_is_seen_by_administrators(deliver):
    deliver(system("customer_identity_changed"))
    notice = AccountEvent.objects.get()
    assert (notice.field, notice.kind) == ("messages", "identity_changed")


def preference(value: str, second: float):
    item = {"wa_id": DIEGO, "category": "marketing_messages", "value": value}
    item["timestamp"] = int(seconds(second).timestamp())
    people = {"contacts": [contact()]}
    return envelope(metadata() | people | {"user_preferences": [item]}, field="user_preferences")


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
def test_the_last_word_on_marketing_counts(deliver, order):
    story = [preference("stop", 1), preference("resume", 2), preference("stop", 3)]
    deliver(wrote())
    deliver(*(story[index] for index in order))
    newest = newest_of(Contact.objects.get().consents.all()).get()
    assert (newest.is_granted, newest.at) == (False, seconds(3))
    kinds = Event.objects.filter(kind__startswith="opted").values_list("kind", flat=True)
    assert sorted(kinds) == ["opted_in", "opted_out", "opted_out"]


def call(event: str, second: float = 0, direction: str = "USER_INITIATED", **more):
    item = {"id": "wacid.1", "event": event, "direction": direction, **more}
    item |= {"from": DIEGO, "to": "551155500101", "timestamp": stamp(seconds(second))}
    return envelope(metadata() | {"contacts": [contact()], "calls": [item]}, field="calls")


def test_a_call_of_the_customer_begins_a_conversation_and_opens_the_window(deliver):
    ring = call("connect", session={"sdp": "v=0 secret", "sdp_type": "offer"})
    deliver(ring, ring, call("terminate", 60, status="COMPLETED", duration=60))
    conversation = Conversation.objects.get()
    assert conversation.window_closes_at is not None
    events = list(conversation.events.filter(kind="call").order_by("at"))
    assert [event.data.get("event") for event in events] == ["connect", "terminate"]
    assert "secret" not in repr([event.data for event in events])


def test_a_hand_over_of_another_partner_is_a_line_in_the_conversation(deliver):
    deliver(wrote())
    value = {
        "sender": {"phone_number": DIEGO},
        "recipient": {"phone_number_id": "106540352242922"},
        "type": "control_passed",
        "timestamp": stamp(seconds(9)),
        "control_passed": {"new_owner_role": "escalation"},
    }
    document = envelope(value, field="messaging_handovers")
    deliver(document, document)
    assert Event.objects.get(kind="control_passed").data == {"new_owner_role": "escalation"}
