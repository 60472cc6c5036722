"""What follows when Meta says something else of a number: an event, pushes, mails.

Called inside the transaction of the change; pushes and mails leave when it is committed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import AccountEvent, PhoneNumber
from accounts.notices import tell_administrators
from core.live import EVERYONE, publish

WATCHED = (
    *("status", "quality_rating", "messaging_limit", "throughput"),
    *("verified_name", "name_status", "webhook_url"),
)
MAILED = {"status", "quality_rating", "messaging_limit", "name_status"}
State = Mapping[str, str]


def state_of(number: PhoneNumber) -> State:
    """What is watched of a number, to be compared later."""
    return {name: str(getattr(number, name)) for name in WATCHED}


def announce(number: PhoneNumber, was: State, *, at: datetime, is_recorded: bool = False) -> None:
    """Tell of everything that is another now. is_recorded: a webhook's event tells it already."""
    now = state_of(number)
    changed = [name for name in WATCHED if now[name] != was[name]]
    if not changed:
        return
    for name in changed if not is_recorded else ():
        _record(number, name, was[name], now[name], at)
    publish("numbers.changed", to={EVERYONE})
    for name in changed:
        if name in MAILED:
            tell_administrators(
                lambda name=name: compose(number, name, was[name], now[name]),  # type: ignore[misc]
                at=at,
                path="/numbers/",
            )


def _record(number: PhoneNumber, name: str, was: str, now: str, at: datetime) -> None:
    text = f"{number.pk}:{name}:{was}:{now}:{at.isoformat()}"
    AccountEvent.objects.get_or_create(
        digest=hashlib.sha256(text.encode()).hexdigest(),
        defaults={
            "waba": number.waba,
            "number": number,
            "field": "synchronisation",
            "kind": name,
            "summary": f"{was or '–'} → {now or '–'}"[:300],
            "data": {"was": was, "now": now},
            "at": at,
        },
    )


def compose(number: PhoneNumber, name: str, was: str, now: str) -> tuple[str, str]:
    """Subject and text, in the language that is switched on."""
    told = {
        "status": _("The number %(number)s is %(now)s now"),
        "quality_rating": _("The quality of %(number)s is %(now)s now"),
        "messaging_limit": _("The messaging limit of %(number)s is %(now)s now"),
        "name_status": _("The display name of %(number)s is %(now)s now"),
    }[name]
    subject = told % {"number": number.display_phone_number, "now": now or _("unknown")}
    before = _("Before: %(was)s.") % {"was": was or _("unknown")}
    return subject, f"{subject} ({number.waba}). {before}"
