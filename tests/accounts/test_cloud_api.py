"""Management calls against the simulator as a process of its own."""

from __future__ import annotations

from datetime import datetime

import pytest

from accounts import cloud_api
from accounts.actions.numbers import pause_number
from accounts.cloud_api import CloudApiError
from accounts.models import AccountEvent, BusinessProfile, PhoneNumber, Waba
from accounts.synchronising import check_connection, sync_numbers_of
from accounts.tasks import sync_numbers
from templates_app.models import MessageTemplate
from templates_app.sync import sync_templates
from templates_app.tasks import sync_all
from tests import cast
from tests.inbox.sending.processes import Platform

pytestmark = pytest.mark.django_db


def test_numbers_and_their_profiles_are_read(platform: Platform, waba: Waba, at: datetime) -> None:
    assert sync_numbers_of(waba, at) == 2

    number = PhoneNumber.objects.get(phone_number_id=cast.PHONE_NUMBER_ID)
    assert (number.verified_name, number.quality_rating) == ("Lucky Shrub", "GREEN")
    assert (number.status, number.name_status, number.synced_at) == ("CONNECTED", "APPROVED", at)
    assert BusinessProfile.objects.filter(synced_at=at).count() == 2
    other = PhoneNumber.objects.exclude(pk=number.pk).get()
    assert not hasattr(other, "channel"), "an administrator gives it a channel"


def test_a_profile_is_written_and_read_back(platform: Platform, number: PhoneNumber) -> None:
    cloud_api.write_profile(number, {"about": "Plants and more", "email": "hi@shrub.example"})
    profile = cloud_api.read_profile(number)
    assert (profile["about"], profile["email"]) == ("Plants and more", "hi@shrub.example")


def test_templates_of_every_language_and_page_are_copied(
    platform: Platform, waba: Waba, at: datetime
) -> None:
    everything = platform.ask("GET", "/_sim/state")["templates"]
    result = sync_templates(waba, at)
    assert result.created == len(everything) > 3
    assert MessageTemplate.objects.filter(status="APPROVED").exists()


def test_pages_are_followed_by_their_cursor(
    platform: Platform, waba: Waba, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = cloud_api.read_templates(waba)
    original = cloud_api._read

    def two_at_a_time(waba: Waba, path: str, query: dict[str, str]) -> dict[str, object]:
        return original(waba, path, {**query, "limit": "2"})

    monkeypatch.setattr(cloud_api, "_read", two_at_a_time)
    assert [row["id"] for row in cloud_api.read_templates(waba)] == [row["id"] for row in whole]


def test_a_good_connection_is_told_in_words(platform: Platform, number: PhoneNumber) -> None:
    result = cloud_api.test_connection(number)
    assert result.is_ok, result
    assert [finding.name for finding in result.findings] == [
        "Access token", "Number", "Sending", "Webhooks",
    ]  # fmt: skip


def test_a_missing_subscription_is_named(platform: Platform, number: PhoneNumber) -> None:
    number.waba.app.app_id = "1"
    last = cloud_api.test_connection(number).findings[-1]
    assert (last.name, last.is_ok) == ("Webhooks", False)
    assert "not subscribed" in last.words


def test_a_bad_token_is_named_and_never_shown(platform: Platform, number: PhoneNumber) -> None:
    waba = number.waba
    waba.access_token = "a-wrong-secret-token"
    waba.save()
    result = cloud_api.test_connection(number)
    assert [(f.name, f.is_ok) for f in result.findings] == [("Access token", False)]
    assert "a-wrong-secret-token" not in str(result)


def test_an_unknown_number_is_named(platform: Platform, number: PhoneNumber) -> None:
    number.phone_number_id = "1"
    assert cloud_api.test_connection(number).findings[0].name == "Number"


def test_a_closed_port_is_told_in_words(number: PhoneNumber, settings: object) -> None:
    settings.WHATSAPP_GRAPH_URL = "http://127.0.0.1:9"  # type: ignore[attr-defined]
    result = cloud_api.test_connection(number)
    assert not result.is_ok
    assert "could not be reached" in result.findings[0].words


def test_a_server_that_never_answers_ends_within_the_time_limit(
    platform: Platform, number: PhoneNumber, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform.ask("POST", "/_sim/faults", {"kind": "hang", "call": "*"})
    monkeypatch.setattr(cloud_api, "SECONDS", 0.3)
    with pytest.raises(CloudApiError, match="could not be reached"):
        cloud_api.read_number(number)


def test_a_working_token_wakes_a_paused_number(
    platform: Platform, number: PhoneNumber, at: datetime
) -> None:
    assert pause_number(number=number, reason="token expired", at=at)
    assert not pause_number(number=number, reason="token expired", at=at), "once"

    assert check_connection(number, at).is_ok

    number.refresh_from_db()
    assert not number.is_paused
    assert list(AccountEvent.objects.order_by("pk").values_list("kind", flat=True)) == [
        "paused", "resumed",
    ]  # fmt: skip


def test_a_refused_token_pauses_the_accounts_numbers(
    platform: Platform, number: PhoneNumber, at: datetime
) -> None:
    platform.ask("PATCH", "/_sim/settings", {"token_expired": True})
    with pytest.raises(CloudApiError):
        sync_numbers_of(number.waba, at)
    number.refresh_from_db()
    assert number.is_paused


def test_one_account_that_fails_does_not_stop_the_others(
    platform: Platform, number: PhoneNumber
) -> None:
    waba = number.waba
    Waba.objects.create(waba_id="404", name="Gone", app=waba.app, access_token="no")
    sync_numbers()
    sync_all()
    number.refresh_from_db()
    assert number.synced_at is not None
    assert MessageTemplate.objects.exists()
