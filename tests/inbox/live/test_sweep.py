"""A push that never came is noticed by what the database holds."""

from __future__ import annotations

import asyncio

import pytest
from asgiref.sync import sync_to_async

from accounts.models import User
from inbox.consumers.rounds import every
from inbox.consumers.sweep import Sweep
from inbox.models import Conversation
from inbox.queries.changes import changed_anywhere
from tests import cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]


async def test_a_push_that_never_came_is_noticed_by_the_sweep(
    ana: User, conversation: Conversation, monkeypatch: pytest.MonkeyPatch
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
    conversation: Conversation, monkeypatch: pytest.MonkeyPatch
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


async def test_the_push_after_one_that_was_heard_is_missed_too(
    conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last message of a busy conversation: heard of a moment ago, and then no more."""
    monkeypatch.setattr("inbox.consumers.sweep.PATIENCE", 0.01)
    sweep = Sweep()
    assert not await sweep.found_lost()
    await sync_to_async(cast.inbound)(conversation, "Heard")
    row = await Conversation.objects.aget(pk=conversation.pk)
    sweep.ignore([row.pk])
    sweep.saw(row.pk, row.seq)
    assert not await sweep.found_lost()

    await sync_to_async(cast.inbound)(conversation, "Never heard")

    assert await sweep.found_lost()


async def test_the_first_look_is_at_once_so_that_nothing_lost_comes_before_it() -> None:
    looked = asyncio.Event()

    async def look() -> None:
        looked.set()

    rounds = asyncio.create_task(every(3600, look))
    await asyncio.wait_for(looked.wait(), 5)
    rounds.cancel()
