"""What a sender does with queued messages, against a Cloud API that answers as told."""

from collections.abc import Callable

import pytest

from inbox.models import Attempt, Message, OutboxEntry
from tests.inbox.sending.graph import Graph, send_until

pytestmark = pytest.mark.django_db(transaction=True)
Say = Callable[..., Message]


def status_of(message: Message) -> str:
    return Message.objects.values_list("status", flat=True).get(pk=message.pk)


def test_a_queued_message_leaves_and_keeps_the_id_that_meta_gave(say: Say, graph: Graph) -> None:
    message = say("Yes, it is.")

    send_until(lambda: status_of(message) == "accepted", graph)

    assert graph.calls == [
        {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": "+34612345678",
            "type": "text",
            "text": {"body": "Yes, it is.", "preview_url": False},
            "biz_opaque_callback_data": f"sash:{message.pk}",
        }
    ]
    message.refresh_from_db()
    assert message.provider_id == "wamid.FAKE000001"
    assert not OutboxEntry.objects.exists()
    attempt = Attempt.objects.get()
    assert (attempt.outcome, attempt.number) == ("accepted", 1)
    assert attempt.provider_id == "wamid.FAKE000001"


def test_replies_to_one_customer_leave_in_their_order(say: Say, graph: Graph) -> None:
    messages = [say(f"line {index}") for index in range(8)]

    send_until(lambda: status_of(messages[-1]) == "accepted", graph)

    assert graph.texts == [f"line {index}" for index in range(8)]
