"""What the cockpit shows of accounts and numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from accounts.actions.quota import Usage, current_ladder, quota_key, usage_of
from accounts.limits import Ladder, earns_next, full_at
from accounts.models import AccountEvent, PhoneNumber, QuotaSample, Waba

WEEK, HOUR = timedelta(days=7), timedelta(hours=1)
MOST_EVENTS = 30
MOST_RATINGS = 60
SILENT_AFTER = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Problem:
    """What hinders sending, in Meta's words, and what Meta suggests."""

    entity: str
    words: str
    remedy: str


@dataclass(frozen=True, slots=True)
class NumberState:
    """One number. ratings: (since, quality), oldest first."""

    number: PhoneNumber
    is_webhook_right: bool
    is_silent: bool
    problems: list[Problem]
    ratings: list[tuple[datetime, str]]


@dataclass(frozen=True, slots=True)
class Limit:
    """A messaging limit, of one number or of a whole account.

    samples: (moment, customers) of the last seven days. full_at: when the limit is reached if
    it goes on as in the last hour. most: of seven days.
    """

    usage: Usage
    ladder: Ladder
    samples: list[tuple[datetime, int]]
    full_at: datetime | None
    most: int
    next_limit: int | None
    is_next_earned: bool


@dataclass(frozen=True, slots=True)
class Account:
    """One WABA with everything on it."""

    waba: Waba
    limit: Limit | None
    numbers: list[NumberState]
    most_numbers: int
    events: list[AccountEvent]


def read_accounts(at: datetime) -> list[Account]:
    """Every active account, by name."""
    rows = Waba.objects.filter(is_active=True).order_by("name").prefetch_related("numbers")
    return [read_account(row, at) for row in rows]


def read_account(waba: Waba, at: datetime) -> Account:
    """One account as it stands."""
    numbers = sorted(waba.numbers.all(), key=lambda number: number.display_phone_number)
    for number in numbers:
        number.waba = waba
    limit = read_limit_of(numbers[0], at) if numbers else None
    allowed = waba.max_phone_numbers
    if allowed is None and limit is not None:
        allowed = limit.ladder.numbers_at(limit.usage.limit or 0)
    events = AccountEvent.objects.filter(waba=waba).select_related("number").order_by("-at", "-pk")
    return Account(
        waba=waba,
        limit=limit,
        numbers=[state_of_number(number, at) for number in numbers],
        most_numbers=allowed or 0,
        events=list(events[:MOST_EVENTS]),
    )


def read_limit_of(number: PhoneNumber, at: datetime) -> Limit:
    """How far the limit is used that this number has, or shares."""
    usage, ladder = usage_of(number, at), current_ladder(at)
    rows = QuotaSample.objects.filter(quota__key=quota_key(number, at), at__gt=at - WEEK)
    samples = list(rows.order_by("at").values_list("at", "used"))
    before = next((used for moment, used in samples if moment >= at - HOUR), usage.used)
    most = max([usage.used, *(used for _moment, used in samples)])
    known = usage.limit
    return Limit(
        usage=usage,
        ladder=ladder,
        samples=samples,
        full_at=full_at(usage.used, known, before, HOUR, at) if known is not None else None,
        most=most,
        next_limit=ladder.next_after(known) if known is not None else None,
        is_next_earned=known is not None and earns_next(known, most, number.quality_rating),
    )


def state_of_number(number: PhoneNumber, at: datetime) -> NumberState:
    """One number as it stands."""
    heard = number.last_webhook_at
    return NumberState(
        number=number,
        is_webhook_right=number.webhook_url.rstrip("/") == expected_webhook().rstrip("/"),
        is_silent=heard is None or at - heard > SILENT_AFTER,
        problems=list(problems_of(number.health)),
        ratings=ratings_of(number),
    )


def expected_webhook() -> str:
    """Where Meta should send everything."""
    return f"{settings.BASE_URL}/webhooks/whatsapp/"


def problems_of(health: Any) -> Iterator[Problem]:
    """Meta's health status: entities that cannot send freely, and why."""
    entities = health.get("entities") if isinstance(health, dict) else None
    for entity in entities if isinstance(entities, list) else ():
        errors = entity.get("errors") if isinstance(entity, dict) else None
        for error in errors if isinstance(errors, list) else ():
            if isinstance(error, dict):
                yield Problem(
                    str(entity.get("entity_type", "")),
                    str(error.get("error_description", "")),
                    str(error.get("possible_solution", "")),
                )


def ratings_of(number: PhoneNumber) -> list[tuple[datetime, str]]:
    """How its quality went, as far as it is known."""
    rows = AccountEvent.objects.filter(number=number, kind="quality_rating").order_by("-at")
    found = [(row.at, str(row.data.get("now", ""))) for row in rows[:MOST_RATINGS]]
    return found[::-1]
