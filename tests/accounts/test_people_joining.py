"""Invitations: sent once, valid for a week, used once."""

import re
import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from accounts.actions import (
    AlreadyAMember,
    InvitationNotValid,
    accept_invitation,
    deactivate_person,
    find_invitation,
    invite_person,
    withdraw_invitation,
)
from accounts.models import Invitation, Membership, Team, User

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery staple"


def test_an_invited_person_joins_with_the_role_and_teams_of_the_invitation(
    omar: User,
    sales: Team,
    at: datetime,
    mailoutbox: list[Any],
    settings: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:
    settings.BASE_URL = "https://sash.example"
    with django_capture_on_commit_callbacks(execute=True):
        _, token = invite_person(
            email="Nina@Sash.test", role=User.Role.SUPERVISOR, teams=[sales], by=omar, at=at
        )
        assert mailoutbox == [], "not before it is committed"
    [mail] = mailoutbox
    assert mail.to == ["nina@sash.test"]
    link = re.search(r"https://sash\.example/\S+", mail.body)
    assert link
    assert token in link[0]
    assert token not in str(Invitation.objects.values()), "only its digest is stored"
    nina = accept_invitation(token=token, name="Nina Berg", password=PASSWORD, at=at)
    assert (nina.name, nina.role, nina.is_active) == ("Nina Berg", "supervisor", True)
    assert nina.check_password(PASSWORD)
    assert [row.team for row in Membership.objects.filter(user=nina)] == [sales]


@pytest.mark.parametrize("token", ["", "x", "None", "a" * 64, "\0"])
def test_a_guessed_secret_opens_nothing(token: str, omar: User, at: datetime) -> None:
    invite_person(email="nina@sash.test", by=omar, at=at)
    with pytest.raises(InvitationNotValid):
        find_invitation(token=token, at=at)


def test_an_invitation_works_once_and_for_a_week(omar: User, at: datetime) -> None:
    _, token = invite_person(email="nina@sash.test", by=omar, at=at)
    week = timedelta(days=7)
    assert find_invitation(token=token, at=at + week - timedelta(seconds=1))
    with pytest.raises(InvitationNotValid):
        accept_invitation(token=token, name="Nina", password=PASSWORD, at=at + week)
    accept_invitation(token=token, name="Nina", password=PASSWORD, at=at)
    with pytest.raises(InvitationNotValid):
        accept_invitation(token=token, name="Eve", password=PASSWORD, at=at)
    assert User.objects.get(email="nina@sash.test").name == "Nina"


def test_a_second_invitation_or_a_withdrawal_voids_the_first(omar: User, at: datetime) -> None:
    _, first = invite_person(email="nina@sash.test", by=omar, at=at)
    second, token = invite_person(email="NINA@sash.test", by=omar, at=at)
    with pytest.raises(InvitationNotValid):
        find_invitation(token=first, at=at)
    withdraw_invitation(invitation=second, by=omar, at=at)
    with pytest.raises(InvitationNotValid):
        find_invitation(token=token, at=at)


def test_who_is_in_is_not_invited(omar: User, ana: User, at: datetime) -> None:
    with pytest.raises(AlreadyAMember):
        invite_person(email="ANA@sash.test", by=omar, at=at)


def test_a_weak_password_leaves_the_invitation_open(omar: User, at: datetime) -> None:
    _, token = invite_person(email="nina@sash.test", by=omar, at=at)
    with pytest.raises(ValidationError):
        accept_invitation(token=token, name="Nina", password="12345678", at=at)
    assert find_invitation(token=token, at=at)
    assert not User.objects.filter(email="nina@sash.test").exists()


def test_a_leaver_who_is_asked_back_has_only_the_new_teams(
    omar: User, ana: User, sales: Team, at: datetime
) -> None:
    deactivate_person(user=ana, by=omar, at=at)
    _, token = invite_person(email=ana.email, teams=[sales], by=omar, at=at)
    back = accept_invitation(token=token, name="", password=PASSWORD, at=at)
    assert back == ana
    assert [row.team for row in Membership.objects.filter(user=ana)] == [sales]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_use_an_invitation_at_once_one_joins(omar: User, at: datetime) -> None:
    _, token = invite_person(email="nina@sash.test", by=omar, at=at)
    together = threading.Barrier(2)
    results: list[str] = []

    def join(name: str) -> None:
        try:
            together.wait(timeout=10)
            accept_invitation(token=token, name=name, password=PASSWORD, at=at)
            results.append("joined")
        except InvitationNotValid:
            results.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=join, args=(name,)) for name in ("Nina", "Eve")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert sorted(results) == ["joined", "refused"]
