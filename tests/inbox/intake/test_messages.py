"""A customer's message becomes rows: contact, conversation, message, window."""

from inbox.models import Bell, Conversation, Message, Participant, QuarantinedEvent, SessionWindow
from tests.cast import AT, WINDOW
from tests.inbox.payloads.webhooks import envelope, incoming, message


def test_the_first_text_begins_a_conversation(deliver, support):
    deliver(envelope(incoming(message(text="Is the blue one in stock?"))))

    assert not QuarantinedEvent.objects.values_list("reason", "detail")
    conversation = Conversation.objects.get()
    assert str(conversation.contact) == "Diego Fernández"
    assert conversation.team == support
    assert conversation.floor == "bot"
    assert conversation.preview == "Is the blue one in stock?"
    assert conversation.preview_author == "Diego Fernández"
    assert (conversation.inbound_count, conversation.message_count) == (1, 1)
    assert conversation.last_message_at == conversation.waiting_since == AT
    assert conversation.window_closes_at == AT + WINDOW
    text = Message.objects.get()
    assert (text.direction, text.kind, text.status, text.at) == ("in", "text", "received", AT)
    assert Bell.objects.get().message == text
    assert SessionWindow.objects.get().closes_at == AT + WINDOW
    assert Participant.objects.get().role == "customer"
