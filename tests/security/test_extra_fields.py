"""Fields that a form does not have are not written, whoever posts them."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.forms.models import model_to_dict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions.invitations import invite_person
from accounts.models import Invitation, Membership, User
from inbox.models import Contact, Conversation, Message
from tests import cast
from tests.security.conftest import World
from tests.security.test_authorisation import TABLE, ask, body, url_of

pytestmark = pytest.mark.django_db
EXTRA = {
    "role": "administrator",
    "is_superuser": "on",
    "is_staff": "on",
    "is_active": "",
    "email": "evil@example.com",
    "password": "x",
    "team": "1",
    "teams": "1",
    "assignee": "1",
    "by": "1",
    "author": "1",
    "author_kind": "system",
    "user": "1",
    "user_id": "1",
    "contact": "1",
    "contact_id": "1",
    "conversation_id": "1",
    "status": "archived",
    "direction": "in",
    "floor": "bot",
    "is_blocked": "on",
    "id": "1",
    "pk": "1",
    "user_permissions": "1",
    "groups": "1",
}


# What people write of themselves, and what signing in does.
THEIR_OWN = {"name", "language", "time_zone", "theme", "enter_sends", "plays_sounds", "last_login"}


def rights(user: User) -> dict[str, object]:
    fields = model_to_dict(User.objects.get(pk=user.pk))
    return {key: value for key, value in fields.items() if key not in THEIR_OWN} | {
        "teams": sorted(Membership.objects.filter(user=user).values_list("team_id", flat=True))
    }


def test_no_address_of_theirs_gives_anybody_rights(world: World) -> None:
    people = {name: rights(user) for name, user in world.people.items()}
    for name, methods in TABLE.items():
        if "POST" in methods and not name.startswith(("account_", "mfa_")):
            data = {**EXTRA, **body(name, "POST", world)}
            data.pop("user" if name != "collaborators" else "", None)
            world.client("ana").post(url_of(name, world), data)
    assert {name: rights(user) for name, user in world.people.items()} == people


def test_preferences_write_no_more_than_preferences(world: World) -> None:
    before = rights(world.people["ana"])
    fine = {"name": "Ana S", "language": "es", "time_zone": "Europe/Madrid", "theme": "dark"}
    answer = world.client("ana").post(reverse("preferences"), EXTRA | fine)
    assert answer.status_code == 302
    assert User.objects.get(pk=world.people["ana"].pk).name == "Ana S"
    assert rights(world.people["ana"]) == before


def test_a_contacts_form_writes_no_more_than_it_shows(world: World) -> None:
    before = Contact.objects.get(pk=world.contact.pk)
    data = EXTRA | {"name": "Diego", "email": "d@example.com", "is_blocked": "on", "bot": "x"}
    assert ask(world.client("ana"), "GET", "contact", world).status_code == 200
    answer = world.client("ana").post(reverse("contact", args=[world.contact.pk]), data)
    assert answer.status_code == 302
    after = Contact.objects.get(pk=world.contact.pk)
    changed = {
        key for key, value in model_to_dict(after).items() if value != model_to_dict(before)[key]
    }
    assert changed == {"name", "email", "company"}


def test_a_message_is_ours_whatever_its_form_says(world: World) -> None:
    talk = world.own
    cast.inbound(talk, "Olá", at=timezone.now() - timedelta(minutes=5))
    data = EXTRA | {"client_uuid": str(uuid.uuid4()), "mode": "reply", "text": "Hi"}
    world.client("cleo").post(reverse("messages", args=[talk.pk]), data)
    message = talk.messages.get(text="Hi")
    assert (message.author, message.author_kind) == (world.people["cleo"], "agent")
    assert (message.direction, message.status) == (Message.Direction.OUT, "queued")
    fresh = Conversation.objects.get(pk=talk.pk)
    assert (fresh.team, fresh.assignee, fresh.status) == (talk.team, world.people["cleo"], "open")


def test_an_invitation_gives_its_own_role_alone(world: World) -> None:
    _, token = invite_person(
        email="dora@sash.test", by=world.people["omar"], at=timezone.now(), teams=[world.support]
    )
    data = EXTRA | {"name": "Dora", "password": "a sentence that nobody guesses"}
    answer = Client().post(reverse("accept_invitation", args=[token]), data)
    assert answer.status_code == 302
    dora = User.objects.get(email="dora@sash.test")
    assert (dora.role, dora.is_superuser, dora.is_active) == ("agent", False, True)
    assert list(dora.teams.all()) == [world.support]


@pytest.mark.parametrize("who", ["nobody", "cleo", "ana", "sofia"])
def test_nobody_but_an_administrator_reaches_the_admin(world: World, who: str) -> None:
    client, ana = world.client(who), world.people["ana"]
    for url in ("/admin/", f"/admin/accounts/user/{ana.pk}/change/", "/admin/inbox/message/"):
        for method in ("get", "post"):
            answer = getattr(client, method)(url, {"role": "administrator"})
            assert answer.status_code in {302, 403}
            assert b"Ana" not in answer.content
    ana.refresh_from_db()
    assert ana.role == "agent"
    assert not Invitation.objects.exists()
