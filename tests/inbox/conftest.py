"""What tests of the inbox share beside the cast."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Every live event that leaves, once its transaction has committed."""
    events: list[dict[str, Any]] = []
    monkeypatch.setattr("core.live.deliver", lambda *told: events.extend(told))
    monkeypatch.setattr("core.live.is_heard", lambda: True)
    return events
