"""Percentiles are values that occurred, and numbers read as people write them."""

import pytest

from bench.figures import percentile, spread, written


def test_a_percentile_is_the_smallest_value_that_enough_values_do_not_exceed():
    values = [float(number) for number in range(1, 101)]
    assert percentile(values, 0.5) == 50
    assert percentile(values, 0.99) == 99
    assert percentile(values, 1) == 100


def test_a_percentile_does_not_depend_on_the_order():
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2


def test_the_99th_of_few_values_is_the_largest():
    assert percentile([1.0, 2.0, 9.0], 0.99) == 9


def test_there_is_no_percentile_of_nothing():
    with pytest.raises(ValueError, match="of nothing"):
        percentile([], 0.5)


def test_a_spread_is_in_milliseconds_and_names_its_shares():
    found = spread([0.001, 0.002, 0.004], "ack", 0.5, 0.99)
    assert found == {"ack_p50": 2.0, "ack_p99": 4.0, "ack_max": 4.0}


def test_nothing_measured_leaves_a_gap_and_no_zero():
    assert spread([], "ack", 0.5) == {}


def test_numbers_carry_their_unit():
    assert written(4899.6, "/s") == "4,900/s"
    assert written(12.34, "ms") == "12.3 ms"
    assert written(0, "") == "0"
