"""Cleo, in her own conversation, names what is Support's in queries and bodies."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from inbox.models import Conversation, Message, ReadMark
from tests import cast
from tests.security.conftest import SECRET, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def cleo_s(world: World) -> Client:
    return world.client("cleo")


def get(client: Client, name: str, *args: Any, **query: Any) -> str:
    """What an address says; none of it is Support's."""
    answer: HttpResponse = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert SECRET not in text
    return text


@pytest.mark.parametrize("place", ["messages", "archive", "contacts"])
def test_search_finds_nothing_of_theirs(cleo_s: Client, world: World, place: str) -> None:
    answer = cleo_s.get(reverse("search"), {"q": SECRET.lower(), "in": place})
    shown = answer.content.decode().replace(SECRET.lower(), "")
    assert SECRET not in shown
    assert "inside" not in shown


@pytest.mark.parametrize("words", [SECRET, "34612345000", "12345000"])
def test_neither_palette_nor_contacts_find_theirs(
    cleo_s: Client, world: World, words: str
) -> None:
    found = cleo_s.get(reverse("palette"), {"q": words}).content.decode()
    assert f"/{world.conversation.pk}/" not in found
    listed = cleo_s.get(reverse("contacts"), {"q": words}, headers={"HX-Request": "true"})
    assert reverse("contact", args=[world.contact.pk]) not in listed.content.decode()


@pytest.mark.parametrize("view", ["all", "unassigned", "closed", "archived", "team"])
def test_no_list_and_no_change_shows_theirs(cleo_s: Client, world: World, view: str) -> None:
    slug = f"team-{world.support.pk}" if view == "team" else view
    for name in ("inbox", "rows"):
        get(cleo_s, name, slug)
    cursor = str(world.conversation.seq)
    answer = cleo_s.get(
        reverse("list_changes", args=[slug]), {"since": cursor, "known": world.conversation.pk}
    )
    told = answer.content.decode()
    assert SECRET not in told
    # What is not hers and what does not exist are both told to be gone, by number alone.
    gone = f'<li id="conversation-{world.conversation.pk}-row" data-in="" data-gone></li>'
    assert f"conversation-{world.conversation.pk}-" not in told.replace(gone, "")


def test_marks_and_counts_know_only_her_own(cleo_s: Client, world: World) -> None:
    assert f'conversation="{world.conversation.pk}"' not in get(
        cleo_s, "marks", known=f"{world.conversation.pk},{world.archived.pk}"
    )
    counts = cleo_s.get(reverse("counts")).json()
    assert counts["open"] == 1
    assert f"team-{world.support.pk}" not in counts


def test_a_selection_touches_only_what_she_sees(cleo_s: Client, world: World) -> None:
    for deed in ("close", "archive", "assign"):
        answer = cleo_s.post(
            reverse("selection"),
            {"conversation": [world.conversation.pk], "do": deed, "to": "team-1"},
        )
        assert answer.status_code in {200, 404}
        assert SECRET not in answer.content.decode()
    world.conversation.refresh_from_db()
    assert (world.conversation.status, world.conversation.team) == ("open", world.support)


def test_a_foreign_message_is_neither_quoted_nor_marked(cleo_s: Client, world: World) -> None:
    now = timezone.now()
    cast.inbound(world.own, "Olá", at=now - timedelta(minutes=5))
    answer = cleo_s.post(
        reverse("messages", args=[world.own.pk]),
        {
            "client_uuid": str(uuid.uuid4()),
            "mode": "reply",
            "text": "Hi",
            "quoted": world.message.pk,
        },
    )
    assert answer.status_code == 302
    assert world.own.messages.get(text="Hi").quoted is None
    unread = reverse("read_mark", args=[world.own.pk])
    assert cleo_s.delete(f"{unread}?message={world.message.pk}").status_code == 404
    assert not ReadMark.objects.filter(conversation=world.conversation).exists()


def test_a_foreign_number_of_a_message_shows_nothing(cleo_s: Client, world: World) -> None:
    uid = uuid.uuid4()
    Message.objects.filter(pk=world.message.pk).update(client_uuid=uid)
    cast.inbound(world.own, "Olá", at=timezone.now() - timedelta(minutes=5))
    for name, mode in (("messages", "reply"), ("notes", "note")):
        answer = cleo_s.post(
            reverse(name, args=[world.own.pk]),
            {"client_uuid": str(uid), "mode": mode, "text": "Hi"},
            headers={"HX-Request": "true"},
        )
        assert answer.status_code == 422, name
        assert SECRET not in answer.content.decode()
    assert not world.own.messages.filter(text="Hi").exists()


def test_their_canned_replies_and_people_are_not_offered(cleo_s: Client, world: World) -> None:
    get(cleo_s, "canned", world.own.pk, q="quetzal")
    assert "Ana" not in get(cleo_s, "mentionable", world.own.pk, q="a")
    cleo_s.post(
        reverse("notes", args=[world.own.pk]),
        {"client_uuid": str(uuid.uuid4()), "mode": "note", "text": "@Ana Souza look"},
    )
    assert not world.people["ana"].mentions.exists()


def test_a_card_is_not_filled_from_their_contacts(cleo_s: Client, world: World) -> None:
    answer = cleo_s.get(reverse("composer_dialog", args=[world.own.pk, "contacts"]), {"q": "Que"})
    assert SECRET not in answer.content.decode()


def test_she_writes_from_no_channel_of_theirs_and_learns_no_number(
    cleo_s: Client, world: World
) -> None:
    answer = cleo_s.post(
        reverse("new_conversation"), {"phone": "+34699999999", "channel": world.channel.pk}
    )
    assert answer.status_code == 422
    assert Conversation.objects.count() == 4
    get(cleo_s, "number", phone="+34612345000", channel=world.channel.pk)
    shown = cleo_s.get(reverse("new_conversation"), {"contact": world.contact.pk})
    assert "612" not in shown.content.decode()


def test_a_template_of_another_account_is_not_sent(
    cleo_s: Client, world: World, whatsapp_app: Any
) -> None:
    other = type(world.template.waba).objects.create(
        waba_id="9", name="Other", app=whatsapp_app, access_token="t"
    )
    type(world.template).objects.filter(pk=world.template.pk).update(waba=other)
    answer = cleo_s.post(
        reverse("template_messages", args=[world.own.pk]),
        {"client_uuid": str(uuid.uuid4()), "template": world.template.pk},
    )
    assert answer.status_code == 404
    assert not world.own.messages.exists()
