"""The hub under pressure: nothing lost, nobody waited for, nothing told a moment too long."""

from __future__ import annotations

import asyncio
import re
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async
from django.db import transaction

from accounts.models import User
from config.services import Services
from core import live
from inbox.actions import pushes
from inbox.consumers.hub import Hub
from inbox.consumers.sockets import MOST_WAITING
from inbox.models import Conversation
from tests import cast
from tests.inbox.live.conftest import Page, session_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]
PageOf = Callable[..., Page]
FLOOD = 400


def write(conversation: Conversation, *texts: str) -> None:
    """Several messages of the customer, each pushed by itself as from many small webhooks."""
    for text in texts:
        with transaction.atomic():
            pushes.message_changed(cast.inbound(conversation, text))


async def test_a_flood_of_400_messages_reaches_each_of_50_pages(
    hub: Hub, ana: User, conversation: Conversation
) -> None:
    key = await sync_to_async(session_of)(ana)
    pages = [await sync_to_async(Page)(ana, conversation.pk, key) for _ in range(50)]
    for page in pages:
        await page.join(hub)
    texts = [f"message {number} of the flood" for number in range(FLOOD)]
    await sync_to_async(write)(conversation, *texts)
    for page in pages:
        shown: set[str] = set()
        while len(shown) < FLOOD:
            frame = await page.frame_with("of the flood", within=30)
            shown |= set(re.findall(r"message (\d+) of the flood", frame))


class Stuck(Page):
    """A page whose line takes nothing."""

    async def take(self, message: dict[str, Any]) -> None:
        await asyncio.Event().wait()


async def test_100_pages_that_read_nothing_hold_nobody_up_and_little_memory(
    hub: Hub, ana: User, conversation: Conversation, page_of: PageOf
) -> None:
    stuck = [await sync_to_async(Stuck)(ana, conversation.pk) for _ in range(100)]
    reads = await sync_to_async(page_of)(ana, conversation.pk)
    for page in [*stuck, reads]:
        await page.join(hub)
    for number in range(FLOOD):
        hub.tell(hub.crowd.threads_of(conversation.pk), f"<p>frame {number}</p>")
        await asyncio.sleep(0)
    await reads.frame_with(f"frame {FLOOD - 1}<")
    assert all(len(page.socket.waiting) <= MOST_WAITING for page in stuck)
    assert all("catch-up" in page.socket.waiting[0] for page in stuck)
    for page in stuck:
        await hub.leave(page.socket)


@pytest_asyncio.fixture
async def stream(conversation: Conversation) -> AsyncIterator[Callable[[], int]]:
    """The customer writes all the time; stream() is how often until now."""
    sent = 0

    async def flow() -> None:
        nonlocal sent
        while True:
            sent += 1
            live.deliver(
                live.live_event(
                    "message.changed",
                    to={"all", f"team.{conversation.team_id}"},
                    conversation=conversation.pk,
                    messages=[],
                )
            )
            await asyncio.sleep(1 / 200)

    task = asyncio.create_task(flow())
    yield lambda: sent
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_whoever_loses_a_team_while_200_messages_a_second_flow_is_out_within_a_second(
    hub: Hub,
    ana: User,
    ben: User,
    conversation: Conversation,
    page_of: PageOf,
    stream: Callable[[], int],
) -> None:
    thread, row = [await sync_to_async(page_of)(ana, pk) for pk in (conversation.pk, None)]
    stays = await sync_to_async(page_of)(ben)
    for page in (thread, row, stays):
        await page.join(hub)
    of_row = f"conversation-{conversation.pk}-row"
    await row.frame_with(of_row)
    await sync_to_async(ana.memberships.all().delete)()
    await sync_to_async(pushes.access_changed)([ana.pk])
    assert await thread.end(within=1.0) == 4403
    await row.frame_with('name="list"', within=1.0)
    row.heard()
    before = stream()
    stays.heard()
    while stream() < before + 50:
        await stays.frame_with(of_row)
    assert of_row not in row.heard()


@pytest.fixture
def own_valkey(settings: Any) -> Iterator[Services]:
    """A store that may be killed: not that of the other tests."""
    folder = Path(tempfile.mkdtemp(prefix="sash-valkey-"))
    folder.chmod(0o711)
    with Services(folder, durable=False, postgres=False) as services:
        settings.REDIS_URL = services.environment["REDIS_URL"]
        live.client.cache_clear()
        yield services
    live.client.cache_clear()
    shutil.rmtree(folder)


def restart_empty(services: Services) -> None:
    """Killed, and there again without anything that it knew."""
    store = services.store
    assert store is not None
    services.children["valkey"].send_signal(signal.SIGKILL)
    services.children["valkey"].wait()
    with (store.log).open("ab") as log:
        services.children["valkey"] = store.launch(log)
    while not store.is_ready():
        pass


async def test_a_store_that_comes_back_empty_costs_no_line_and_the_gap_is_asked_for(
    own_valkey: Services, hub: Hub, ana: User, conversation: Conversation, page_of: PageOf
) -> None:
    page = await sync_to_async(page_of)(ana)
    await page.join(hub)
    await page.frame_with('name="catch-up"')
    await sync_to_async(restart_empty)(own_valkey)
    await sync_to_async(write)(conversation, "Into the gap")  # nobody listens, nothing fails
    await page.frame_with('name="catch-up"', within=5)
    await sync_to_async(write)(conversation, "After the gap")
    await page.frame_with("After the gap", within=5)
    own_valkey.children["valkey"].terminate()


async def test_who_was_not_let_in_is_told_nothing(hub: Hub, ana: User, page_of: PageOf) -> None:
    page = await sync_to_async(page_of)(ana)
    await hub.join(page.socket)
    hub.catch_up()
    hub.crowd.put_out(page.socket)
    assert await page.end() == 4403
    assert page.heard() == ""
