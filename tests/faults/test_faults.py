"""Real processes killed and servers restarted: nothing is lost, doubled, or left undone."""

from __future__ import annotations

import pytest

from tests.faults.conftest import Try


@pytest.mark.parametrize("name", ["F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8"])
def test_nothing_is_lost_or_doubled(try_it: Try, name: str) -> None:
    report = try_it(name)

    assert report.faults == []
    assert report.acknowledged > 30
