"""A socket lives as long as the session that opened it, and is told nothing a moment longer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.core import mail
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions.people import deactivate_person, remove_membership
from accounts.models import Team, User
from inbox.actions import pushes
from inbox.actions.assignments import assign_conversation
from inbox.models import Conversation
from tests import cast
from tests.inbox.live.conftest import rest_threads as rest_threads
from tests.inbox.live.test_sockets import closing_code, connected, frame_with

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]
GOOD = "a sentence that nobody guesses"
NEW = "another sentence that nobody guesses"
Deed = Callable[[User, User, Team, Conversation, str], None]


def browser(key: str) -> Client:
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    return client


def changes_password(ana: User, omar: User, team: Team, talk: Conversation, key: str) -> None:
    form = {"oldpassword": GOOD, "password1": NEW, "password2": NEW}
    other = Client()
    other.post(reverse("account_login"), {"login": ana.email, "password": GOOD})
    assert other.post(reverse("account_change_password"), form).status_code == 302


def resets_password(ana: User, omar: User, team: Team, talk: Conversation, key: str) -> None:
    Client().post(reverse("account_reset_password"), {"email": ana.email})
    path = next(word for word in mail.outbox[-1].body.split() if "/reset/key/" in word)
    other = Client()
    form = other.get(path[path.index("/account/") :])["Location"]
    assert other.post(form, {"password1": NEW, "password2": NEW}).status_code == 302


def signs_out(ana: User, omar: User, team: Team, talk: Conversation, key: str) -> None:
    assert browser(key).post(reverse("account_logout")).status_code == 302


def is_deactivated(ana: User, omar: User, team: Team, talk: Conversation, key: str) -> None:
    deactivate_person(user=ana, by=omar, at=timezone.now())


def leaves_team(ana: User, omar: User, team: Team, talk: Conversation, key: str) -> None:
    remove_membership(user=ana, team=team, by=omar, at=timezone.now())


def loses_it(ana: User, omar: User, team: Team, talk: Conversation, key: str) -> None:
    sales = Team.objects.create(name="Other")
    assign_conversation(conversation=talk, by=omar, team=sales, at=timezone.now())


@pytest.mark.parametrize(
    "deed",
    [changes_password, resets_password, signs_out, is_deactivated, leaves_team, loses_it],
    ids=lambda deed: deed.__name__,
)
async def test_the_thread_closes_within_a_second_and_nothing_comes_after(
    deed: Deed, ana: User, omar: User, support: Team, conversation: Conversation
) -> None:
    def prepare() -> None:
        ana.set_password(GOOD)
        ana.save()

    def write() -> None:
        with transaction.atomic():
            pushes.message_changed(cast.inbound(conversation, "quetzal"))

    await sync_to_async(prepare)()
    async with connected(f"/ws/conversations/{conversation.pk}/", ana) as socket:
        assert (await socket.connect())[0]
        await sync_to_async(write)()
        await frame_with(socket, "quetzal")
        key = dict(socket.scope["headers"])[b"cookie"].decode().partition("=")[2]
        await sync_to_async(deed)(ana, omar, support, conversation, key)
        assert await closing_code(socket) == 4403
        await sync_to_async(write)()
        assert await socket.receive_nothing(timeout=0.3)


@pytest.mark.parametrize("origin", [b"null", b"", b"https://localhost.evil.example", b"file://"])
async def test_no_page_of_another_origin_opens_one(origin: bytes, ana: User) -> None:
    async with connected("/ws/inbox/", ana, origin=origin) as socket:
        assert not (await socket.connect())[0]
