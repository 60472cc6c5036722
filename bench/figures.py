"""Percentiles, medians and how numbers are written."""

from collections.abc import Sequence
from statistics import median

__all__ = ["median", "percentile", "spread", "written"]


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` (0 to 1) of all values do not exceed.

    Nothing is interpolated, so it always is a value that occurred. Raises ValueError for none.
    """
    if not values:
        raise ValueError("there is no percentile of nothing")
    ordered = sorted(values)
    rank = -(-len(ordered) * share // 1)  # rounded up
    return ordered[max(0, int(rank) - 1)]


def spread(values: Sequence[float], name: str, *shares: float) -> dict[str, float]:
    """Some percentiles and the largest, in milliseconds of seconds: {"ack_p50": …, "ack_max": …}.

    Nothing at all where there are no values, so that the table shows a gap and no zero.
    """
    if not values:
        return {}
    found = {f"{name}_p{share * 100:g}": percentile(values, share) * 1000 for share in shares}
    return found | {f"{name}_max": max(values) * 1000}


def written(value: float, unit: str) -> str:
    """A figure with its unit: 4,900/s, 12.3 ms, 0."""
    if unit == "/s":
        return f"{value:,.0f}{unit}"
    if not unit:
        return f"{value:,.0f}"
    digits = 0 if abs(value) >= 1000 else 1
    return f"{value:,.{digits}f} {unit}"
