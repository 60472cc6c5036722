"""The hub: who hears what, drawn once, and nothing lost without being noticed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import transaction
from django.utils import timezone

from accounts.models import Team, User
from core.live import client as redis_client
from inbox.actions import pushes
from inbox.actions.assignments import assign_conversation
from inbox.actions.notes import write_note
from inbox.consumers import drawing
from inbox.consumers.counting import counts_for, read_matrix
from inbox.consumers.hub import Hub
from inbox.consumers.sockets import MOST_WAITING, Close, Socket
from inbox.consumers.subscription import read
from inbox.consumers.sweep import Sweep
from inbox.models import Conversation
from inbox.queries.access import user_audiences
from inbox.queries.changes import changed_anywhere
from inbox.queries.counts import count_views
from tests import cast
from tests.inbox.live.conftest import next_frame, waiting

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]
SocketOf = Callable[..., Socket]
NOW = timezone.now()


def write(conversation: Conversation, text: str) -> None:
    """The customer writes, as the intake would push it."""
    with transaction.atomic():
        pushes.message_changed(cast.inbound(conversation, text))


async def test_200_pages_hear_of_a_message_that_is_drawn_once(
    hub: Hub,
    ana: User,
    cleo: User,
    conversation: Conversation,
    socket_of: SocketOf,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ours = [await sync_to_async(socket_of)(ana) for _ in range(2)]
    audiences, theirs = ours[0].audiences, await sync_to_async(socket_of)(cleo)
    ours += [Socket("", user_id=ana.pk, audiences=audiences) for _ in range(198)]
    drawn: list[int] = []
    draw = drawing.draw

    def counted(*args: object) -> object:
        drawn.append(1)
        return draw(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(drawing, "draw", counted)
    for socket in [*ours, theirs]:
        await hub.join(socket)
    await sync_to_async(write)(conversation, "Where is my parcel?")
    frames = [await next_frame(socket, holding="Where is my parcel?") for socket in ours]
    assert len(set(frames)) == 1
    assert len(drawn) == 1
    assert "parcel" not in waiting(theirs)


async def test_the_open_thread_gets_the_bubble_and_the_list_the_row(
    hub: Hub, ana: User, conversation: Conversation, socket_of: SocketOf
) -> None:
    row, thread = [
        await sync_to_async(socket_of)(ana, conversation_id)
        for conversation_id in (None, conversation.pk)
    ]
    elsewhere = await sync_to_async(socket_of)(ana, conversation.pk + 1)
    for socket in (row, thread, elsewhere):
        await hub.join(socket)
    await sync_to_async(write)(conversation, "Hello there")
    assert f'id="conversation-{conversation.pk}-row"' in str(await next_frame(row, "Hello there"))
    assert '<li class="message message--in' in str(await next_frame(thread, "Hello there"))
    assert "Hello there" not in waiting(elsewhere)


async def test_a_conversation_that_moves_away_is_taken_off_pages_by_its_id_alone(
    hub: Hub,
    ana: User,
    cleo: User,
    sofia: User,
    sales: Team,
    conversation: Conversation,
    socket_of: SocketOf,
    at: object,
) -> None:
    await sync_to_async(write)(conversation, "Secret of Diego")
    row = await sync_to_async(socket_of)(ana)
    thread = await sync_to_async(socket_of)(ana, conversation.pk)
    gains = await sync_to_async(socket_of)(cleo)
    for socket in (row, thread, gains):
        await hub.join(socket)
    await sync_to_async(assign_conversation)(
        conversation=conversation, by=sofia, team=sales, at=at
    )
    assert await next_frame(thread) == Close(4403)
    gone = str(await next_frame(row, "data-gone"))
    assert f"conversation-{conversation.pk}-row" in gone
    assert "Secret" not in gone + waiting(row)
    assert "Secret of Diego" in str(await next_frame(gains, "Secret"))


async def test_what_is_drawn_late_is_told_only_to_who_may_see_it_then(
    hub: Hub, ana: User, conversation: Conversation, sales: Team, socket_of: SocketOf
) -> None:
    """The push still names Support; the conversation has moved before it is drawn."""
    socket = await sync_to_async(socket_of)(ana)
    hub.sockets.add(socket)
    message = await sync_to_async(cast.inbound)(conversation, "Said to Sales")
    await Conversation.objects.filter(pk=conversation.pk).aupdate(team=sales)
    told = [f"team.{conversation.team_id}"]
    ids = {"conversation": conversation.pk, "messages": [message.pk]}
    await hub.tell_rows([{"kind": "message.changed", "to": told, "lost": [], **ids}])
    frames = waiting(socket)
    assert "Said to Sales" not in frames
    assert "data-gone" in frames


async def test_a_page_that_cannot_follow_is_told_to_catch_up_instead(
    hub: Hub, ana: User, socket_of: SocketOf
) -> None:
    socket = await sync_to_async(socket_of)(ana)
    for number in range(MOST_WAITING + 1):
        socket.offer(f"frame {number}")
    assert socket.queue.qsize() == 1
    assert 'name="catch-up"' in waiting(socket)


async def test_after_a_cut_of_the_subscription_every_page_catches_up(
    hub: Hub, ana: User, conversation: Conversation, socket_of: SocketOf
) -> None:
    socket = await sync_to_async(socket_of)(ana)
    await hub.join(socket)
    await sync_to_async(redis_client().execute_command)("CLIENT", "KILL", "TYPE", "pubsub")
    assert 'name="catch-up"' in str(await next_frame(socket, "catch-up"))
    await sync_to_async(write)(conversation, "After the cut")
    assert "After the cut" in str(await next_frame(socket, "After the cut"))


async def test_a_push_that_never_came_is_noticed_by_the_sweep(
    hub: Hub, ana: User, conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox.consumers.sweep.PATIENCE", 0.01)
    sweep = Sweep()
    assert not await sweep.found_lost()
    await sync_to_async(cast.inbound)(conversation, "Nobody is told of this")
    assert await sweep.found_lost()
    await sync_to_async(cast.inbound)(conversation, "But of this")
    row = await Conversation.objects.aget(pk=conversation.pk)
    sweep.saw(row.pk, row.seq)
    assert not await sweep.found_lost()


async def test_a_push_that_came_while_the_sweep_read_is_not_taken_for_lost(
    hub: Hub, conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox.consumers.sweep.PATIENCE", 0.01)
    sweep = Sweep()
    assert not await sweep.found_lost()

    def read_slowly(*, since: int) -> object:
        found = changed_anywhere(since=since)
        cast.inbound(conversation, "Meanwhile")
        sweep.ignore([conversation.pk])
        return found

    with monkeypatch.context() as slow:
        slow.setattr("inbox.consumers.sweep.changed_anywhere", read_slowly)
        assert not await sweep.found_lost()
    assert not await sweep.found_lost()


async def test_more_than_the_hub_can_follow_is_let_go_and_caught_up() -> None:
    events: asyncio.Queue[dict[str, Any]] = asyncio.Queue(2)
    gaps: list[int] = []
    for number in range(3):
        event = f'{{"kind": "row", "to": [], "lost": [], "number": {number}}}'
        read(event.encode(), events, lambda: gaps.append(1))
    assert (events.qsize(), events.get_nowait()["number"], gaps) == (1, 2, [1])


async def test_after_a_gap_everybodys_rights_are_asked_again(
    hub: Hub, ana: User, conversation: Conversation, socket_of: SocketOf
) -> None:
    thread = await sync_to_async(socket_of)(ana, conversation.pk)
    await hub.join(thread)
    await sync_to_async(ana.memberships.all().delete)()  # and nobody is told
    hub.catch_up()
    assert await next_frame(thread, "4403") == Close(4403)


async def test_whoever_loses_a_team_is_taken_off_within_a_second(
    hub: Hub, ana: User, ben: User, conversation: Conversation, socket_of: SocketOf
) -> None:
    thread = await sync_to_async(socket_of)(ana, conversation.pk)
    row = await sync_to_async(socket_of)(ana)
    await hub.join(thread)
    await hub.join(row)
    await sync_to_async(ana.memberships.all().delete)()
    await sync_to_async(pushes.access_changed)([ana.pk])
    assert await next_frame(thread, within=1.0) == Close(4403)
    assert 'name="list"' in str(await next_frame(row, 'name="list"', within=1.0))
    await sync_to_async(write)(conversation, "Not for Ana any more")
    ben_hears = await sync_to_async(socket_of)(ben)
    await hub.join(ben_hears)
    await sync_to_async(write)(conversation, "Only for Ben")
    await next_frame(ben_hears, "Only for Ben")
    heard = waiting(row)
    assert "Only for Ben" not in heard
    assert "Not for Ana" not in heard


async def test_counts_are_the_same_for_a_page_and_a_push(
    ana: User,
    ben: User,
    cleo: User,
    sofia: User,
    omar: User,
    conversation_with: Callable[..., Conversation],
) -> None:
    def compare() -> None:
        for number in range(6):
            contact = cast.make_contact(f"Customer {number}", f"4477000{number:05d}")
            owner = [None, ana, ben][number % 3]
            team = {"team": None} if number == 5 else {}
            cast.inbound(conversation_with(contact, assignee=owner, at=NOW, **team), at=NOW)
        shared = Conversation.objects.filter(assignee=ana).latest("pk")
        cast.Participant.objects.create(
            conversation=shared, user=cleo, role="collaborator", joined_at=NOW
        )
        write_note(conversation=shared, author=ana, text="@Ben", mentions=[ben], at=NOW)
        moved = Conversation.objects.filter(assignee=None).latest("pk")
        moved.assignee = ben
        moved.save()
        write_note(conversation=moved, author=omar, text="@Ben", mentions=[ben], at=NOW)
        Conversation.objects.filter(pk=moved.pk).update(assignee=None, team=None)
        matrix = read_matrix()
        assert counts_for(ben.pk, user_audiences(ben), matrix)[f"mention-{ben.pk}"] == 1
        for person in (ana, ben, cleo, sofia, omar):
            pushed = counts_for(person.pk, user_audiences(person), matrix)
            assert pushed == count_views(person, timezone.now()), person.name
        assert counts_for(cleo.pk, user_audiences(cleo), matrix)["open"] == 1

    await sync_to_async(compare)()
