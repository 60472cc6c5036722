"""Roles, teams and leavers."""

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.actions import (
    LastAdministrator,
    NotAnAdministrator,
    change_role,
    create_administrator,
    deactivate_person,
    invite_person,
    reactivate_person,
    remove_membership,
    set_membership,
    withdraw_invitation,
)
from accounts.models import Invitation, Membership, Team, User
from core.models import AuditEvent
from tests import cast

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery staple"


def signed_in(user: User) -> Client:
    user.set_password(PASSWORD)
    user.save()
    client = Client()
    answer = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert answer.status_code == 302, answer.content[:500]
    assert client.get(reverse("preferences")).status_code == 200
    return client


def test_a_leaver_is_signed_out_everywhere_and_stays_out(
    ana: User, omar: User, at: datetime
) -> None:
    browsers = [signed_in(ana), Client()]
    browsers[1].post(reverse("account_login"), {"login": ana.email, "password": PASSWORD})
    assert browsers[1].get(reverse("preferences")).status_code == 200
    deactivate_person(user=ana, by=omar, at=at)
    for browser in browsers:
        assert browser.get(reverse("preferences")).status_code == 302
    User.objects.filter(pk=ana.pk).update(is_active=True)
    for browser in browsers:
        assert browser.get(reverse("preferences")).status_code == 302, (
            "the old session is gone for good"
        )


def test_what_a_leaver_was_asked_and_asked_is_void(
    ana: User, omar: User, sofia: User, at: datetime
) -> None:
    other = cast.make_user("Olga", User.Role.ADMINISTRATOR)
    Invitation.objects.create(
        email=ana.email.upper(), token_hash="a" * 64, expires_at=at + timedelta(days=1)
    )
    invite_person(email="new@sash.test", by=other, at=at)
    deactivate_person(user=other, by=omar, at=at)
    deactivate_person(user=ana, by=omar, at=at)
    assert not Invitation.objects.exists()
    kinds = AuditEvent.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["person.invited", "person.deactivated", "person.deactivated"]


def test_reactivated_the_old_password_does_not_work(ana: User, omar: User, at: datetime) -> None:
    signed_in(ana)
    deactivate_person(user=ana, by=omar, at=at)
    reactivate_person(user=ana, by=omar, at=at)
    ana.refresh_from_db()
    assert ana.is_active
    assert not ana.check_password(PASSWORD)


@pytest.mark.parametrize("name", ["ana", "sofia", "left"])
def test_only_administrators_change_people(
    name: str, ana: User, ben: User, sofia: User, support: Team, sales: Team, at: datetime
) -> None:
    left = cast.make_user("Lena", User.Role.ADMINISTRATOR, is_active=False)
    by = {"ana": ana, "sofia": sofia, "left": left}[name]
    invitation = Invitation.objects.create(
        email="x@sash.test", token_hash="a" * 64, expires_at=at + timedelta(days=1)
    )
    attempts: list[Any] = [
        lambda: change_role(user=by, role=User.Role.ADMINISTRATOR, by=by, at=at),
        lambda: set_membership(user=by, team=sales, by=by, at=at),
        lambda: remove_membership(user=ben, team=support, by=by, at=at),
        lambda: deactivate_person(user=ben, by=by, at=at),
        lambda: reactivate_person(user=left, by=by, at=at),
        lambda: invite_person(email="y@sash.test", by=by, at=at),
        lambda: withdraw_invitation(invitation=invitation, by=by, at=at),
    ]
    for attempt in attempts:
        with pytest.raises(NotAnAdministrator):
            attempt()
    assert not AuditEvent.objects.exists()


def test_the_last_administrator_neither_leaves_nor_steps_down(omar: User, at: datetime) -> None:
    with pytest.raises(LastAdministrator):
        deactivate_person(user=omar, by=omar, at=at)
    with pytest.raises(LastAdministrator):
        change_role(user=omar, role=User.Role.AGENT, by=omar, at=at)
    cast.make_user("Olga", User.Role.ADMINISTRATOR)
    changed = change_role(user=omar, role=User.Role.AGENT, by=omar, at=at)
    assert (changed.is_staff, changed.is_superuser) == (False, False)


@pytest.mark.django_db(transaction=True)
def test_two_administrators_cannot_remove_each_other_at_once(omar: User, at: datetime) -> None:
    olga = cast.make_user("Olga", User.Role.ADMINISTRATOR)
    together = threading.Barrier(2)
    results: list[str] = []

    def remove(other: User) -> None:
        try:
            together.wait(timeout=10)
            deactivate_person(user=other, by=None, at=at)
            results.append("gone")
        except LastAdministrator:
            results.append("kept")
        finally:
            connection.close()

    threads = [threading.Thread(target=remove, args=(person,)) for person in (omar, olga)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert sorted(results) == ["gone", "kept"]
    assert User.objects.filter(is_active=True, role=User.Role.ADMINISTRATOR).count() == 1


def test_lead_or_not(ana: User, omar: User, sales: Team, at: datetime) -> None:
    set_membership(user=ana, team=sales, by=omar, at=at)
    set_membership(user=ana, team=sales, by=omar, is_lead=True, at=at)
    assert Membership.objects.get(user=ana, team=sales).is_lead
    remove_membership(user=ana, team=sales, by=omar, at=at)
    remove_membership(user=ana, team=sales, by=omar, at=at)
    kinds = AuditEvent.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["person.joined", "person.joined", "person.left_team"]


def test_the_first_administrator_is_made_at_the_console(
    db: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SASH_ADMIN_PASSWORD", PASSWORD)
    call_command("create_administrator", email="Root@Sash.test", name="Root")
    user = User.objects.get()
    assert (user.email, user.is_staff, user.check_password(PASSWORD)) == (
        "root@sash.test",
        True,
        True,
    )
    assert "root@sash.test" in capsys.readouterr().out
    with pytest.raises(CommandError, match="already"):
        call_command("create_administrator", email="root@sash.test", name="Root")
    monkeypatch.setenv("SASH_ADMIN_PASSWORD", "12345678")
    with pytest.raises(CommandError, match="common"):
        call_command("create_administrator", email="b@sash.test", name="B")
    monkeypatch.delenv("SASH_ADMIN_PASSWORD")
    with pytest.raises(CommandError, match="SASH_ADMIN_PASSWORD"):
        call_command("create_administrator", email="b@sash.test", name="B")


def test_a_weak_password_makes_no_administrator(db: None, at: datetime) -> None:
    with pytest.raises(ValidationError):
        create_administrator(email="a@sash.test", name="A", password="short", at=at)
    assert not User.objects.exists()
