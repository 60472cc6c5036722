"""How a queued message leaves, in which order, and what Meta gets to see of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User, Waba
from inbox.actions.messages import mark_read_to_customer, send_message, show_typing_to_customer
from inbox.models import (
    Attempt,
    Contact,
    Conversation,
    Identity,
    Message,
    OutboxEntry,
)
from templates_app.models import MessageTemplate
from tests import cast
from tests.inbox.sending.graph import Graph, answer, send_until
from tests.inbox.sending.watching import attempts_of, has_status, status_of

pytestmark = pytest.mark.django_db(transaction=True)
Say = Callable[..., Message]


def test_a_queued_message_leaves_and_keeps_the_id_that_meta_gave(say: Say, graph: Graph) -> None:
    message = say("Yes, it is.")

    send_until(has_status(message, "accepted"), graph)

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
    assert set(graph.tokens) == {f"Bearer {cast.ACCESS_TOKEN}"}
    message.refresh_from_db()
    assert message.provider_id == "wamid.FAKE000001"
    assert not OutboxEntry.objects.exists()
    assert attempts_of(message) == [(1, "accepted", None)]


def test_replies_to_one_customer_leave_in_their_order(say: Say, graph: Graph) -> None:
    messages = [say(f"line {index}") for index in range(8)]

    send_until(has_status(messages[-1], "accepted"), graph)

    assert graph.texts == [f"line {index}" for index in range(8)]


def test_a_template_goes_out_with_its_values(
    talk: Conversation, ana: User, waba: Waba, graph: Graph, now: datetime
) -> None:
    template = MessageTemplate.objects.create(
        waba=waba,
        name="order",
        language="en_US",
        category="UTILITY",
        status="APPROVED",
        components=[{"type": "BODY", "text": "Thanks, {{1}}!"}],
    )
    message = send_message(
        conversation=talk,
        author=ana,
        template=template,
        template_values={"body.1": "Diego"},
        at=now,
    )

    send_until(has_status(message, "accepted"), graph)

    assert graph.calls[0]["template"] == {
        "name": "order",
        "language": {"code": "en_US"},
        "components": [{"type": "body", "parameters": [{"type": "text", "text": "Diego"}]}],
    }


def test_an_answer_quotes_the_message_that_it_answers(
    say: Say, graph: Graph, talk: Conversation
) -> None:
    asked = talk.messages.get()
    message = say("Yes", quoted=asked)

    send_until(has_status(message, "accepted"), graph)

    assert graph.calls[0]["context"] == {"message_id": asked.provider_id}


def test_somebody_without_a_number_is_reached_by_their_id(say: Say, graph: Graph) -> None:
    Identity.objects.all().delete()
    contact = Contact.objects.get()
    Identity.objects.create(contact=contact, kind="bsuid", key="US.1349", value="US.1349")
    message = say()

    send_until(has_status(message, "accepted"), graph)

    assert graph.calls[0]["recipient"] == "US.1349"
    assert "to" not in graph.calls[0]


def test_metas_spelling_of_a_number_is_learnt(say: Say, graph: Graph) -> None:
    Identity.objects.update(key="5511987654321", value="5511987654321")
    graph.replies = [
        answer('{"contacts":[{"input":"x","wa_id":"551187654321"}],"messages":[{"id":"wamid.1"}]}')
    ]
    message = say()

    send_until(has_status(message, "accepted"), graph)

    values = dict(Identity.objects.values_list("kind", "value"))
    assert values == {"wa_id": "551187654321", "phone": "5511987654321"}


def test_a_spelling_that_is_another_contacts_stays_theirs(
    say: Say, graph: Graph, marina: Contact
) -> None:
    graph.replies = [
        answer('{"contacts":[{"wa_id":"351912345678"}],"messages":[{"id":"wamid.1"}]}')
    ]
    message = say()

    send_until(has_status(message, "accepted"), graph)

    assert Identity.objects.get(kind="wa_id", key="351912345678").contact == marina


def test_a_reply_passes_the_broadcast_in_front_of_it(
    talk: Conversation, ana: User, say: Say, graph: Graph, now: datetime
) -> None:
    for index in range(3):
        say(f"news {index}", lane=OutboxEntry.Lane.BULK)
    reply = say("answer")

    send_until(lambda: not OutboxEntry.objects.exists(), graph)

    assert graph.texts[0] == "answer"
    assert graph.texts[1:] == ["news 0", "news 1", "news 2"]
    assert status_of(reply) == "accepted"


def test_a_burst_to_one_customer_is_never_above_metas_limit(say: Say, graph: Graph) -> None:
    for index in range(60):
        say(str(index))
    began = monotonic()

    send_until(
        lambda: OutboxEntry.objects.filter(not_before__gt=timezone.now()).exists(),
        graph,
        seconds=40,
    )

    earned = int((monotonic() - began) / 6)
    assert 45 <= len(graph.texts) <= 45 + earned
    assert graph.texts == [str(index) for index in range(len(graph.texts))]
    first = OutboxEntry.objects.order_by("pk")[0]
    assert 0 < (first.not_before - timezone.now()).total_seconds() <= 6


def test_blue_ticks_and_typing_reach_the_customer_by_the_channels_policy(
    talk: Conversation, ana: User, graph: Graph, now: datetime
) -> None:
    asked = talk.messages.get()
    assert mark_read_to_customer(conversation=talk, moment="opened", at=now)
    assert not mark_read_to_customer(conversation=talk, moment="opened", at=now)
    assert show_typing_to_customer(conversation=talk, user=ana, at=now)
    assert not show_typing_to_customer(conversation=talk, user=ana, at=now)

    send_until(lambda: len(graph.receipts) == 2, graph)

    read = {"messaging_product": "whatsapp", "status": "read", "message_id": asked.provider_id}
    assert read in graph.receipts
    assert read | {"typing_indicator": {"type": "text"}} in graph.receipts


def test_a_sender_that_is_told_to_stop_finishes_what_it_began(say: Say, graph: Graph) -> None:
    import asyncio

    message = say()
    arrived: list[bool] = []

    async def slowly(request: Any, body: Any) -> Any:
        arrived.append(True)
        await asyncio.sleep(0.4)
        return await graph.accept(request, body)

    graph.replies = [slowly]
    send_until(lambda: bool(arrived), graph)

    assert status_of(message) == "accepted"
    assert Attempt.objects.get().outcome == "accepted"


def test_what_another_sender_holds_is_left_alone(
    say: Say, graph: Graph, talk: Conversation, ana: User, now: datetime
) -> None:
    held = say("held")
    OutboxEntry.objects.update(
        state="claimed", claimed_by="another", lease_until=now + timedelta(minutes=5)
    )
    behind = say("behind it")

    with pytest.raises(TimeoutError):
        send_until(has_status(behind, "accepted"), graph, seconds=1.5)

    assert graph.calls == []
    assert (status_of(held), status_of(behind)) == ("queued", "queued")
