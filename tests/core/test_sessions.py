"""Whoever is signed in stays so while Valkey is away."""

from __future__ import annotations

import pytest
from django.core.cache.backends.redis import RedisCache
from redis import RedisError

from accounts.models import User
from core.sessions import SessionStore

pytestmark = pytest.mark.django_db


def without_cache(session_key: str | None = None) -> SessionStore:
    """A store whose cache is at a port where nobody listens."""
    store = SessionStore(session_key)
    store._cache = RedisCache("redis://127.0.0.1:1", {})
    return store


def test_a_session_is_read_from_its_row_while_the_cache_is_away(ana: User) -> None:
    signed_in = SessionStore()
    signed_in["who"] = ana.pk
    signed_in.create()

    assert without_cache(signed_in.session_key)["who"] == ana.pk


def test_signing_in_works_while_the_cache_is_away(ana: User) -> None:
    store = without_cache()
    store["who"] = ana.pk
    store.create()

    assert SessionStore(store.session_key)["who"] == ana.pk


def test_signing_out_without_the_cache_says_that_it_failed(ana: User) -> None:
    """The cache may come back with the session in it."""
    store = without_cache()
    store["who"] = ana.pk
    store.create()

    with pytest.raises(RedisError):
        store.delete()
