"""The same number on the WhatsApp Business app: echoes, history and its address book."""

from __future__ import annotations

import itertools

import pytest

from inbox.models import Attachment, Bell, Contact, Conversation, Message, SessionWindow
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


def echo(text: str, second: float = 0, **more):
    item = message(text=text, sender=US, at=seconds(second)) | {"to": DIEGO} | more
    return envelope(metadata() | {"message_echoes": [item]}, field="smb_message_echoes")


def wrote(text: str, second: float = 0):
    return envelope(incoming(message(text=text, at=seconds(second))))


def test_an_echo_is_ours_takes_the_floor_and_opens_no_window(deliver):
    deliver(wrote("Hello"), echo("I am on my phone", 60))
    ours = Message.objects.get(direction="out")
    assert (ours.author_kind, ours.status, ours.sent_at) == ("phone_app", "sent", seconds(60))
    conversation = Conversation.objects.get()
    assert (conversation.floor, conversation.waiting_since) == ("human", None)
    assert conversation.window_closes_at == AT + WINDOW
    assert Bell.objects.count() == 1


def test_an_echo_alone_begins_a_conversation_without_a_window(deliver):
    deliver(echo("Shall we call you?"))
    conversation = Conversation.objects.get()
    assert (conversation.floor, conversation.window_closes_at) == ("human", None)
    assert conversation.inbound_count == 0
    assert not SessionWindow.objects.exists()


TALK = [wrote("One", 1), echo("Two", 2), wrote("Three", 3), echo("Zero", 0)]


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))), ids=str)
def test_who_waits_is_the_same_in_any_order(deliver, order):
    deliver(*(TALK[index] for index in order))
    conversation = Conversation.objects.get()
    assert (conversation.waiting_since, conversation.floor) == (seconds(3), "human")
    assert (conversation.preview, conversation.last_message_at) == ("Three", seconds(3))
    assert (conversation.inbound_count, conversation.message_count) == (2, 4)


def history(*items):
    thread = {"id": DIEGO, "messages": list(items)}
    chunk = {"metadata": {"phase": 0, "chunk_order": 1, "progress": 100}, "threads": [thread]}
    return envelope(metadata() | {"history": [chunk]}, field="history")


def past(text: str, second: float, *, ours: bool, status: str = "READ"):
    sender = US if ours else DIEGO
    told = {"history_context": {"status": status}}
    return message(text=text, sender=sender, at=seconds(second)) | told


def test_history_is_kept_apart_closed_silent_and_without_a_window(deliver):
    deliver(history(past("Good morning", 1, ours=True), past("Thank you", 2, ours=False)))
    imported = Conversation.objects.get()
    assert (imported.status, imported.inbound_count) == ("closed", 0)
    assert (imported.message_count, imported.preview) == (2, "Thank you")
    assert Message.objects.get(text="Good morning").status == "read"
    assert not Bell.objects.exists()
    assert not SessionWindow.objects.exists()
    deliver(wrote("Hello", 100))
    assert Conversation.objects.filter(status="open").count() == 1
    deliver(history(past("Even earlier", 0, ours=False)))
    assert Conversation.objects.count() == 2
    assert imported.messages.count() == 3


@pytest.mark.parametrize("file_first", [True, False])
def test_a_file_of_the_past_arrives_in_a_webhook_of_its_own(deliver, file_first):
    place = {"id": "wamid.FILE", "from": DIEGO, "timestamp": stamp(AT)}
    placeholder = place | {"type": "media_placeholder", "history_context": {"status": "READ"}}
    image = place | {"type": "image", "image": {"id": "77", "caption": "From before"}}
    file = envelope(incoming(image), field="history")
    story = [history(placeholder), file]
    deliver(*(reversed(story) if file_first else story))
    text = Message.objects.get()
    assert (text.kind, text.text) == ("image", "From before")
    assert Attachment.objects.get().provider_media_id == "77"


def named(name: str, second: float, action: str = "add"):
    about = {"full_name": name, "phone_number": DIEGO}
    item = {"type": "contact", "contact": about, "action": action}
    item["metadata"] = {"timestamp": stamp(seconds(second))}
    return envelope(metadata() | {"state_sync": [item]}, field="smb_app_state_sync")


@pytest.mark.parametrize("order", list(itertools.permutations(range(2))), ids=str)
def test_the_phone_apps_newest_name_is_the_contacts(deliver, order):
    story = [named("Diego (candles)", 1), named("Diego F.", 2)]
    deliver(*(story[index] for index in order))
    assert Contact.objects.get().name == "Diego F."


def test_a_name_that_an_agent_gave_stays(deliver):
    deliver(wrote("Hello"))
    Contact.objects.update(name="Mr Fernández")
    deliver(named("Diego (candles)", 1))
    assert Contact.objects.get().name == "Mr Fernández"


def test_the_contact_of_an_echo_is_who_it_was_written_to(deliver):
    deliver(wrote("Hello"), echo("Hi", 5, contacts=[contact()]))
    assert Contact.objects.count() == 1
