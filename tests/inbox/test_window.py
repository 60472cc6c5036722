"""The 24-hour rule, for every order in which a customer's messages may be heard."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.window import LENGTH, SOON, URGENT, State, Window, closing_time, later
from tests.cast import AT

MICROSECOND = timedelta(microseconds=1)
moments = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


def window_of(messages: list[datetime]) -> Window:
    """The window after hearing these messages in this order."""
    closes_at: datetime | None = None
    for at in messages:
        closes_at = later(closes_at, closing_time(at))
    return Window(closes_at)


@given(st.lists(moments, min_size=1, max_size=8), moments, st.randoms())
def test_open_exactly_within_24_hours_of_the_newest_message(
    messages: list[datetime], at: datetime, random: st.DrawFn
) -> None:
    expected = at < max(messages) + timedelta(hours=24)
    random.shuffle(messages)
    assert window_of(messages).is_open(at) == expected


@given(st.lists(moments, min_size=1, max_size=8), moments)
def test_another_message_never_shortens_the_window(
    messages: list[datetime], late: datetime
) -> None:
    before, after = window_of(messages).closes_at, window_of([*messages, late]).closes_at
    assert before is not None
    assert after is not None
    assert after >= before


@given(moments, st.timedeltas(timedelta(0), timedelta(hours=48)))
def test_state_and_remaining_time_agree(message: datetime, passed: timedelta) -> None:
    window, at = window_of([message]), message + passed
    left = window.remaining(at)

    assert left == max(timedelta(0), LENGTH - passed)
    expected = State.CLOSED
    if left > timedelta(0):
        expected = State.OPEN
        if left <= SOON:
            expected = State.URGENT if left <= URGENT else State.SOON
    assert window.state(at) is expected


@pytest.mark.parametrize(
    ("left", "state"),
    [
        (SOON + MICROSECOND, State.OPEN),
        (SOON, State.SOON),
        (URGENT + MICROSECOND, State.SOON),
        (URGENT, State.URGENT),
        (MICROSECOND, State.URGENT),
        (timedelta(0), State.CLOSED),
    ],
)
def test_each_border_belongs_to_the_nearer_state(left: timedelta, state: State) -> None:
    assert Window(AT + left).state(AT) is state


@given(moments)
def test_who_never_wrote_has_a_closed_window(at: datetime) -> None:
    window = Window(None)
    assert (window.is_open(at), window.state(at)) == (False, State.CLOSED)
    assert window.remaining(at) == timedelta(0)


@given(moments)
def test_a_channel_without_windows_is_always_open(at: datetime) -> None:
    window = Window(None, is_limited=False)
    assert (window.is_open(at), window.state(at)) == (True, State.NONE)
