"""PostgreSQL and Redis that come and go under a sender."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import OperationalError, connection, connections

from accounts.models import User
from inbox.actions.messages import send_message
from inbox.models import Contact, Conversation, Message, OutboxEntry
from inbox.sender import process
from tests import cast
from tests.inbox.sending.graph import Graph, send_until

pytestmark = pytest.mark.django_db(transaction=True)
Say = Callable[..., Message]


def all_sent() -> bool:
    return not OutboxEntry.objects.exists()


def test_without_redis_a_message_waits_for_a_second_at_most(
    say: Say, graph: Graph, settings: Any
) -> None:
    message = say()
    settings.REDIS_URL = "redis://127.0.0.1:9/0"

    send_until(all_sent, graph)

    assert graph.texts == ["Hello"]
    assert Message.objects.get(pk=message.pk).status == "accepted"


def test_connections_cut_again_and_again_lose_nothing_and_double_nothing(
    graph: Graph, ana: User, conversation_with: Callable[..., Conversation], now: Any
) -> None:
    for index in range(12):
        talk = conversation_with(cast.make_contact(f"Customer {index}", f"3460000{index:04d}"))
        cast.inbound(talk, at=now)
        for line in range(3):
            send_message(conversation=talk, author=ana, text=f"{index}.{line}", at=now)
    cuts = iter(range(6))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (mine,) = cursor.fetchone()

    def cut_and_look() -> bool:
        if next(cuts, None) is not None:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database()"
                    " AND pid NOT IN (pg_backend_pid(), %s)",
                    [mine],
                )
            return False
        return not OutboxEntry.objects.exclude(state="unknown").exists()

    send_until(cut_and_look, graph, seconds=60)

    texts = [f"{index}.{line}" for index in range(12) for line in range(3)]
    assert sorted(graph.texts) == sorted(texts)
    statuses = set(Message.objects.filter(direction="out").values_list("status", flat=True))
    assert statuses == {"accepted"}
    for contact in Contact.objects.all():
        texts = [c["text"]["body"] for c in graph.calls if c["to"].endswith(_digits(contact))]
        assert texts == sorted(texts)


def _digits(contact: Contact) -> str:
    return contact.identities.filter(kind="wa_id").get().value


def test_an_end_that_cannot_be_saved_now_is_saved_later(
    say: Say, graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusals = iter(range(3))
    original = process.settle_attempts

    def settle(**parts: Any) -> None:
        if next(refusals, None) is not None:
            raise OperationalError("the server is away")
        original(**parts)

    monkeypatch.setattr(process, "settle_attempts", settle)
    say()

    send_until(all_sent, graph)

    assert len(graph.calls) == 1


def test_one_end_that_can_never_be_saved_holds_up_no_other(
    say: Say,
    graph: Graph,
    marina: Contact,
    ana: User,
    now: Any,
    conversation_with: Callable[..., Conversation],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = conversation_with(marina)
    cast.inbound(other, at=now)
    poison = say("poison")
    good = send_message(conversation=other, author=ana, text="good", at=now)
    original = process.settle_attempts

    def settle(*, results: Any, at: Any) -> None:
        if any(result.message_id == poison.pk for result in results):
            raise ValueError("this one never")
        original(results=results, at=at)

    monkeypatch.setattr(process, "settle_attempts", settle)

    send_until(lambda: Message.objects.get(pk=good.pk).status == "accepted", graph)

    assert len(graph.calls) == 2
    assert OutboxEntry.objects.get().pk == poison.pk


def test_eight_clicks_at_once_make_one_message(
    talk: Conversation, ana: User, graph: Graph, now: Any
) -> None:
    key = uuid.uuid4()

    def click(_: int) -> int:
        try:
            return send_message(
                conversation=talk, author=ana, text="once", client_uuid=key, at=now
            ).pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as clicks:
        made = set(clicks.map(click, range(8)))
    send_until(all_sent, graph)

    assert len(made) == 1
    assert graph.texts == ["once"]


def test_two_senders_at_once_send_each_message_once_and_in_order(
    say: Say, graph: Graph, talk: Conversation
) -> None:
    for index in range(30):
        say(str(index))

    async def both() -> None:
        async with graph.serve() as url:
            settings.WHATSAPP_GRAPH_URL = url
            senders = [process.Sender(), process.Sender()]
            running = [asyncio.create_task(sender.run()) for sender in senders]
            async with asyncio.timeout(20):
                while not await sync_to_async(nothing_left)():
                    await asyncio.sleep(0.03)
            for sender in senders:
                sender.stop()
            await asyncio.gather(*running)

    def nothing_left() -> bool:
        try:
            return all_sent()
        finally:
            connections.close_all()

    asyncio.run(both())

    assert graph.texts == [str(index) for index in range(30)]
