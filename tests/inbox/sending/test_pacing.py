"""Paces by a clock that the tests turn: what one number, and one pair, may send when."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import PhoneNumber
from inbox.sender.pacing import PAIR_BURST, PAIR_EVERY, NumberPace, PairPaces, rate_of


@pytest.mark.parametrize(
    ("fields", "rate"),
    [
        ({}, 80),
        ({"throughput": "HIGH"}, 1000),
        ({"throughput": "HIGH", "is_on_business_app": True}, 20),
        ({"throughput": "NOT_APPLICABLE"}, 80),
    ],
)
def test_the_rate_is_what_meta_grants_the_number(fields: dict[str, object], rate: float) -> None:
    assert rate_of(PhoneNumber(**fields)) == rate


def test_a_channel_without_a_number_has_the_standard_rate() -> None:
    assert rate_of(None) == 80


def run(pace: NumberPace, seconds: float, start: float = 0.0, step: float = 0.01) -> list[float]:
    """The moments at which messages leave while there is always one more."""
    left: list[float] = []
    for tick in range(int(seconds / step)):
        moment = start + tick * step
        count = pace.allowance(moment)
        pace.take(count)
        pace.leave(moment, count)
        left += [moment] * count
    return left


def most_in_a_second(left: list[float]) -> int:
    """The most that left in any second, wherever it begins."""
    most, first = 0, 0
    for last, moment in enumerate(left):
        while left[first] <= moment - 1:
            first += 1
        most = max(most, last - first + 1)
    return most


@pytest.mark.parametrize("rate", [20.0, 80.0, 1000.0])
def test_a_full_queue_uses_the_rate_and_no_second_is_above_it(rate: float) -> None:
    left = run(NumberPace(rate, 0.0), 30)

    assert 0.98 * rate * 30 <= len(left) <= rate * 30
    assert most_in_a_second(left) <= rate


@given(
    looks=st.lists(st.tuples(st.floats(0.0, 0.7), st.floats(0.0, 0.2)), min_size=20, max_size=150),
    rate=st.sampled_from([20.0, 80.0, 1000.0]),
    slowed=st.sets(st.integers(0, 150), max_size=3),
)
def test_however_unevenly_it_is_asked_no_second_is_above_the_rate(
    looks: list[tuple[float, float]], rate: float, slowed: set[int]
) -> None:
    pace, now, left = NumberPace(rate, 0.0), 0.0, list[float]()
    for index, (pause, late) in enumerate(looks):
        now += pause
        count = pace.allowance(now)
        assert (count > 0) == (pace.wait(now) == 0)
        pace.take(count)
        now += late
        pace.leave(now, count)
        left += [now] * count
        if index in slowed:
            pace.slow_down(now, began_at=now)
    assert most_in_a_second(left) <= rate


@given(st.floats(0.0, 3.0), st.sampled_from([20.0, 80.0, 1000.0]))
def test_the_wait_that_it_names_is_the_wait_that_it_needs(start: float, rate: float) -> None:
    pace, now = NumberPace(rate, 0.0), start
    for _ in range(300):
        count = pace.allowance(now)
        pace.take(count)
        pace.leave(now, count)
        wait = pace.wait(now)
        assert 0 < wait <= 1.1
        assert not pace.allowance(now + wait * 0.9)
        now += wait + 1e-9
        assert pace.allowance(now)


def test_a_short_pause_of_the_sender_is_caught_up() -> None:
    pace = NumberPace(80.0, 0.0)
    left = run(pace, 5)
    left += run(pace, 5, start=5.09)
    assert len(left) >= 0.98 * 80 * 10.09
    assert most_in_a_second(left) <= 80


def test_what_comes_in_counts_too() -> None:
    quiet, busy = NumberPace(80.0, 0.0), NumberPace(80.0, 0.0)
    busy.inbound = 40
    assert len(run(quiet, 10)) >= 780
    assert 380 <= len(run(busy, 10)) <= 390  # room for one that is not counted yet
    busy.inbound = 0
    assert len(run(busy, 1, start=10)) >= 70


def test_a_flood_of_inbound_never_stops_replies() -> None:
    pace = NumberPace(80.0, 0.0)
    pace.inbound = 100_000
    assert len(run(pace, 5)) >= 35


def test_a_refusal_for_throughput_halves_the_pace_and_time_heals_it() -> None:
    pace = NumberPace(80.0, 0.0)
    pace.allowance(10)
    assert pace.slow_down(10, began_at=9.9)
    slowed = run(pace, 1, start=10)
    assert 20 <= len(slowed) <= 45
    for now in range(11, 31):
        pace.slow_down(now, began_at=now)
    assert pace.factor >= 0.02
    pace.advance(200)
    assert pace.factor == 1


def test_refusals_of_what_left_together_count_once() -> None:
    pace = NumberPace(80.0, 0.0)
    assert pace.slow_down(10.0, began_at=9.8)
    assert not pace.slow_down(10.1, began_at=9.9)
    assert pace.factor == 0.5


def test_one_person_gets_a_burst_and_then_one_in_six_seconds() -> None:
    pairs, now = PairPaces(), 100.0
    for _ in range(PAIR_BURST):
        assert pairs.wait("a", now) == 0
        pairs.take("a", now)

    assert pairs.wait("a", now) == pytest.approx(PAIR_EVERY)
    assert pairs.wait("b", now) == 0
    assert pairs.wait("a", now + PAIR_EVERY) == 0


def test_a_blocked_pair_waits_as_told_and_nobody_else() -> None:
    pairs = PairPaces()
    pairs.block("a", 16, 100.0)
    assert pairs.wait("a", 101.0) == 15
    assert pairs.wait("b", 101.0) == 0
    assert pairs.wait("a", 116.0) == 0


def test_what_another_sender_let_leave_is_counted_as_if_it_had_been_here() -> None:
    there, here = PairPaces(), PairPaces()
    for second in range(63):
        there.take("a", float(second))
    here.recall("a", [100.0 - second for second in range(63)], 100.0)
    assert here.wait("a", 100.0) == pytest.approx(there.wait("a", 100.0)) != 0
