"""Secrets at rest: PostgreSQL never sees them, and a key is rotated without downtime."""

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from pytest_django import Settings

from accounts.models import Waba
from core.checks import check_encryption_keys
from tests import cast

pytestmark = pytest.mark.django_db


def stored(waba: Waba) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_token FROM accounts_waba WHERE id = %s", [waba.pk])
        row = cursor.fetchone()
    return str(row[0])


def test_the_database_holds_no_token_in_clear(waba: Waba) -> None:
    assert cast.ACCESS_TOKEN not in stored(waba)
    assert Waba.objects.get().access_token == cast.ACCESS_TOKEN


def test_an_old_key_still_reads_and_a_save_moves_to_the_new_one(
    waba: Waba, settings: Settings
) -> None:
    old, new = settings.ENCRYPTION_KEYS[0], Fernet.generate_key().decode()
    settings.ENCRYPTION_KEYS = [new, old]
    again = Waba.objects.get()
    assert again.access_token == cast.ACCESS_TOKEN
    again.save()
    settings.ENCRYPTION_KEYS = [new]
    assert Waba.objects.get().access_token == cast.ACCESS_TOKEN


def test_a_lost_key_is_named_and_reveals_nothing(waba: Waba, settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(ImproperlyConfigured, match="SASH_ENCRYPTION_KEY") as caught:
        Waba.objects.get()
    assert stored(waba) not in str(caught.value)


@pytest.mark.parametrize(("keys", "expected"), [([], "core.E001"), (["short"], "core.E002")])
def test_a_missing_or_broken_key_is_a_system_check(
    keys: list[str], expected: str, settings: Settings
) -> None:
    settings.ENCRYPTION_KEYS = keys
    assert [message.id for message in check_encryption_keys()] == [expected]
