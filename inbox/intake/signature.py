"""Whose webhook it is: the apps' secrets, decrypted once in a few seconds, and the comparison."""

import asyncio
import hashlib
import hmac
import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from accounts.models import WhatsAppApp

FRESH = 5.0
# After a signature that fits no secret they are read again, since one may just have been
# rotated; but not for every forged request of a flood.
RETRY = 1.0
log = logging.getLogger("sash.intake")
HEADER = b"x-hub-signature-256"
PREFIX = b"sha256="


class KeysUnknown(Exception):
    """The database has been away since this process began."""


@dataclass(frozen=True, slots=True)
class AppKeys:
    """What one app signs and verifies with."""

    app_id: int
    secrets: tuple[bytes, ...]
    verify_token: bytes


class KeyRing:
    """The keys of every active app. Safe to share within one event loop."""

    def __init__(self) -> None:
        self._keys: list[AppKeys] | None = None
        self._tried_at = float("-inf")
        self._reading: asyncio.Task[None] | None = None

    async def owner_of(self, body: bytes, header: bytes) -> int | None:
        """The id of the app that signed the body; None when nobody of ours did."""
        owner = find_owner(await self.keys(FRESH), body, header)
        if owner is None and is_signature(header):
            owner = find_owner(await self.keys(RETRY), body, header)
        return owner

    async def knows_token(self, token: bytes) -> bool:
        """Is this the verify token of an active app?"""
        keys = await self.keys(RETRY)
        same = [hmac.compare_digest(each.verify_token, token) for each in keys]
        return bool(token) and any(same)

    async def keys(self, max_age: float) -> list[AppKeys]:
        """The keys, read again when they are older than so many seconds.

        Up to FRESH nobody waits for that: the known ones serve meanwhile, also while the
        database is away. Raises KeysUnknown when they were never read.
        """
        if time.monotonic() - self._tried_at > max_age:
            if self._reading is None or self._reading.done():
                self._reading = asyncio.create_task(self._read())
            if self._keys is None or max_age < FRESH:
                await asyncio.shield(self._reading)
        if self._keys is None:
            raise KeysUnknown
        return self._keys

    async def _read(self) -> None:
        try:
            self._keys = await asyncio.to_thread(read_keys)
        except Exception as error:
            log.warning("the apps' keys cannot be read: %s", error)
        self._tried_at = time.monotonic()


def find_owner(keys: Iterable[AppKeys], body: bytes, header: bytes) -> int | None:
    """Compare with every secret, always all of them, each in constant time."""
    owner = None
    for each in keys:
        for secret in each.secrets:
            expected = PREFIX + hmac.new(secret, body, hashlib.sha256).hexdigest().encode()
            if hmac.compare_digest(expected, header):
                owner = each.app_id
    return owner


def is_signature(header: bytes) -> bool:
    """sha256= and 64 more characters."""
    return header.startswith(PREFIX) and len(header) == len(PREFIX) + 64


def read_keys() -> list[AppKeys]:
    """The keys as they are stored now. Runs in a thread."""
    try:
        return [
            AppKeys(
                app.pk,
                tuple(
                    secret.encode()
                    for secret in (app.app_secret, app.previous_app_secret)
                    if secret
                ),
                app.verify_token.encode(),
            )
            for app in WhatsAppApp.objects.filter(is_active=True).order_by("pk")
        ]
    finally:
        connection.close()
