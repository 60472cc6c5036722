"""Every row can be asked for by name, and what is made of its raw figures is right."""

from collections import Counter

from bench.__main__ import choose
from bench.ledger import Call
from bench.rows import all_rows
from bench.rows.intake_batches import story
from bench.rows.memory import growth
from bench.rows.sending import weigh_one_number


def test_rows_and_their_figures_have_names_of_their_own():
    assert max(Counter(row.name for row in all_rows()).values()) == 1
    for row in all_rows():
        assert max(Counter(figure.key for figure in row.figures).values()) == 1


def test_rows_that_take_minutes_are_run_by_themselves():
    short = choose(all_rows(), "", is_long=False)
    long = choose(all_rows(), "", is_long=True)
    assert {row.name for row in long} == {"intake_held", "memory"}
    assert len(short) + len(long) == len(all_rows())


def test_a_row_can_be_asked_for_alone_however_long_it_takes():
    assert [row.name for row in choose(all_rows(), "memory,push", is_long=False)] == [
        "push",
        "memory",
    ]


def test_growth_leaves_out_the_first_tenth():
    found = growth("web", [1.0, 100.0, *[104.0] * 7, 110.0])
    assert found["web_loaded"] == 100
    assert round(found["web_growth"], 6) == 10


def test_what_comes_in_is_taken_from_what_may_go_out():
    # Parts of a second that a float holds exactly.
    calls = [Call(place / 64, "1", f"sash:{place}") for place in range(640)]
    received = [place / 8 for place in range(80)]
    found = weigh_one_number(calls, received, 0.0, 10.0)
    assert found["sent"] == 64
    assert found["share"] == 100 * 64 / (80 - 8)
    assert (found["fullest"], found["fullest_out"]) == (72, 64)
    assert found["doubled"] == 0


def test_a_message_is_told_of_in_the_order_of_its_life():
    words = [told.word for told in story({"1": ["a", "b"]}) if "a" in told.ids]
    assert words == ["sent", "delivered", "read"]
