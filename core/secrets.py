"""Secrets at rest: a text field that PostgreSQL only ever sees encrypted.

SASH_ENCRYPTION_KEY holds one or more Fernet keys, newest first: the first encrypts and all
decrypt, so a key is rotated by putting a new one in front and saving the rows again.
"""

from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models


class EncryptedTextField(models.TextField[str, str]):
    """Text that is encrypted on the way in and decrypted on the way out. Not searchable."""

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return cipher().encrypt(value.encode()).decode() if value else value

    def from_db_value(self, value: str | None, expression: object, connection: object) -> str:
        if not value:
            return ""
        try:
            return cipher().decrypt(value.encode()).decode()
        except InvalidToken:
            raise ImproperlyConfigured(
                "A stored secret cannot be read with SASH_ENCRYPTION_KEY. Put back the key that "
                "it was written with (several may be given, newest first)."
            ) from None


def cipher() -> MultiFernet:
    """The cipher of the configured keys."""
    return _cipher(tuple(settings.ENCRYPTION_KEYS))


@lru_cache(maxsize=4)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    if not keys:
        raise ImproperlyConfigured("SASH_ENCRYPTION_KEY is not set; `make run` makes one.")
    return MultiFernet([Fernet(key) for key in keys])
