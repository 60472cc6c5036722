"""Paces by a clock that the tests turn: what one number, and one pair, may send when."""

import pytest

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
        left += [moment] * count
    return left


@pytest.mark.parametrize("rate", [20.0, 80.0, 1000.0])
def test_a_full_queue_uses_the_rate_and_no_second_is_above_it(rate: float) -> None:
    left = run(NumberPace(rate, 0.0), 30)

    assert 0.98 * rate * 30 <= len(left) <= rate * 30
    # The message `rate` places later left a whole second later.
    behind = zip(left, left[int(rate) :], strict=False)
    assert all(later - earlier >= 0.999 for earlier, later in behind)


def test_what_comes_in_counts_too() -> None:
    quiet, busy = NumberPace(80.0, 0.0), NumberPace(80.0, 0.0)
    alone = len(run(quiet, 1))
    busy.take(40)
    assert len(run(busy, 1)) <= alone - 35
    assert len(run(busy, 1, start=1)) >= 70


def test_a_flood_of_inbound_holds_up_replies_for_a_second_at_most() -> None:
    pace = NumberPace(80.0, 0.0)
    pace.take(100_000)
    assert run(pace, 1.2)


def test_a_refusal_for_throughput_halves_the_pace_and_time_heals_it() -> None:
    pace = NumberPace(80.0, 0.0)
    pace.allowance(10)
    pace.slow_down()
    slowed = run(pace, 1, start=10)
    assert 20 <= len(slowed) <= 45
    for _ in range(20):
        pace.slow_down()
    assert pace.factor >= 0.02
    pace.advance(200)
    assert pace.factor == 1


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
