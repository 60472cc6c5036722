"""Reactions, edits and revocations, before and after the message that they speak of."""

from __future__ import annotations

import itertools

import pytest

from inbox.models import Bell, Conversation, EarlyEvent, Message, Reaction, SessionWindow
from tests.cast import AT, WINDOW
from tests.inbox.payloads.webhooks import envelope, incoming, message, metadata, seconds

WAMID = "wamid.TARGET"


def original(text: str = "Blue, please"):
    return envelope(incoming(message(text=text, id=WAMID)))


def reacted(emoji: str | None, second: float):
    about = {"message_id": WAMID} | ({} if emoji is None else {"emoji": emoji})
    return envelope(incoming(message("reaction", reaction=about, at=seconds(second))))


def edited(text: str, second: float):
    about = {"original_message_id": WAMID, "message": {"type": "text", "text": {"body": text}}}
    return envelope(incoming(message("edit", edit=about, at=seconds(second))))


def revoked(second: float):
    about = {"original_message_id": WAMID}
    return envelope(incoming(message("revoke", revoke=about, at=seconds(second))))


REACTIONS = [original(), reacted("👍", 1), reacted("❤️", 2), reacted("😮", 3)]


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))), ids=str)
def test_the_newest_reaction_stands_in_any_order(deliver, order):
    deliver(*(REACTIONS[index] for index in order))
    assert [reaction.emoji for reaction in Message.objects.get().reactions.all()] == ["😮"]
    assert not EarlyEvent.objects.exists()


@pytest.mark.parametrize("nothing", ["", None])
@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
def test_a_reaction_that_was_taken_back_is_gone_in_any_order(deliver, order, nothing):
    story = [original(), reacted("👍", 1), reacted(nothing, 2)]
    deliver(*(story[index] for index in order))
    assert not Message.objects.get().reactions.exists()
    assert not Reaction.objects.exists()


def test_a_reaction_changes_neither_counters_nor_window_nor_bell(deliver):
    deliver(original(), reacted("👍", 3600))
    conversation = Conversation.objects.get()
    assert (conversation.inbound_count, conversation.message_count) == (1, 1)
    assert conversation.window_closes_at == AT + WINDOW
    assert Bell.objects.count() == 1


def test_a_reaction_opens_the_window_where_the_channel_says_so(deliver, channel):
    channel.reactions_open_window = True
    channel.save()
    deliver(original(), reacted("👍", 3600), reacted("", 7200))
    assert SessionWindow.objects.get().closes_at == seconds(3600) + WINDOW


def test_a_changed_message_is_drawn_again(deliver, published, django_capture_on_commit_callbacks):
    deliver(original())
    before = Message.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        deliver(reacted("👍", 1))
    assert [event["messages"] for event in published] == [[before.pk]]


EDITS = [original("One"), edited("Two", 1), edited("Three", 2)]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
def test_the_newest_edit_stands_and_the_first_text_is_kept(deliver, order):
    deliver(*(EDITS[index] for index in order))
    text = Message.objects.get()
    assert (text.text, text.edited_at) == ("Three", seconds(2))
    assert text.payload["original_text"] == "One"
    assert Conversation.objects.get().preview == "Three"


@pytest.mark.parametrize("is_early", [True, False])
def test_a_revoked_message_is_marked_and_its_text_leaves_the_lists(deliver, is_early):
    story = [original(), revoked(60)]
    deliver(*(reversed(story) if is_early else story))
    text = Message.objects.get()
    assert (text.revoked_at, text.text) == (seconds(60), "Blue, please")
    assert Conversation.objects.get().preview == "This message was deleted"


def test_reacting_to_what_is_not_the_last_message_leaves_the_preview(deliver):
    deliver(original(), envelope(incoming(message(text="Newer", at=seconds(30)))))
    deliver(revoked(60))
    assert Conversation.objects.get().preview == "Newer"


def test_another_numbers_change_does_not_reach_this_message(deliver, waba):
    from tests.cast import make_channel, make_number

    make_channel(make_number(waba, "200", "+55 11 5550 0202"))
    deliver(original())
    item = message("revoke", revoke={"original_message_id": WAMID})
    deliver(envelope(metadata("200") | {"messages": [item]}))
    assert Message.objects.get().revoked_at is None
    assert EarlyEvent.objects.get().phone_number_id == "200"


def test_the_phone_apps_reaction_takes_the_place_of_ours(deliver, conversation, inbound, ana):
    hello = inbound(conversation, "Hello", provider_id=WAMID)
    Reaction.objects.create(message=hello, author_kind="agent", user=ana, emoji="👍", at=AT)
    about = {"message_id": WAMID, "emoji": "🎉"}
    item = message("reaction", reaction=about, at=seconds(5), sender="551155500101")
    echo = metadata() | {"message_echoes": [item | {"to": "34612345678"}]}
    deliver(envelope(echo, field="smb_message_echoes"))
    assert [(r.author_kind, r.emoji) for r in hello.reactions.all()] == [("agent", "🎉")]
