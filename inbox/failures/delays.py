"""How long to wait before a refused message is tried again. Pure: chance is passed in."""

from collections.abc import Callable

PAIR_LIMIT = 131056
SHORTEST, LONGEST = 1.0, 600.0
LONGEST_PAIR_WAIT = 4.0**5  # 17 minutes; whatever takes longer is better told to the agent


def retry_delay(
    code: int | None,
    tries: int,
    retry_after: float | None,
    spread: Callable[[float, float], float],
) -> float:
    """Seconds until the next try, after `tries` (1 or more) that were refused.

    Full jitter between 1 s and twice as much each time, at most 10 minutes; never less than
    the provider's Retry-After. The pair limit waits 4^X seconds, X counted from 0 (Meta,
    "About the platform"). spread(low, high) chooses, such as random.uniform.
    """
    if code == PAIR_LIMIT:
        return max(min(4.0 ** (tries - 1), LONGEST_PAIR_WAIT), retry_after or 0)
    ceiling = min(LONGEST, 2.0 ** min(tries, 20))
    return max(spread(SHORTEST, ceiling), retry_after or 0)
