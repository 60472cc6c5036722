"""The life of a template, told by Meta in any order and lived through any time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from templates_app.life import (
    APPROVED,
    DISABLED,
    EDITABLE,
    FLAGGED,
    PAUSED,
    PENDING,
    REJECTED,
    SENDABLE,
    Life,
    why_not_editable,
)
from tests.cast import AT

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
QUIET = (PENDING, APPROVED, REJECTED, "IN_APPEAL", "LOCKED", "ARCHIVED", "PENDING_DELETION")


def test_flagged_and_not_better_in_seven_days_is_disabled() -> None:
    flagged = Life(APPROVED).told(FLAGGED, AT)
    assert flagged.at(AT + 7 * DAY - timedelta(seconds=1)).status == FLAGGED
    assert flagged.at(AT + 7 * DAY).status == DISABLED


def test_better_within_seven_days_begins_anew() -> None:
    better = Life(APPROVED).told(FLAGGED, AT).told(APPROVED, AT + 3 * DAY)
    again = better.told(FLAGGED, AT + 6 * DAY)
    assert again.at(AT + 12 * DAY).status == FLAGGED
    assert again.at(AT + 13 * DAY).status == DISABLED


def test_told_flagged_every_day_it_is_flagged_since_the_first() -> None:
    life = Life(APPROVED)
    for day in range(7):
        life = life.told(FLAGGED, AT + day * DAY)
    assert life.at(AT + 7 * DAY).status == DISABLED


def test_three_hours_then_six_then_never_again() -> None:
    first = Life(APPROVED).told(PAUSED, AT)
    assert (first.status, first.paused_until) == (PAUSED, AT + 3 * HOUR)
    second = first.told(APPROVED, AT + 3 * HOUR).told(PAUSED, AT + DAY)
    assert (second.status, second.paused_until) == (PAUSED, AT + DAY + 6 * HOUR)
    third = second.told(APPROVED, AT + 2 * DAY).told(PAUSED, AT + 3 * DAY)
    assert (third.status, third.paused_until) == (DISABLED, None)


def test_the_same_pause_told_twice_is_one() -> None:
    once = Life(APPROVED).told(PAUSED, AT, pause=1)
    assert once.told(PAUSED, AT + HOUR) == once
    assert once.told(PAUSED, AT + HOUR, pause=1) == once
    assert once.told(PAUSED, AT + 4 * HOUR, pause=2).paused_until == AT + 10 * HOUR


def test_a_pause_for_too_much_of_it_does_not_count() -> None:
    life = Life(APPROVED)
    for day in range(5):
        life = life.told(PAUSED, AT + day * DAY, is_for_quality=False)
        assert (life.status, life.paused_until, life.pauses) == (PAUSED, None, 0)
        life = life.told(APPROVED, AT + day * DAY + HOUR)


def test_what_was_disabled_here_is_not_woken_by_an_old_flag() -> None:
    lost = Life(APPROVED).told(FLAGGED, AT).at(AT + 8 * DAY)
    assert lost.told(FLAGGED, AT + 9 * DAY).status == DISABLED
    assert lost.told(APPROVED, AT + 9 * DAY).status == APPROVED, "Meta reinstated it"


@pytest.mark.parametrize("status", [PENDING, FLAGGED, DISABLED, "ARCHIVED", "DELETED"])
def test_only_some_states_can_be_edited(status: str) -> None:
    assert why_not_editable(status, [], AT)


@pytest.mark.parametrize("status", ["DRAFT", REJECTED, PAUSED])
def test_drafts_rejected_and_paused_ones_can_be_edited_again_and_again(status: str) -> None:
    assert why_not_editable(status, [AT] * 50, AT) == ""


def test_an_approved_one_once_a_day_and_ten_times_in_thirty_days() -> None:
    assert why_not_editable(APPROVED, [], AT) == ""
    assert why_not_editable(APPROVED, [AT - DAY + timedelta(seconds=1)], AT)
    assert why_not_editable(APPROVED, [AT - DAY], AT) == ""
    ten = [AT - (2 + day) * DAY for day in range(10)]
    assert why_not_editable(APPROVED, ten, AT)
    assert why_not_editable(APPROVED, ten, AT + 20 * DAY) == ""


@given(st.lists(st.integers(0, 60 * 24 * 40), max_size=40))
def test_whatever_was_allowed_keeps_both_limits(minutes: list[int]) -> None:
    made: list = []
    for moment in sorted(AT + timedelta(minutes=each) for each in minutes):
        if not why_not_editable(APPROVED, made, moment):
            made.append(moment)
    for moment in made:
        assert sum(moment - DAY < each <= moment for each in made) <= 1
        assert sum(moment - 30 * DAY < each <= moment for each in made) <= 10


class Living(RuleBasedStateMachine):
    """Meta tells, time passes; a plain account beside it says what must hold."""

    def __init__(self) -> None:
        super().__init__()
        self.now, self.life = AT, Life(PENDING)
        self.flagged_since = None

    @rule(hours=st.integers(1, 60))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        self.life = self.life.at(self.now)

    @rule(status=st.sampled_from([*QUIET, FLAGGED, PAUSED, DISABLED]), pause=st.integers(0, 2))
    def meta_tells(self, status: str, pause: int) -> None:
        before = self.life
        self.life = self.life.told(status, self.now, pause=pause if status == PAUSED else 0)
        if before.status == DISABLED and status in {FLAGGED, PAUSED}:
            assert self.life == before
        elif status not in {FLAGGED, PAUSED}:
            assert self.life.status == status

    @invariant()
    def flagged_since_less_than_seven_days(self) -> None:
        if self.life.status != FLAGGED:
            self.flagged_since = None
            return
        self.flagged_since = self.flagged_since or self.now
        assert self.now - self.flagged_since < 7 * DAY

    @invariant()
    def a_pause_has_an_end_and_never_a_third(self) -> None:
        assert (self.life.status == PAUSED) == (self.life.paused_until is not None)
        assert self.life.status != PAUSED or self.life.pauses <= 2

    @invariant()
    def disabled_is_neither_sent_nor_edited(self) -> None:
        if self.life.status == DISABLED:
            assert DISABLED not in SENDABLE | EDITABLE
            assert why_not_editable(DISABLED, [], self.now)


TestLiving = Living.TestCase
