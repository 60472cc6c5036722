"""A number whose calls hang or fail: it stops, the others go on, and it comes back by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from accounts.models import Channel, Team, User, Waba
from inbox.actions.messages import send_message
from inbox.models import Conversation, Message, OutboxEntry, SendingTurn
from inbox.sender import circuit
from tests import cast
from tests.inbox.sending.graph import Graph, send_until

pytestmark = pytest.mark.django_db(transaction=True)
Broadcast = Callable[[Channel, int], list[Message]]


class Troubled(Graph):
    """One number's calls hang or fail until they are let go."""

    number, mode = "551", "hang"

    def __init__(self) -> None:
        super().__init__()
        self.tried: list[str] = []

    async def take_message(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["number"] != self.number or self.mode == "well":
            return await super().take_message(request)
        body = await request.json()
        self.tried.append(body.get("biz_opaque_callback_data", "receipt"))
        if self.mode == "hang":
            await asyncio.sleep(60)
        return web.json_response({"error": {"code": 131000}}, status=503)


@pytest.fixture
def trouble(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Troubled:
    monkeypatch.setattr(circuit, "STUCK_AFTER", 0.5)
    monkeypatch.setattr(circuit, "PROBE_EVERY", 0.7)
    monkeypatch.setattr("inbox.transports.whatsapp.SEND_SECONDS", 4.0)
    return Troubled()


@pytest.fixture
def channels(waba: Waba, support: Team) -> list[Channel]:
    numbers = [cast.make_number(waba, f"55{index}") for index in (1, 2)]
    return [cast.make_channel(number, support) for number in numbers]


@pytest.fixture
def broadcast(ana: User, now: Any) -> Broadcast:
    def send(channel: Channel, count: int) -> list[Message]:
        sent = []
        for index in range(count):
            contact = cast.make_contact(f"C{index}", f"34{channel.pk:03d}{index:06d}")
            talk: Conversation = cast.conversation_with(contact, channel, assignee=ana)
            cast.inbound(talk, at=now - timedelta(minutes=1))
            sent.append(send_message(conversation=talk, author=ana, text="News", at=now))
        return sent

    return send


def count(messages: list[Message], status: str) -> int:
    ids = [message.pk for message in messages]
    return Message.objects.filter(pk__in=ids, status=status).count()


@pytest.mark.parametrize("mode", ["hang", "fail"])
def test_it_stops_soon_and_the_other_number_goes_on(
    trouble: Troubled, channels: list[Channel], broadcast: Broadcast, mode: str
) -> None:
    trouble.mode = mode
    stuck, free = broadcast(channels[0], 120), broadcast(channels[1], 120)

    def is_stalled() -> bool:
        told = SendingTurn.objects.filter(stalled_since__isnull=False)
        return list(told.values_list("channel", flat=True)) == [channels[0].pk]

    send_until(lambda: count(free, "accepted") == 120 and is_stalled(), trouble, seconds=40)

    called = [name for name in trouble.tried if name != "receipt"]
    assert len(called) == len(set(called)) < 115
    assert count(stuck, "queued"), "what was not tried is not in doubt"


def test_it_goes_on_by_itself_when_meta_is_well_again(
    trouble: Troubled, channels: list[Channel], broadcast: Broadcast
) -> None:
    trouble.mode = "fail"
    stuck = broadcast(channels[0], 60)

    def is_over() -> bool:
        if SendingTurn.objects.filter(stalled_since__isnull=False).exists():
            trouble.mode = "well"
        return not OutboxEntry.objects.exclude(state="unknown").exists()

    send_until(is_over, trouble, seconds=40)

    assert trouble.mode == "well"
    assert count(stuck, "accepted") + count(stuck, "unknown") == 60
    assert count(stuck, "accepted") >= 10
