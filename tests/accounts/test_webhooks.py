"""What webhooks say of numbers and accounts is kept, and the newest is believed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import AccountEvent
from accounts.webhooks import apply_account_update
from tests.cast import AT, PHONE_NUMBER_ID, WABA_ID

DISPLAY = "551155500101"


def tell(field: str, minutes: int = 0, **value):
    at = AT + timedelta(minutes=minutes)
    return apply_account_update(
        field=field, entry_id=WABA_ID, value=value, at=at, stamp=str(at.timestamp())
    )


def test_a_change_is_kept_whole_with_its_number_and_a_line_for_people(number, waba):
    event = tell("security", display_phone_number=DISPLAY, event="PIN_CHANGED", requester="61")
    assert (event.waba, event.number, event.kind) == (waba, number, "PIN_CHANGED")
    assert event.data["requester"] == "61"
    assert event.summary == "PIN_CHANGED"


def test_the_same_delivery_again_is_kept_once(number):
    assert tell("account_review_update", decision="APPROVED") is not None
    assert tell("account_review_update", decision="APPROVED") is None
    assert tell("account_review_update", 1, decision="APPROVED") is not None
    assert AccountEvent.objects.count() == 2


def test_an_older_change_that_comes_later_is_not_believed(number, waba):
    tell("account_review_update", 5, decision="APPROVED")
    tell("account_review_update", 1, decision="REJECTED")
    waba.refresh_from_db()
    assert waba.review_status == "APPROVED"


@pytest.mark.parametrize(
    ("field", "value", "attribute", "expected"),
    [
        (
            "phone_number_quality_update",
            {"event": "THROUGHPUT_UPGRADE", "max_daily_conversations_per_business": "TIER_100K"},
            "messaging_limit",
            "TIER_100K",
        ),
        ("phone_number_quality_update", {"event": "THROUGHPUT_UPGRADE"}, "throughput", "HIGH"),
        ("phone_number_quality_update", {"event": "FLAGGED"}, "status", "FLAGGED"),
        (
            "phone_number_name_update",
            {"decision": "APPROVED", "requested_verified_name": "Aurora"},
            "verified_name",
            "Aurora",
        ),
        (
            "phone_number_name_update",
            {"decision": "REJECTED", "requested_verified_name": "Best Shop"},
            "verified_name",
            "Aurora Shop",
        ),
    ],
)
def test_a_number_follows(number, field, value, attribute, expected):
    tell(field, display_phone_number=DISPLAY, **value)
    number.refresh_from_db()
    assert getattr(number, attribute) == expected


@pytest.mark.parametrize(
    ("field", "value", "attribute", "expected"),
    [
        (
            "business_capability_update",
            {"max_daily_conversations_per_business": 2000, "max_phone_numbers_per_waba": 25},
            "messaging_limit",
            "2000",
        ),
        (
            "business_capability_update",
            {"max_phone_numbers_per_waba": 25},
            "max_phone_numbers",
            25,
        ),
        (
            "account_update",
            {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE"}},
            "ban_state",
            "DISABLE",
        ),
        ("account_update", {"event": "ACCOUNT_OFFBOARDED"}, "is_active", False),
        ("account_update", {"event": "PARTNER_REMOVED"}, "is_active", True),
    ],
)
def test_an_account_follows(number, waba, field, value, attribute, expected):
    tell(field, **value)
    waba.refresh_from_db()
    assert getattr(waba, attribute) == expected


def test_a_change_about_somebody_else_is_kept_without_an_owner(number):
    event = apply_account_update(
        field="account_update",
        entry_id="0",
        value={"event": "PARTNER_ADDED", "waba_info": {"waba_id": "5"}},
        at=AT,
        stamp="",
    )
    assert (event.waba, event.number) == (None, None)


def test_a_partners_change_names_the_account_inside(number, waba):
    event = apply_account_update(
        field="account_update",
        entry_id="some-business",
        value={"event": "PARTNER_REMOVED", "waba_info": {"waba_id": WABA_ID}},
        at=AT,
        stamp="",
    )
    assert event.waba == waba


@pytest.mark.parametrize(
    "value",
    [
        {"event": 7, "ban_info": "x", "waba_info": []},
        {"display_phone_number": ["1"], "decision": {"a": 1}},
        {"metadata": {"phone_number_id": PHONE_NUMBER_ID}, "max_phone_numbers_per_waba": 10**30},
        {},
    ],
)
@pytest.mark.parametrize("field", ["account_update", "business_capability_update", "news"])
def test_strange_values_are_kept_and_break_nothing(number, field, value):
    assert tell(field, **value) is not None
