"""System checks that tell an operator what is missing, with a hint to mend it."""

from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register


@register(Tags.security)
def check_encryption_keys(**_: Any) -> list[CheckMessage]:
    """core.E001: no key, core.E002: a key that Fernet does not accept."""
    hint = (
        'Make one with: python -c "from cryptography.fernet import Fernet; '
        'print(Fernet.generate_key().decode())"'
    )
    if not settings.ENCRYPTION_KEYS:
        return [Error("SASH_ENCRYPTION_KEY is not set.", hint=hint, id="core.E001")]
    try:
        for key in settings.ENCRYPTION_KEYS:
            Fernet(key)
    except ValueError:
        return [Error("SASH_ENCRYPTION_KEY is not a Fernet key.", hint=hint, id="core.E002")]
    return []


@register(Tags.security, deploy=True)
def check_mail(**_: Any) -> list[CheckMessage]:
    """core.W001: mail that only reaches the terminal."""
    if settings.EMAIL_BACKEND.endswith("console.EmailBackend"):
        return [
            Warning(
                "Mail is printed in the terminal, so invitations and resets reach nobody.",
                hint="Set SASH_EMAIL_BACKEND and SASH_EMAIL_HOST; see docs/deploy.md.",
                id="core.W001",
            )
        ]
    return []
