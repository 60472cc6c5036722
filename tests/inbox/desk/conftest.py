"""What the desk's tests share: the pushes that an action made."""

from typing import Any

import pytest

from inbox.actions import pushes

Push = dict[str, Any]


@pytest.fixture
def pushed(monkeypatch: pytest.MonkeyPatch) -> list[Push]:
    """Every push, in order: kind, to, lost and ids."""
    made: list[Push] = []

    def note_down(kind: str, *, to: Any, lost: Any = (), **ids: Any) -> None:
        made.append({"kind": kind, "to": set(to), "lost": set(lost), **ids})

    monkeypatch.setattr(pushes, "publish", note_down)
    return made
