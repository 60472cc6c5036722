"""The platform's ladders of messaging limits: by date, by name, and what earns the next step."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from accounts.limits import (
    UNLIMITED,
    Scope,
    earns_next,
    full_at,
    ladder_at,
    read_ladders,
    read_limit,
    share_of,
)

LADDERS = read_ladders(settings.MESSAGING_LADDERS)
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "scope", "first"),
    [
        ("2020-01-01", Scope.NUMBER, 50),
        ("2025-10-06T23:59:59", Scope.NUMBER, 50),
        ("2025-10-07", Scope.PORTFOLIO, 250),
        ("2026-11-01", Scope.PORTFOLIO, 250),
        ("2010-01-01", Scope.NUMBER, 50),
    ],
)
def test_the_ladder_of_a_day(moment: str, scope: Scope, first: int) -> None:
    ladder = ladder_at(LADDERS, day(moment))
    assert (ladder.scope, ladder.steps[0][0]) == (scope, first)


def test_the_steps_of_both_ladders_and_their_numbers() -> None:
    old, new = ladder_at(LADDERS, day("2024-01-01")), ladder_at(LADDERS, NOW)
    climbs = []
    for ladder, step in ((old, 50), (new, 250)):
        climb: list[int] = [step]
        while (following := ladder.next_after(climb[-1])) is not None:
            climb.append(following)
        climbs.append(climb)
    assert climbs == [
        [50, 1_000, 10_000, 100_000, UNLIMITED],
        [250, 2_000, 10_000, 100_000, UNLIMITED],
    ]
    assert [old.numbers_at(limit) for limit in (50, 1_000, UNLIMITED)] == [2, 25, 25]
    assert [new.numbers_at(limit) for limit in (10, 250, 2_000)] == [2, 2, 20]


@pytest.mark.parametrize(
    ("told", "limit"),
    [
        ("TIER_50", 50),
        ("TIER_250", 250),
        ("TIER_1K", 1_000),
        ("TIER_2K", 2_000),
        ("TIER_100K", 100_000),
        ("TIER_UNLIMITED", UNLIMITED),
        ("2000", 2_000),
        ("-1", UNLIMITED),
        ("", None),
        ("TIER_NOT_SET", None),
        ("TIER_OF_A_KIND_TO_COME", None),
        ("999999999999", None),
    ],
)
def test_a_limit_under_each_of_its_names(told: str, limit: int | None) -> None:
    assert read_limit(told) == limit


@pytest.mark.parametrize(
    ("limit", "percent", "kept"),
    [(250, 10, 25), (250, 0, 0), (5, 10, 1), (UNLIMITED, 10, 0), (2_000, 100, 2_000)],
)
def test_a_share_is_kept_for_people(limit: int, percent: int, kept: int) -> None:
    assert share_of(limit, percent) == kept


@pytest.mark.parametrize(
    ("limit", "used", "quality", "earned"),
    [
        (2_000, 1_000, "GREEN", True),
        (2_000, 999, "GREEN", False),
        (2_000, 1_000, "YELLOW", True),
        (2_000, 2_000, "RED", False),
        (UNLIMITED, 10**6, "GREEN", False),
    ],
)
def test_what_earns_the_next_step(limit: int, used: int, quality: str, earned: bool) -> None:
    assert earns_next(limit, used, quality) is earned


def test_the_forecast_goes_on_as_it_went() -> None:
    assert full_at(60, 100, 40, HOUR, NOW) == NOW + 2 * HOUR
    assert full_at(100, 100, 40, HOUR, NOW) == NOW
    assert full_at(40, 100, 40, HOUR, NOW) is None
    assert full_at(60, UNLIMITED, 40, HOUR, NOW) is None


@given(st.text(max_size=30))
def test_whatever_meta_calls_it_is_read_without_harm(told: str) -> None:
    limit = read_limit(told)
    assert limit is None or 0 <= limit <= UNLIMITED
