"""Somebody counts as here on whatever page they have open, and as gone with the last of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from asgiref.sync import sync_to_async

from accounts.models import Presence, User
from inbox.consumers import presence
from inbox.consumers.hub import Hub
from tests.inbox.live.conftest import Page

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]
Open = Callable[..., Page]


@pytest.fixture(autouse=True)
def haste(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "GRACE", 0.1)
    monkeypatch.setattr(presence, "ANSWER", 0.1)


async def is_here(user: User) -> bool:
    return await Presence.objects.filter(user=user, last_seen_at__isnull=False).aexists()


async def until(user: User, *, here: bool) -> None:
    async with asyncio.timeout(10):
        while await is_here(user) is not here:
            await asyncio.sleep(0.05)


async def test_somebody_who_looks_at_the_templates_alone_is_here(
    hub: Hub, page_of: Open, ana: User
) -> None:
    page = await sync_to_async(page_of)(ana, is_news=True)
    await page.join(hub)
    await until(ana, here=True)
    await hub.leave(page.socket)
    await until(ana, here=False)


async def test_who_goes_from_the_inbox_to_the_templates_stays_here(
    hub: Hub, page_of: Open, ana: User, ben: User
) -> None:
    list_page = await sync_to_async(page_of)(ana)
    templates = await sync_to_async(page_of)(ana, is_news=True)
    other = await sync_to_async(page_of)(ben)
    for page in (list_page, templates, other):
        await page.join(hub)
    await until(ana, here=True)
    await hub.leave(list_page.socket)
    await hub.leave(other.socket)
    await until(ben, here=False)
    assert await is_here(ana)
