"""A form of another site changes nothing: every address that changes something asks a token."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import resolve, reverse

from tests.security.conftest import World
from tests.security.test_authorisation import TABLE, arguments, body, url_of

pytestmark = pytest.mark.django_db
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
CHANGING = sorted(name for name, methods in TABLE.items() if set(methods) & set(UNSAFE))


@pytest.mark.parametrize("name", CHANGING)
def test_without_its_token_nothing_is_changed(name: str, world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.people["omar"])
    for method in set(TABLE[name]) & set(UNSAFE):
        for headers in ({}, {"HX-Request": "true"}, {"X-CSRFToken": "x" * 64}):
            answer = client.generic(
                method, url_of(name, world), headers={**headers, "Origin": "https://evil.example"}
            )
            assert answer.status_code == 403, (method, headers)


@pytest.mark.parametrize("name", sorted(TABLE))
def test_no_address_is_exempt(name: str, world: World) -> None:
    view = resolve(url_of(name, world)).func
    assert not getattr(view, "csrf_exempt", False)


def test_with_its_token_it_is(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.people["ana"])
    page = client.get(reverse("inbox", args=["mine"]))
    token = page.context["csrf_token"]
    url = reverse("snooze", kwargs=arguments("snooze", world))
    answer = client.post(url, body("snooze", "POST", world), headers={"X-CSRFToken": str(token)})
    assert answer.status_code == 302


def test_the_admin_asks_too(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.people["omar"])
    for url in (
        "/admin/accounts/user/add/",
        f"/admin/accounts/user/{world.people['ana'].pk}/change/",
        "/admin/accounts/whatsappapp/add/",
        "/admin/inbox/label/",
        "/admin/logout/",
    ):
        assert client.post(url, {"role": "administrator"}).status_code == 403, url


def test_webhooks_do_not_exist_among_pages(world: World) -> None:
    """They have their own door in front of Django, signed instead."""
    answer = Client(enforce_csrf_checks=True).post("/webhooks/whatsapp/", {})
    assert answer.status_code in {403, 404}
