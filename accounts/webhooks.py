"""What Meta's webhooks say of numbers and accounts: every one kept, the newest one believed.

Fields and values: Meta, "Webhooks reference", the pages phone_number_*, account_*, security
and business_capability_update.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.text import Truncator

from accounts.changes import announce, state_of
from accounts.models import AccountEvent, PhoneNumber, Waba

# What a summary is made of, the most telling first.
TELLING = (
    "event",
    "decision",
    "status",
    "type",
    "kind",
    "reason",
    "requested_verified_name",
    "alert_type",
    "username",
    "current_limit",
    "max_daily_conversations_per_business",
    "title",
)


def apply_account_update(
    *, field: str, entry_id: str, value: dict[str, Any], at: datetime, stamp: str, kind: str = ""
) -> AccountEvent | None:
    """Keep one change and, unless a newer one is known, believe it. None: it came before.

    entry_id: the webhook's own id. stamp: the webhook's time as it came, so that a repeated
    delivery is known again. kind: overrides what the value calls itself.
    """
    event = record_event(
        field=field, entry_id=entry_id, value=value, at=at, stamp=stamp, kind=kind
    )
    if event is None:
        return None
    apply = FIELDS.get(field)
    if apply is not None and not has_newer(event):
        was = state_of(event.number) if event.number else None
        apply(event)
        if event.number and was is not None:
            announce(event.number, was, at=at, is_recorded=True)
    return event


def record_event(
    *, field: str, entry_id: str, value: dict[str, Any], at: datetime, stamp: str, kind: str = ""
) -> AccountEvent | None:
    """Keep one change as it came, tied to its WABA and number where we know them."""
    text = json.dumps([field, entry_id, stamp, value], sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()
    if AccountEvent.objects.filter(digest=digest).exists():
        return None
    number = find_number(value)
    return AccountEvent.objects.create(
        waba=number.waba if number else find_waba(entry_id, value),
        number=number,
        field=field[:60],
        kind=(kind or _told(value, "event") or _told(value, "type"))[:80],
        summary=summarise(value),
        data=value,
        at=at,
        digest=digest,
    )


def find_waba(entry_id: str, value: dict[str, Any]) -> Waba | None:
    """The WABA of a change; in those about partners the entry is the business instead."""
    about = value.get("waba_info")
    named = str(about.get("waba_id", "")) if isinstance(about, dict) else ""
    ids = [named, entry_id] if named else [entry_id]
    found = {row.waba_id: row for row in Waba.objects.filter(waba_id__in=ids)}
    return next((found[pk] for pk in ids if pk in found), None)


def find_number(value: dict[str, Any]) -> PhoneNumber | None:
    """The number that a change speaks of, by its id or by its digits."""
    for holder in (value, value.get("metadata"), value.get("phone_number_settings")):
        if isinstance(holder, dict) and holder.get("phone_number_id"):
            pk = str(holder["phone_number_id"])
            return PhoneNumber.objects.filter(phone_number_id=pk).select_related("waba").first()
    digits = _digits(value.get("display_phone_number"))
    if not digits:
        return None
    numbers = PhoneNumber.objects.select_related("waba")
    return next((row for row in numbers if _digits(row.display_phone_number) == digits), None)


def summarise(value: dict[str, Any]) -> str:
    """One line for the list in the admin."""
    parts = [value, *(part for part in value.values() if isinstance(part, dict))]
    words = [_told(part, name) for name in TELLING for part in parts]
    return Truncator(", ".join(dict.fromkeys(filter(None, words)))).chars(300)


def has_newer(event: AccountEvent) -> bool:
    """Is a later change of the same field known of the same number or WABA?"""
    rows = AccountEvent.objects.filter(field=event.field, at__gt=event.at)
    return rows.filter(number=event.number, waba=event.waba).exists()


def _digits(value: Any) -> str:
    return "".join(char for char in str(value or "") if char.isdecimal())


def _told(value: dict[str, Any], name: str) -> str:
    told = value.get(name)
    return str(told) if isinstance(told, str | int) and not isinstance(told, bool) else ""


def _quality(event: AccountEvent) -> None:
    """Throughput, and the limit under each of the names that it has had."""
    number, value = event.number, event.data
    if number is None:
        return
    limit = _told(value, "max_daily_conversations_per_business") or _told(value, "current_limit")
    if limit:
        number.messaging_limit = limit[:30]
    if value.get("event") == "THROUGHPUT_UPGRADE":
        number.throughput = "HIGH"
    if value.get("event") in {"FLAGGED", "UNFLAGGED"}:
        number.status = "FLAGGED" if value["event"] == "FLAGGED" else "CONNECTED"
    number.save(update_fields=["messaging_limit", "throughput", "status"])


def _name(event: AccountEvent) -> None:
    number, value = event.number, event.data
    if number is None:
        return
    number.name_status = _told(value, "decision")[:40]
    if value.get("decision") == "APPROVED" and _told(value, "requested_verified_name"):
        number.verified_name = _told(value, "requested_verified_name")[:120]
    number.save(update_fields=["name_status", "verified_name"])


def _capability(event: AccountEvent) -> None:
    waba, value = event.waba, event.data
    if waba is None:
        return
    if limit := _told(value, "max_daily_conversations_per_business"):
        waba.messaging_limit = limit[:30]
    most = value.get("max_phone_numbers_per_waba")
    if isinstance(most, int) and 0 <= most < 2**31:
        waba.max_phone_numbers = most
    waba.save(update_fields=["messaging_limit", "max_phone_numbers"])


def _review(event: AccountEvent) -> None:
    if event.waba is not None:
        event.waba.review_status = _told(event.data, "decision")[:30]
        event.waba.save(update_fields=["review_status"])


def _account(event: AccountEvent) -> None:
    """A ban, or our own leaving; everything else is told in the list alone."""
    waba, told = event.waba, _told(event.data, "event")
    if waba is None:
        return
    ban = event.data.get("ban_info")
    if isinstance(ban, dict):
        waba.ban_state = _told(ban, "waba_ban_state")[:40]
    if told in {"ACCOUNT_DELETED", "ACCOUNT_OFFBOARDED"}:
        waba.is_active = False
    elif told == "ACCOUNT_RECONNECTED":
        waba.is_active = True
    waba.save(update_fields=["ban_state", "is_active"])


FIELDS: dict[str, Callable[[AccountEvent], None]] = {
    "phone_number_quality_update": _quality,
    "phone_number_name_update": _name,
    "business_capability_update": _capability,
    "account_review_update": _review,
    "account_update": _account,
}
