"""Business hours follow the clock on the wall, over the nights in which it is changed too."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.hours import Span, is_open, next_opening, zone_of

MADRID = ZoneInfo("Europe/Madrid")
NEW_YORK = ZoneInfo("America/New_York")
OFFICE = [Span(day, time(9), time(18)) for day in range(5)]


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (utc(2026, 3, 2, 8, 0), True),  # Monday, 9:00 in Madrid
        (utc(2026, 3, 2, 7, 59), False),
        (utc(2026, 3, 2, 16, 59), True),
        (utc(2026, 3, 2, 17, 0), False),  # the closing minute is closed
        (utc(2026, 3, 7, 11, 0), False),  # Saturday
        (utc(2026, 3, 30, 7, 0), True),  # summer time began the night before: 9:00 is 7:00 UTC
        (utc(2026, 10, 26, 7, 0), False),  # and ended
        (utc(2026, 10, 26, 8, 0), True),
    ],
)
def test_nine_oclock_is_nine_on_the_wall_in_summer_and_winter(
    at: datetime, expected: bool
) -> None:
    assert is_open(OFFICE, MADRID, at) is expected


def test_without_any_span_it_is_always_open_and_never_opens() -> None:
    assert is_open([], MADRID, utc(2026, 3, 7, 3, 0))
    assert next_opening([], MADRID, utc(2026, 3, 7, 3, 0)) is None


def test_a_day_that_closes_at_2359_is_open_until_midnight() -> None:
    spans = [Span(0, time(0), time(23, 59))]
    assert is_open(spans, MADRID, utc(2026, 3, 2, 22, 59, 59))
    assert not is_open(spans, MADRID, utc(2026, 3, 2, 23, 0))


def test_after_friday_comes_monday() -> None:
    assert next_opening(OFFICE, MADRID, utc(2026, 3, 6, 17, 30)) == utc(2026, 3, 9, 8, 0)


def test_a_single_span_a_week_comes_again_next_week() -> None:
    assert next_opening([OFFICE[0]], MADRID, utc(2026, 3, 2, 17, 0)) == utc(2026, 3, 9, 8, 0)


def test_an_opening_that_the_clock_skips_is_the_moment_it_skips_to() -> None:
    # 8 March 2026, New York: 2:00 becomes 3:00, which is 7:00 UTC.
    spans = [Span(6, time(2, 30), time(5))]
    assert next_opening(spans, NEW_YORK, utc(2026, 3, 8, 5, 0)) == utc(2026, 3, 8, 7, 0)


def test_an_opening_that_the_clock_repeats_opens_again() -> None:
    # 1 November 2026, New York: 2:00 becomes 1:00 again; 1:30 is 5:30 and 6:30 UTC.
    spans = [Span(6, time(1, 30), time(4))]
    assert next_opening(spans, NEW_YORK, utc(2026, 11, 1, 5, 0)) == utc(2026, 11, 1, 5, 30)
    assert next_opening(spans, NEW_YORK, utc(2026, 11, 1, 6, 10)) == utc(2026, 11, 1, 6, 30)


def test_an_unknown_zone_is_utc() -> None:
    for name in ("Mars/Olympus", "", "../../etc/passwd", "x" * 300):
        assert zone_of(name) == ZoneInfo("UTC")


spans = st.builds(
    lambda day, opens, minutes: Span(
        day, time(opens // 60, opens % 60), time(*divmod(min(opens + minutes, 1439), 60))
    ),
    st.integers(0, 6),
    st.integers(0, 1400),
    st.integers(30, 600),
)
moments = st.integers(0, 366 * 24 * 60).map(
    lambda minute: datetime.combine(date(2026, 1, 1), time(), UTC) + timedelta(minutes=minute)
)


@given(
    st.lists(spans, min_size=1, max_size=5),
    moments,
    st.sampled_from([MADRID, NEW_YORK, ZoneInfo("Asia/Kathmandu"), ZoneInfo("Pacific/Apia")]),
)
def test_the_next_opening_is_open_and_the_minute_before_it_is_not(
    spans: list[Span], at: datetime, zone: ZoneInfo
) -> None:
    opening = next_opening(spans, zone, at)
    assert opening is not None
    assert opening >= at
    assert is_open(spans, zone, opening)
    if opening > at:
        assert not is_open(spans, zone, opening - timedelta(minutes=1))
