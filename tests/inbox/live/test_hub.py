"""The hub: who hears what, drawn once, and nothing lost without being noticed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import transaction

from accounts.models import Team, User
from core.live import client as redis_client
from inbox.actions import pushes
from inbox.actions.assignments import assign_conversation
from inbox.consumers import drawing
from inbox.consumers.hub import Hub
from inbox.consumers.sockets import MOST_WAITING
from inbox.consumers.subscription import read
from inbox.models import Conversation
from tests import cast
from tests.inbox.live.conftest import Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]
PageOf = Callable[..., Page]


def write(conversation: Conversation, text: str) -> None:
    """The customer writes, as the intake would push it."""
    with transaction.atomic():
        pushes.message_changed(cast.inbound(conversation, text))


async def test_200_pages_hear_of_a_message_that_is_drawn_once(
    hub: Hub,
    ana: User,
    cleo: User,
    conversation: Conversation,
    page_of: PageOf,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ours = [await sync_to_async(Page)(ana) for _ in range(200)]
    theirs = await sync_to_async(page_of)(cleo)
    drawn: list[int] = []
    draw = drawing.draw

    def counted(*args: object) -> object:
        drawn.append(1)
        return draw(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(drawing, "draw", counted)
    for page in [*ours, theirs]:
        await page.join(hub)
    await sync_to_async(write)(conversation, "Where is my parcel?")
    frames = [await page.frame_with("Where is my parcel?") for page in ours]
    assert len({frame[frame.index("<ol") :] for frame in frames}) == 1
    assert len(drawn) == 1
    assert "parcel" not in theirs.heard()


async def test_the_open_thread_gets_the_bubble_and_the_list_the_row(
    hub: Hub, ana: User, conversation: Conversation, page_of: PageOf
) -> None:
    row, thread = [
        await sync_to_async(page_of)(ana, conversation_id)
        for conversation_id in (None, conversation.pk)
    ]
    elsewhere = await sync_to_async(page_of)(ana, conversation.pk + 1)
    for page in (row, thread, elsewhere):
        await page.join(hub)
    await sync_to_async(write)(conversation, "Hello there")
    assert f'id="conversation-{conversation.pk}-row"' in await row.frame_with("Hello there")
    assert '<li class="message message--in' in await thread.frame_with("Hello there")
    assert "Hello there" not in elsewhere.heard()


async def test_a_conversation_that_moves_away_is_taken_off_pages_by_its_id_alone(
    hub: Hub,
    ana: User,
    cleo: User,
    sofia: User,
    sales: Team,
    conversation: Conversation,
    page_of: PageOf,
    at: object,
) -> None:
    await sync_to_async(write)(conversation, "Secret of Diego")
    row = await sync_to_async(page_of)(ana)
    thread = await sync_to_async(page_of)(ana, conversation.pk)
    gains = await sync_to_async(page_of)(cleo)
    for page in (row, thread, gains):
        await page.join(hub)
    await sync_to_async(assign_conversation)(
        conversation=conversation, by=sofia, team=sales, at=at
    )
    assert await thread.end() == 4403
    gone = await row.frame_with("data-gone")
    assert f"conversation-{conversation.pk}-row" in gone
    assert "Secret" not in gone + row.heard()
    assert "Secret of Diego" in await gains.frame_with("Secret")


async def test_what_is_drawn_late_is_told_only_to_who_may_see_it_then(
    hub: Hub, ana: User, conversation: Conversation, sales: Team, page_of: PageOf
) -> None:
    """The push still names Support; the conversation has moved before it is drawn."""
    page = await sync_to_async(page_of)(ana)
    hub.crowd.admit(page.socket, page.visitor)
    message = await sync_to_async(cast.inbound)(conversation, "Said to Sales")
    await Conversation.objects.filter(pk=conversation.pk).aupdate(team=sales)
    told = [f"team.{conversation.team_id}"]
    ids = {"conversation": conversation.pk, "messages": [message.pk]}
    await hub.tell_rows([{"kind": "message.changed", "to": told, "lost": [], **ids}])
    frame = await page.frame_with("data-gone")
    assert "Said to Sales" not in frame + page.heard()


async def test_a_page_that_cannot_follow_is_told_to_catch_up_instead(
    hub: Hub, ana: User, page_of: PageOf
) -> None:
    page = await sync_to_async(page_of)(ana)
    hub.crowd.admit(page.socket, page.visitor)
    for number in range(MOST_WAITING + 1):
        page.socket.offer(f"frame {number}")
    assert page.socket.waiting == [page.socket.catch_up_frame()]
    assert "frame 0" not in await page.frame_with('name="catch-up"')


async def test_after_a_cut_of_the_subscription_every_page_catches_up(
    hub: Hub, ana: User, conversation: Conversation, page_of: PageOf
) -> None:
    page = await sync_to_async(page_of)(ana)
    await page.join(hub)
    await page.frame_with("catch-up")
    await sync_to_async(redis_client().execute_command)("CLIENT", "KILL", "TYPE", "pubsub")
    await page.frame_with('name="catch-up"')
    await sync_to_async(write)(conversation, "After the cut")
    await page.frame_with("After the cut")


async def test_more_than_the_hub_can_follow_is_let_go_and_caught_up() -> None:
    events: asyncio.Queue[dict[str, Any]] = asyncio.Queue(2)
    gaps: list[int] = []
    for number in range(3):
        event = f'{{"kind": "row", "to": [], "lost": [], "number": {number}}}'
        read(event.encode(), events, lambda: gaps.append(1))
    assert (events.qsize(), events.get_nowait()["number"], gaps) == (1, 2, [1])


async def test_after_a_gap_everybodys_rights_are_asked_again(
    hub: Hub, ana: User, conversation: Conversation, page_of: PageOf
) -> None:
    thread = await sync_to_async(page_of)(ana, conversation.pk)
    await thread.join(hub)
    await sync_to_async(ana.memberships.all().delete)()  # and nobody is told
    hub.catch_up()
    assert await thread.end() == 4403


async def test_whoever_loses_a_team_is_taken_off_within_a_second(
    hub: Hub, ana: User, ben: User, conversation: Conversation, page_of: PageOf
) -> None:
    thread = await sync_to_async(page_of)(ana, conversation.pk)
    row = await sync_to_async(page_of)(ana)
    await thread.join(hub)
    await row.join(hub)
    await sync_to_async(ana.memberships.all().delete)()
    await sync_to_async(pushes.access_changed)([ana.pk])
    assert await thread.end(within=1.0) == 4403
    await row.frame_with('name="list"', within=1.0)
    await sync_to_async(write)(conversation, "Not for Ana any more")
    ben_hears = await sync_to_async(page_of)(ben)
    await ben_hears.join(hub)
    await sync_to_async(write)(conversation, "Only for Ben")
    await ben_hears.frame_with("Only for Ben")
    heard = row.heard()
    assert "Only for Ben" not in heard
    assert "Not for Ana" not in heard
