"""Copies what Meta says of numbers and their profiles into our rows."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.actions.numbers import pause_number, resume_number
from accounts.changes import announce, state_of
from accounts.cloud_api import (
    CloudApiError,
    ConnectionTest,
    read_numbers,
    read_profile,
    test_connection,
)
from accounts.models import BusinessProfile, PhoneNumber, Waba

log = logging.getLogger("sash.accounts")

# Meta's field -> ours; an answer without a field leaves ours as it is.
COLUMNS = {
    "display_phone_number": "display_phone_number",
    "name_status": "name_status",
    "status": "status",
    "quality_rating": "quality_rating",
    "code_verification_status": "code_verification_status",
    "whatsapp_business_manager_messaging_limit": "messaging_limit",
}


def sync_numbers_of(waba: Waba, at: datetime) -> int:
    """Read every number of an account and its profile. Gives how many. Raises CloudApiError.

    A number that is new at Meta is added without a channel: an administrator decides who
    answers there. A token that Meta refuses pauses the account's numbers; one that works
    wakes them.
    """
    try:
        rows = read_numbers(waba)
    except CloudApiError as error:
        if error.is_unauthorised:
            for number in waba.numbers.all():
                pause_number(number=number, reason=str(error), at=at)
        raise
    for row in rows:
        number = _save_number(waba, row, at)
        resume_number(number=number, at=at)
        _sync_profile(number, at)
    return len(rows)


def check_connection(number: PhoneNumber, at: datetime) -> ConnectionTest:
    """Test a number's connection; one that was paused and works again is woken."""
    result = test_connection(number)
    if any(finding.name == "Access token" and finding.is_ok for finding in result.findings):
        resume_number(number=number, at=at)
    return result


@transaction.atomic
def _save_number(waba: Waba, row: Mapping[str, Any], at: datetime) -> PhoneNumber:
    number, _ = PhoneNumber.objects.select_for_update().get_or_create(
        phone_number_id=str(row["id"]), defaults={"waba": waba, "display_phone_number": "?"}
    )
    was = state_of(number)
    for theirs, ours in COLUMNS.items():
        if isinstance(row.get(theirs), str):
            setattr(number, ours, row[theirs][:30])
    throughput = row.get("throughput")
    if isinstance(throughput, dict) and throughput.get("level"):
        number.throughput = str(throughput["level"])[:30]
    number.verified_name = str(row.get("verified_name") or number.verified_name)[:120]
    if isinstance(row.get("is_on_biz_app"), bool):
        number.is_on_business_app = row["is_on_biz_app"]
    if isinstance(row.get("health_status"), dict):
        number.health = row["health_status"]
    number.webhook_url = _webhook_of(row.get("webhook_configuration"))
    is_known = number.synced_at is not None
    number.synced_at = at
    number.save()
    if is_known:
        announce(number, was, at=at)
    return number


def _webhook_of(configuration: Any) -> str:
    """Where its webhooks go: a number's own address comes before its account's and the app's."""
    if not isinstance(configuration, dict):
        return ""
    levels = ("phone_number", "whatsapp_business_account", "application")
    return str(next((configuration[name] for name in levels if configuration.get(name)), ""))[:500]


def _sync_profile(number: PhoneNumber, at: datetime) -> None:
    try:
        row = read_profile(number)
    except CloudApiError as error:
        log.warning("profile of %s not read: %s", number.phone_number_id, error)
        return
    texts = ("about", "address", "description", "email", "vertical")
    values: dict[str, Any] = {name: str(row.get(name) or "") for name in texts}
    websites = row.get("websites")
    values["websites"] = websites if isinstance(websites, list) else []
    values["picture_url"] = str(row.get("profile_picture_url") or "")[:1000]
    BusinessProfile.objects.update_or_create(number=number, defaults=values | {"synced_at": at})
