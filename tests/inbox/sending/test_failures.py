"""Every code that Meta documents has a class, a cause and a next step; others show its words."""

import pytest

from inbox.failures import Next, Own, Retry, explain_failure
from inbox.failures.delays import retry_delay
from inbox.failures.ours import OURS

SAFE, UNSURE, WAIT, NEVER = Retry.SAFE, Retry.UNSURE, Retry.WAIT, Retry.NEVER

# Written from Meta's page "Error codes" by hand, not from the code that it checks.
DOCUMENTED: list[tuple[Retry, list[int]]] = [
    (SAFE, [4, 80007, 130429, 131056, 139102]),
    (UNSURE, [1, 2, 131000, 131016, 131057, 133004, 2494100]),
    (WAIT, [368, 131042, 131044, 131048, 131049, 131064, 132015, 132069, 133008, 133009]),
    (WAIT, [133015, 133016, 134101, 136024, 136025]),
    (NEVER, [0, 3, 10, 33, 100, 190, 200, 201, 250, 299, 613]),
    (NEVER, [130403, 130472, 130497, 131005, 131008, 131009, 131020, 131021, 131026]),
    (NEVER, [131030, 131031, 131037, 131041, 131045, 131047, 131050, 131051, 131052]),
    (NEVER, [131053, 131055, 131059, 131062, 131063]),
    (NEVER, [131201, 131207, 131215, 132000, 132001, 132005, 132007, 132008, 132012]),
    (NEVER, [132016, 132018, 132068, 133000, 133005, 133006, 133010, 134011]),
    (NEVER, [134100, 134102, 135000, 137000, 138000, 138010, 138018]),
    (NEVER, [139000, 139004, 139100, 139101, 139103, 139200, 147001, 147005]),
    (NEVER, [2388019, 2388040, 2388047, 2388072, 2388073, 2388293, 2388299]),
    (NEVER, [2593107, 2593108, 2593109]),
]
CASES = [(code, retry) for retry, codes in DOCUMENTED for code in codes]
RAW = "words that only Meta could have chosen"


@pytest.mark.parametrize(("code", "retry"), CASES)
def test_a_documented_code_is_explained(code: int, retry: Retry) -> None:
    failure = explain_failure(code, RAW)

    assert failure.retry is retry
    assert failure.cause.endswith(".")
    assert failure.advice.endswith(".")
    assert RAW not in failure.cause, "a known code is explained in our words"


@pytest.mark.parametrize("code", [None, 5, 131999, 131200, 131216, -99])
def test_an_unknown_code_shows_what_meta_said(code: int | None) -> None:
    failure = explain_failure(code, RAW)

    assert RAW in failure.cause
    assert code is None or str(code) in failure.cause
    assert failure.retry is NEVER
    assert failure.can_retry


@pytest.mark.parametrize("code", [131049, 130472, 131050, 131047, 130497])
def test_no_retry_is_offered_where_it_would_do_harm_or_nothing(code: int) -> None:
    assert not explain_failure(code).can_retry


@pytest.mark.parametrize("code", [131047, 132001, 132015, Own.WINDOW_CLOSED, Own.TEMPLATE_GONE])
def test_a_template_is_offered_where_it_helps(code: int) -> None:
    assert explain_failure(code).offers is Next.TEMPLATE


def test_every_reason_of_ours_is_explained() -> None:
    assert set(OURS) == set(Own)
    assert all(code < 0 for code in Own)


@pytest.mark.parametrize(("tries", "seconds"), [(1, 1), (2, 4), (3, 16), (4, 64), (9, 1024)])
def test_the_pair_limit_waits_four_to_the_x(tries: int, seconds: float) -> None:
    assert retry_delay(131056, tries, None, max) == seconds


@pytest.mark.parametrize(
    ("tries", "most"), [(1, 2), (2, 4), (5, 32), (9, 512), (10, 600), (99, 600)]
)
def test_other_waits_double_up_to_ten_minutes_with_full_jitter(tries: int, most: float) -> None:
    assert retry_delay(130429, tries, None, max) == most
    assert retry_delay(130429, tries, None, min) == 1


def test_the_providers_retry_after_is_the_least() -> None:
    assert retry_delay(130429, 1, 90, max) == 90
    assert retry_delay(131056, 1, 90, max) == 90
