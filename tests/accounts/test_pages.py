"""Signing in, joining by invitation, preferences: the pages about people."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from accounts.actions.invitations import invite_person
from accounts.demo import PASSWORD
from accounts.models import User

pytestmark = pytest.mark.django_db
GOOD = "a sentence that nobody guesses"


@pytest.fixture
def invited(omar, support):
    _, token = invite_person(
        email="dora@sash.test", by=omar, at=timezone.now(), teams=[support], name="Dora"
    )
    return f"/account/invitations/{token}/"


def test_ana_signs_in_by_mail_and_password(ana):
    ana.set_password(GOOD)
    ana.save()
    client = Client()
    refused = client.post("/account/login/", {"login": ana.email, "password": "wrong"})
    assert refused.status_code == 200
    assert b"errorlist" in refused.content
    answer = client.post("/account/login/", {"login": ana.email, "password": GOOD})
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_somebody_who_left_does_not_get_in(ana):
    ana.set_password(GOOD)
    ana.is_active = False
    ana.save()
    client = Client()
    client.post("/account/login/", {"login": ana.email, "password": GOOD})
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("after", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_signing_in_leads_nowhere_else(ana, after):
    ana.set_password(GOOD)
    ana.save()
    data = {"login": ana.email, "password": GOOD, "next": after}
    answer = Client().post("/account/login/", data)
    assert "evil" not in answer["Location"]


def test_demo_sign_ins_stand_on_a_demo_alone(ana):
    assert PASSWORD not in Client().get("/account/login/").content.decode()
    with override_settings(DEMO=True):
        html = Client().get("/account/login/").content.decode()
    assert "ana@sash.test" in html
    assert PASSWORD in html


def test_nobody_signs_up_by_themselves():
    answer = Client().get("/account/signup/")
    assert b"By invitation" in answer.content
    Client().post("/account/signup/", {"email": "x@example.com", "password1": GOOD})
    assert not User.objects.exists()


def test_an_invitation_opens_the_door_once(invited, support):
    client = Client()
    assert b"dora@sash.test" in client.get(invited).content
    answer = client.post(invited, {"name": "Dora Díaz", "password": GOOD})
    assert answer.status_code == 302
    dora = User.objects.get(email="dora@sash.test")
    assert (dora.name, list(dora.teams.all())) == ("Dora Díaz", [support])
    assert client.session["_auth_user_id"] == str(dora.pk)
    again = Client().post(invited, {"name": "Eve", "password": GOOD})
    assert again.status_code == 410


def test_a_weak_password_does_not_join(invited):
    answer = Client().post(invited, {"name": "Dora", "password": "password"})
    assert answer.status_code == 422
    assert not User.objects.filter(email="dora@sash.test").exists()


def test_the_form_gives_no_role(invited):
    Client().post(invited, {"name": "D", "password": GOOD, "role": "administrator", "is_staff": 1})
    assert User.objects.get(email="dora@sash.test").role == User.Role.AGENT


@pytest.mark.parametrize("token", ["x", "0" * 43])
def test_an_invented_invitation_opens_nothing(db, token):
    assert Client().get(f"/account/invitations/{token}/").status_code == 410


def test_an_old_invitation_opens_nothing(omar):
    _, token = invite_person(email="old@sash.test", by=omar, at=timezone.now() - timedelta(days=8))
    assert Client().get(f"/account/invitations/{token}/").status_code == 410


@pytest.fixture
def browser(ana):
    client = Client()
    client.force_login(ana)
    return client


PREFERENCES = {"name": "Ana S.", "language": "es", "time_zone": "Europe/Madrid", "theme": "dark"}


def test_preferences_are_kept_and_nothing_else_is_taken(browser, ana):
    data = PREFERENCES | {"role": "administrator", "email": "x@y.z", "is_superuser": "1"}
    assert browser.post("/account/preferences/", data).status_code == 302
    ana.refresh_from_db()
    assert (ana.name, ana.language, ana.time_zone) == ("Ana S.", "es", "Europe/Madrid")
    assert (ana.role, ana.email, ana.enter_sends, ana.is_superuser) == (
        "agent",
        "ana@sash.test",
        False,
        False,
    )


@pytest.mark.parametrize(("field", "value"), [("time_zone", "Mars/Base"), ("language", "xx")])
def test_a_preference_that_does_not_exist_is_refused(browser, ana, field, value):
    answer = browser.post("/account/preferences/", PREFERENCES | {field: value})
    assert answer.status_code == 422
    ana.refresh_from_db()
    assert ana.name == "Ana Souza"


@pytest.mark.parametrize(
    "address",
    ["preferences/", "password/change/", "2fa/", "2fa/totp/activate/", "sessions/", "logout/"],
)
def test_every_page_of_ones_own_is_drawn(browser, address):
    answer = browser.get(f"/account/{address}", follow=True)
    assert answer.status_code == 200
    assert b"<h1" in answer.content


@pytest.mark.parametrize("address", ["login/", "password/reset/", "password/reset/done/"])
def test_every_page_before_the_door_is_drawn(db, address):
    answer = Client().get(f"/account/{address}")
    assert answer.status_code == 200
    assert b"entrance__card" in answer.content


def test_a_page_that_is_not_there_is_designed(browser):
    answer = browser.get("/nothing/here/")
    assert answer.status_code == 404
    assert b"There is nothing here" in answer.content


def test_a_form_without_its_token_is_refused_in_words(ana):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ana)
    answer = client.post("/account/preferences/", PREFERENCES)
    assert answer.status_code == 403
    assert b"The page is too old" in answer.content
