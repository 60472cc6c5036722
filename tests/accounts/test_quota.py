"""Customers written to first: counted once in 24 hours, exactly, whoever writes at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from accounts.actions.quota import (
    QuotaExhausted,
    count_leaving,
    quota_key,
    reserve,
    take_samples,
    usage_of,
)
from accounts.models import PhoneNumber, Quota, QuotaSample, Reached, Waba
from tests import cast

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(hours=24)


@pytest.fixture
def small(number: PhoneNumber) -> PhoneNumber:
    return with_limit(number, "10")


def with_limit(number: PhoneNumber, limit: str) -> PhoneNumber:
    number.messaging_limit = limit
    number.save()
    return number


def reach(number: PhoneNumber, *contacts: int, at: datetime, is_bulk: bool = False) -> None:
    for contact in contacts:
        reserve(number=number, contact_id=contact, is_bulk=is_bulk, at=at)


def test_a_customer_counts_once_until_24_hours_after_the_last(
    small: PhoneNumber, at: datetime
) -> None:
    reach(small, 1, 1, 2, at=at)
    assert usage_of(small, at).used == 2
    reach(small, 1, at=at + 23 * HOUR)
    assert usage_of(small, at + DAY).used == 1
    assert usage_of(small, at + 47 * HOUR).used == 0


def test_when_all_places_are_taken_nobody_new_is_reached_until_one_is_free(
    small: PhoneNumber, at: datetime
) -> None:
    reach(small, *range(9), at=at)
    reach(small, 9, at=at + HOUR)
    with pytest.raises(QuotaExhausted) as refused:
        reach(small, 10, at=at + 2 * HOUR)
    assert (refused.value.used, refused.value.limit) == (10, 10)
    assert refused.value.free_at == at + DAY
    reach(small, 3, at=at + 2 * HOUR)
    reach(small, 10, at=at + DAY)


def test_a_broadcast_leaves_a_share_to_people(small: PhoneNumber, at: datetime) -> None:
    reach(small, *range(9), at=at, is_bulk=True)
    with pytest.raises(QuotaExhausted):
        reach(small, 9, at=at, is_bulk=True)
    reach(small, 9, at=at)


def test_numbers_of_one_portfolio_share_a_limit_since_october_2025(
    small: PhoneNumber, waba: Waba, at: datetime
) -> None:
    other_waba = Waba.objects.create(waba_id="2", name="Two", app=waba.app, access_token="x")
    Waba.objects.update(portfolio_id="506914307656634")
    other = with_limit(
        PhoneNumber.objects.create(
            waba=other_waba, phone_number_id="2", display_phone_number="+55 11 5550 0102"
        ),
        "10",
    )
    small = PhoneNumber.objects.select_related("waba").get(pk=small.pk)
    other = PhoneNumber.objects.select_related("waba").get(pk=other.pk)
    reach(small, *range(10), at=at)
    with pytest.raises(QuotaExhausted):
        reach(other, 99, at=at)
    before = at.replace(year=2025, month=10, day=6)
    assert quota_key(small, before) != quota_key(other, before)
    assert quota_key(small, at) == quota_key(other, at) == "portfolio:506914307656634"


@pytest.mark.parametrize("told", ["TIER_UNLIMITED", "", "TIER_NOT_SET"])
def test_without_a_limit_it_is_only_counted(number: PhoneNumber, told: str, at: datetime) -> None:
    reach(with_limit(number, told), *range(30), at=at, is_bulk=True)
    assert usage_of(number, at).used == 30


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_never_exceed_it_by_one(number: PhoneNumber, at: datetime) -> None:
    with_limit(number, "250")

    def write(contact: int) -> bool:
        try:
            with transaction.atomic():
                mine = PhoneNumber.objects.select_related("waba").get(pk=number.pk)
                reach(mine, contact, at=at)
        except QuotaExhausted:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(50) as writers:
        reached = list(writers.map(write, range(400)))
    assert sum(reached) == Reached.objects.count() == Quota.objects.get().used == 250


def test_a_place_counts_from_when_the_template_leaves(small: PhoneNumber, at: datetime) -> None:
    reach(small, 1, at=at)
    count_leaving([(small, 1), (small, 2)], at + 20 * HOUR)
    assert usage_of(small, at + 43 * HOUR).used == 2
    assert usage_of(small, at + 44 * HOUR).used == 0
    assert Quota.objects.get().used == 2


def test_samples_tell_how_it_went_and_old_ones_go(small: PhoneNumber, at: datetime) -> None:
    reach(small, 1, 2, at=at)
    take_samples(at)
    take_samples(at)
    take_samples(at + DAY)
    used = QuotaSample.objects.order_by("at").values_list("used", flat=True)
    assert list(used) == [2, 0]
    take_samples(at + 92 * DAY)
    assert QuotaSample.objects.count() == 1


class Ledger(RuleBasedStateMachine):
    """The ledger beside a plain list of who was reached when."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.number = with_limit(cast.make_number(cast.make_waba(cast.make_app())), "4")
        self.now = cast.AT
        self.last: dict[int, datetime] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def counted(self) -> set[int]:
        return {who for who, last in self.last.items() if last + DAY > self.now}

    @rule(contact=st.integers(1, 8), is_bulk=st.booleans())
    def write(self, contact: int, is_bulk: bool) -> None:
        most = 3 if is_bulk else 4
        is_let = contact in self.counted() or len(self.counted()) < most
        try:
            reach(self.number, contact, at=self.now, is_bulk=is_bulk)
        except QuotaExhausted:
            assert not is_let
        else:
            assert is_let
            self.last[contact] = self.now

    @rule(hours=st.integers(1, 30))
    def time_passes(self, hours: int) -> None:
        self.now += hours * HOUR

    @invariant()
    def nobody_is_counted_twice_or_forgotten(self) -> None:
        assert usage_of(self.number, self.now).used == len(self.counted()) <= 4


def test_whatever_happens_the_ledger_is_right(db: None) -> None:
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=60,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
