"""What every answer carries, whatever it is: a page, a part, an error, a file, the admin."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import reverse

from tests.security.conftest import World
from tests.security.test_authorisation import TABLE, ask

pytestmark = pytest.mark.django_db
INLINE = re.compile(
    r"<script(?![^>]*\b(?:src|type=\"application/json\"))|<style|\sstyle=|\son\w+="
)


def check(answer: HttpResponse, where: str) -> None:
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy, where
    assert "unsafe" not in policy, where
    assert "frame-ancestors 'none'" in policy, where
    assert answer["X-Content-Type-Options"] == "nosniff", where
    assert answer["X-Frame-Options"] == "DENY", where
    assert answer["Referrer-Policy"] == "same-origin", where
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin", where
    assert "Access-Control-Allow-Origin" not in answer.headers, where
    assert answer["Cache-Control"] in {"no-store", "private, no-cache"} or (
        "no-store" in answer["Cache-Control"]
    ), where


@pytest.mark.parametrize("who", ["nobody", "cleo", "omar"])
def test_every_answer_is_locked_in(world: World, who: str) -> None:
    for name, methods in TABLE.items():
        for method in [*methods, "PUT"]:
            answer = ask(world.client(who), method, name, world)
            check(answer, f"{method} {name}")
            if "html" in answer.get("Content-Type", "") and not answer.streaming:
                inline = INLINE.search(answer.content.decode())
                assert inline is None, f"{method} {name}: {inline}"


@pytest.mark.parametrize("url", ["/nothing/", "/inbox/nonsense/", "/media/x/", "/static/no.js"])
def test_so_is_what_is_not_there(world: World, url: str) -> None:
    for who in ("nobody", "ana"):
        answer = world.client(who).get(url)
        assert answer.status_code in {302, 404}
        check(answer, url)


def test_so_are_failures(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("quetzal")

    monkeypatch.setattr("inbox.views.search.find", fail)
    client = world.client("ana")
    client.raise_request_exception = False
    answer = client.get(reverse("search"), {"q": "words"})
    assert answer.status_code == 500
    assert b"quetzal" not in answer.content
    check(answer, "500")
    refused = Client(enforce_csrf_checks=True).post(reverse("account_login"))
    assert refused.status_code == 403
    check(refused, "csrf")
    check(client.get("/", headers={"Host": "evil.example"}), "400")


def test_the_admins_policy_is_the_admins_alone(world: World) -> None:
    for who in ("nobody", "ana", "omar"):
        answer = world.client(who).get("/admin/")
        assert "script-src 'self' 'unsafe-eval'" in answer["Content-Security-Policy"]
        assert "default-src 'none'" in answer["Content-Security-Policy"]
    for url in ("/admin", "/administrator/", "/account/login/?next=/admin/", "//admin/"):
        answer = world.client("omar").get(url)
        assert "unsafe" not in answer["Content-Security-Policy"], url


def test_cookies_are_for_the_server_alone(world: World) -> None:
    ana, client = world.people["ana"], Client()
    ana.set_password("a sentence that nobody guesses")
    ana.save()
    client.get(reverse("account_login"))
    form = {"login": ana.email, "password": "a sentence that nobody guesses"}
    assert client.post(reverse("account_login"), form).status_code == 302
    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME):
        cookie = client.cookies[name]
        assert (cookie["samesite"], cookie["httponly"]) == ("Lax", True), name


@override_settings(SECURE_SSL_REDIRECT=True, SECURE_HSTS_SECONDS=60)
def test_a_page_is_not_served_without_https(world: World) -> None:
    answer = world.client("ana").get("/inbox/mine/")
    assert answer.status_code == 301
    assert answer["Location"].startswith("https://")
