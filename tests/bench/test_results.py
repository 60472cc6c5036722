"""What a row's runs say together: the median, its ratio to P, pass or short."""

from pathlib import Path

from bench import results, table
from bench.chart import bars, draw
from bench.page import known
from bench.results import Result, Run
from bench.row import Figure, Row, at_least_p, at_most

ROW = Row(
    "intake",
    "Webhooks",
    (
        Figure("rate", "events", "/s", at_least_p(1.0)),
        Figure("ack", "answered, p99", goal=at_most(75)),
        Figure("slowest", "slowest"),
    ),
    lambda ground: {},
)


def measured(*runs: tuple[float, float, float]) -> Result:
    """(P before and after, events a second, p99 in ms) of each run."""
    return Result(
        "intake",
        "2026-03-02",
        "abc",
        tuple(Run(p, p, {"rate": rate, "ack": ack}) for p, rate, ack in runs),
    )


def test_the_median_stands_for_three_runs():
    rate, ack = results.lines_of(ROW, measured((100, 90, 10), (100, 120, 80), (100, 110, 20)))
    assert (rate.value, ack.value) == (110, 20)
    assert (rate.passed, ack.passed) == (True, True)


def test_each_run_is_held_against_its_own_p():
    rate, _ = results.lines_of(ROW, measured((100, 90, 1), (200, 180, 1), (50, 60, 1)))
    assert rate.value == 90
    assert rate.ratio == 0.9
    assert rate.passed is False


def test_p_is_the_mean_of_before_and_after():
    assert Run(100, 300, {}).p == 200


def test_a_goal_is_met_at_its_limit():
    (_, ack) = results.lines_of(ROW, measured((100, 100, 75)))
    assert ack.passed is True


def test_a_figure_that_no_run_has_is_left_out():
    lines = results.lines_of(ROW, measured((100, 100, 75)))
    assert "slowest" not in [line.figure.key for line in lines]


def test_results_come_back_as_they_were_kept(tmp_path: Path):
    result = measured((100, 90, 10))
    results.keep(tmp_path, result)
    assert results.kept(tmp_path, "intake") == result
    assert known(tmp_path, [ROW]) == [(ROW, result)]


def test_a_row_never_measured_is_not_known(tmp_path: Path):
    assert known(tmp_path, [ROW]) == []


def test_the_table_says_pass_and_short():
    text = table.as_text(ROW, measured((100, 90, 10)))
    assert "90/s" in text
    assert "≥ 1 P" in text
    assert "0.90 P" in text
    events, answered = text.splitlines()[1:3]
    assert events.endswith("short")
    assert answered.endswith("pass")


def test_the_published_table_marks_what_falls_short():
    assert "**short**" in table.as_markdown([(ROW, measured((100, 90, 10)))])


def test_a_row_that_could_not_be_measured_says_why():
    result = Result("intake", "2026-03-02", "abc", (), "no index in reach")
    assert "no index in reach" in table.as_text(ROW, result)
    assert "no index in reach" in table.as_markdown([(ROW, result)])


def test_a_bar_tells_how_many_times_better_than_its_goal_a_figure_is():
    short, better = bars([(ROW, measured((100, 50, 37.5)))])
    assert (short.score, short.passed) == (0.5, False)
    assert (better.score, better.passed) == (2.0, True)
    assert draw([short, better]).count("<rect class=") == 3
