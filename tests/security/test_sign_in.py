"""The door for people: what it tells strangers, how often one may guess, and what ends."""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone
from pythonjsonlogger.json import JsonFormatter

from accounts.actions.invitations import invite_person
from accounts.models import Invitation, User
from core.logs import DiscreetHandler

pytestmark = pytest.mark.django_db
GOOD = "a sentence that nobody guesses"
ELSEWHERE = [
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "https:evil.example",
    "///evil.example",
    "\thttps://evil.example",
    "javascript:alert(1)",
    "http://testserver@evil.example/",
]


@pytest.fixture(autouse=True)
def forget_guesses() -> Iterator[None]:
    """Neither earlier guesses here, nor these in whatever test signs in next."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def ana_with_password(ana: User) -> User:
    ana.set_password(GOOD)
    ana.save()
    return ana


def sign_in(client: Client, user: User, password: str = GOOD, **more: str) -> int:
    form = {"login": user.email, "password": password} | more
    return client.post(reverse("account_login"), form).status_code


@pytest.mark.parametrize("after", ELSEWHERE)
def test_signing_in_and_out_leads_nowhere_else(ana_with_password: User, after: str) -> None:
    client = Client()
    form = {"login": ana_with_password.email, "password": GOOD, "next": after}
    assert client.post(reverse("account_login"), form)["Location"] == "/"
    again = client.get(reverse("account_login"), {"next": after})
    assert again["Location"] == "/"
    assert "evil" not in client.post(reverse("account_logout"), {"next": after})["Location"]


def test_who_guesses_is_stopped_though_they_name_other_addresses(ana_with_password: User) -> None:
    for number in range(6):
        Client().post(
            reverse("account_login"),
            {"login": ana_with_password.email, "password": f"guess {number}"},
            headers={"X-Forwarded-For": f"203.0.113.{number}", "X-Real-IP": f"203.0.113.{number}"},
        )
    client = Client()
    assert sign_in(client, ana_with_password) == 200
    assert "_auth_user_id" not in client.session


def test_a_stranger_cannot_tell_who_is_here(ana_with_password: User) -> None:
    answers = []
    for email in (ana_with_password.email, "nobody@sash.test"):
        client = Client()
        login = client.post(reverse("account_login"), {"login": email, "password": "wrong"})
        reset = client.post(reverse("account_reset_password"), {"email": email})
        shown = login.content.decode().replace(email, "")
        answers.append(
            (login.status_code, "errorlist" in shown, reset.status_code, reset["Location"])
        )
    assert answers[0] == answers[1]
    assert [message.to for message in mail.outbox] == [[ana_with_password.email]]


@override_settings(ALLOWED_HOSTS=["*"], BASE_URL="https://sash.example")
def test_no_header_chooses_where_a_reset_leads(ana_with_password: User) -> None:
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    Client().post(
        reverse("account_reset_password"), {"email": ana_with_password.email}, headers=headers
    )
    text = mail.outbox[0].body
    assert "https://sash.example/account/password/reset/key/" in text
    assert "//evil.example" not in text
    path = text.partition("https://sash.example")[2].split()[0]
    assert Client().get(path, follow=True).status_code == 200


def test_a_reset_works_once_and_ends_every_session(ana_with_password: User) -> None:
    old = Client()
    sign_in(old, ana_with_password)
    Client().post(reverse("account_reset_password"), {"email": ana_with_password.email})
    path = next(word for word in mail.outbox[0].body.split() if "/reset/key/" in word)
    path = path[path.index("/account/") :]
    client = Client()
    form = client.get(path)["Location"]
    new = "another sentence that nobody guesses"
    assert client.post(form, {"password1": new, "password2": new}).status_code == 302
    assert old.get("/inbox/mine/").status_code == 302
    again = Client().get(path, follow=True)
    assert b'name="password1"' not in again.content


def test_nobody_signs_up_or_takes_another_address(ana_with_password: User) -> None:
    client = Client()
    sign_in(client, ana_with_password)
    for path in ("email/", "confirm-email/", "confirm-email/Mg:1/", "login/code/confirm/"):
        for method in (client.get, client.post):
            answer = method(f"/account/{path}", {"email": "x@sash.test", "action_add": ""})
            assert answer.status_code == 404, path
    before = User.objects.count()
    Client().post("/account/signup/", {"email": "x@sash.test", "password1": GOOD})
    assert User.objects.count() == before
    assert not EmailAddress.objects.exists()
    assert not mail.outbox


def test_the_second_factor_is_asked_wherever_it_is_on(ana_with_password: User) -> None:
    secret = generate_totp_secret()
    TOTP.activate(ana_with_password, secret)
    client = Client()
    assert sign_in(client, ana_with_password) == 302
    for path in ("/inbox/mine/", "/counts/", "/account/preferences/"):
        assert client.get(path)["Location"].startswith("/account/login/"), path
    for code in ("000000", "", "abcdef", "1" * 500):
        client.post(reverse("mfa_authenticate"), {"code": code})
        assert "_auth_user_id" not in client.session
    assert client.get("/inbox/mine/").status_code == 302


def test_a_reset_does_not_pass_the_second_factor_by(ana_with_password: User) -> None:
    TOTP.activate(ana_with_password, generate_totp_secret())
    Client().post(reverse("account_reset_password"), {"email": ana_with_password.email})
    path = next(word for word in mail.outbox[0].body.split() if "/reset/key/" in word)
    client = Client()
    form = client.get(path[path.index("/account/") :])["Location"]
    new = "another sentence that nobody guesses"
    client.post(form, {"password1": new, "password2": new})
    assert "_auth_user_id" not in client.session
    assert Authenticator.objects.filter(user=ana_with_password).exists()


def test_the_admin_has_no_door_of_its_own(omar: User) -> None:
    omar.set_password(GOOD)
    omar.save()
    TOTP.activate(omar, generate_totp_secret())
    client = Client()
    form = {"username": omar.email, "password": GOOD, "login": omar.email, "next": "/admin/"}
    answer = client.post("/admin/login/", form)
    assert "_auth_user_id" not in client.session
    assert answer.status_code in {302, 403, 404}
    assert client.get("/admin/").status_code == 302


def test_an_invitation_works_once_for_a_week(omar: User) -> None:
    now = timezone.now()
    invitation, token = invite_person(email="dora@sash.test", by=omar, at=now)
    assert len(token) >= 43
    assert token not in str(Invitation.objects.values_list())
    url = reverse("accept_invitation", args=[token])
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=now - timedelta(seconds=1))
    assert Client().get(url).status_code == 410
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=now + timedelta(days=1))
    form = {"name": "Dora", "password": GOOD}
    assert Client().post(url, form).status_code == 302
    assert Client().post(url, form).status_code == 410
    for guess in ("x", token[:-1], token + "x", "%00", "9" * 3000):
        assert Client().get(f"/account/invitations/{guess}/").status_code == 410, guess


@pytest.mark.parametrize("form", ["json", "line"])
def test_addresses_that_are_secrets_are_not_logged(
    omar: User, ana_with_password: User, form: str
) -> None:
    """Whoever reads the logs must not be able to join, or to be Ana."""
    _, token = invite_person(email="dora@sash.test", by=omar, at=timezone.now())
    Client().post(reverse("account_reset_password"), {"email": ana_with_password.email})
    path = next(word for word in mail.outbox[-1].body.split() if "/reset/key/" in word)
    key = path.rstrip("/").rpartition("-")[2]
    url = reverse("accept_invitation", args=[token])
    with logged(form) as lines:
        Client().get(url)
        Client().post(url, {"name": "Dora", "password": "short"})
        Client().get(path[path.index("/account/") :])
    assert lines.getvalue().count("/account/invitations/...") >= 3
    assert "/account/password/reset/key/.../" in lines.getvalue()
    assert token not in lines.getvalue()
    assert key not in lines.getvalue()


@contextmanager
def logged(form: str) -> Iterator[io.StringIO]:
    """Everything that an installation writes to its log, in one of its two forms."""
    handler = logging.getLogger("django").handlers[0]
    assert isinstance(handler, DiscreetHandler)
    lines, formatter = io.StringIO(), handler.formatter
    loggers = [logging.getLogger(name) for name in ("django", "sash")]
    levels = [logger.level for logger in loggers]
    stream = handler.setStream(lines)
    if form == "json":
        handler.setFormatter(JsonFormatter("%(message)s"))
    for logger in loggers:
        logger.setLevel(logging.INFO)
    try:
        yield lines
    finally:
        handler.setFormatter(formatter)
        handler.setStream(stream or sys.stderr)
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


@override_settings(DEMO=False)
def test_the_demos_people_are_nowhere_but_in_a_demo(ana_with_password: User) -> None:
    with pytest.raises(CommandError, match="SASH_DEMO=1"):
        call_command("seed_demo")
    page = Client().get(reverse("account_login")).content
    assert b"demo" not in page.lower()
    assert ana_with_password.email.encode() not in page
