"""A number whose token Meta refuses is paused, so that nothing is wasted, and woken again."""

import hashlib
from datetime import datetime

from django.db import transaction

from accounts.models import AccountEvent, PhoneNumber


@transaction.atomic
def pause_number(*, number: PhoneNumber, reason: str, at: datetime) -> bool:
    """Send nothing from it until its token works again. Gives whether that is news."""
    rows = PhoneNumber.objects.filter(pk=number.pk, is_paused=False)
    if not rows.update(is_paused=True):
        return False
    _record(number, "paused", f"Sending is paused: {reason}", at)
    return True


@transaction.atomic
def resume_number(*, number: PhoneNumber, at: datetime) -> bool:
    """Its token works: send again. Gives whether it had been paused."""
    rows = PhoneNumber.objects.filter(pk=number.pk, is_paused=True)
    if not rows.update(is_paused=False):
        return False
    _record(number, "resumed", "The token works again; sending goes on.", at)
    return True


def _record(number: PhoneNumber, kind: str, summary: str, at: datetime) -> None:
    digest = hashlib.sha256(f"{kind}:{number.pk}:{at.isoformat()}".encode()).hexdigest()
    AccountEvent.objects.create(
        waba=number.waba,
        number=number,
        field="sending",
        kind=kind,
        summary=summary[:300],
        at=at,
        digest=digest,
    )
