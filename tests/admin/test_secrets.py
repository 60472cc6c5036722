"""Secrets go into the admin and never come out of it."""

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from accounts.models import Channel, PhoneNumber, Waba, WhatsAppApp
from tests import cast

CANARIES = [cast.APP_SECRET, cast.VERIFY_TOKEN, cast.ACCESS_TOKEN, "previous-canary", "424242"]


@pytest.fixture
def secretive(whatsapp_app: WhatsAppApp, waba: Waba, channel: Channel) -> WhatsAppApp:
    whatsapp_app.previous_app_secret = "previous-canary"
    whatsapp_app.save()
    PhoneNumber.objects.update(pin="")
    number = PhoneNumber.objects.get()
    number.pin = "424242"
    number.save()
    return whatsapp_app


def test_no_page_shows_a_stored_secret(office: Client, secretive: WhatsAppApp) -> None:
    for model in ("whatsappapp", "waba", "phonenumber", "channel"):
        base = f"admin:accounts_{model}"
        pk = {"whatsappapp": secretive.pk}.get(model) or _pk(model)
        for url in (
            reverse(f"{base}_changelist"),
            reverse(f"{base}_change", args=[pk]),
            reverse(f"{base}_history", args=[pk]),
            reverse(f"{base}_delete", args=[pk]),
        ):
            page = office.get(url).content.decode()
            assert not [canary for canary in CANARIES if canary in page], url


def test_a_form_that_comes_back_with_errors_does_not_repeat_the_secret(
    office: Client, secretive: WhatsAppApp
) -> None:
    url = reverse("admin:accounts_whatsappapp_change", args=[secretive.pk])
    page = office.post(url, {"name": "", "app_id": "1", "app_secret": "typed-canary"})
    assert page.status_code == 200
    assert "typed-canary" not in page.content.decode()


def test_a_secret_is_kept_unless_something_is_typed(
    office: Client, secretive: WhatsAppApp
) -> None:
    url = reverse("admin:accounts_whatsappapp_change", args=[secretive.pk])
    form = {"name": "Renamed", "app_id": secretive.app_id, "is_active": "on"}
    assert office.post(url, {**form, "app_secret": "", "verify_token": ""}).status_code == 302
    secretive.refresh_from_db()
    assert (secretive.name, secretive.app_secret) == ("Renamed", cast.APP_SECRET)
    assert LogEntry.objects.latest("pk").get_change_message() == "Changed Name."
    office.post(url, {**form, "app_secret": "typed-anew", "verify_token": ""})
    secretive.refresh_from_db()
    assert (secretive.app_secret, secretive.verify_token) == ("typed-anew", cast.VERIFY_TOKEN)
    history = LogEntry.objects.latest("pk").change_message
    assert "App secret" in history
    assert "typed-anew" not in history


def test_a_new_app_needs_its_secrets(office: Client) -> None:
    page = office.post(reverse("admin:accounts_whatsappapp_add"), {"name": "A", "app_id": "1"})
    errors = page.context["adminform"].form.errors
    assert set(errors) == {"app_secret", "verify_token"}


def test_secrets_are_not_searched_for(office: Client, secretive: WhatsAppApp) -> None:
    page = office.get(reverse("admin:accounts_whatsappapp_changelist"), {"q": cast.APP_SECRET})
    assert list(page.context["cl"].result_list) == []


def _pk(model: str) -> int:
    kinds = {"waba": Waba, "phonenumber": PhoneNumber, "channel": Channel}
    return int(kinds[model].objects.get().pk)
