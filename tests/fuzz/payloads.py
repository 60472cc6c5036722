"""Any bytes as the body of a webhook: read or refused with a reason, and always storable.

`python -m tests.fuzz.payloads corpus… -max_total_time=60` is the target of libFuzzer by atheris.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django

AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
HERE = Path(__file__).parent
CORPUS = HERE / "corpus" / "payloads"
SAMPLES = HERE.parent / "inbox" / "payloads"
LONGEST = 200  # of what becomes a name or an id


def check(body: bytes) -> int:
    """How many parts were understood. AssertionError, or any other error, is a bug."""
    from inbox.actions.inbound.parts import split_delivery
    from inbox.actions.inbound.reading import read_part
    from inbox.actions.inbound.shapes import Unreadable

    understood = 0
    for part in split_delivery(body, received_at=AT):
        check_text(part.content())
        try:
            arrival = read_part(part)
        except Unreadable as error:
            check_text(error.reason + error.detail)
            continue
        understood += 1
        for text in texts_of(arrival):
            check_text(text)
        assert len(getattr(arrival, "number", "")) <= LONGEST
        assert len(getattr(arrival, "provider_id", "")) <= LONGEST
    return understood


def check_text(text: str) -> None:
    """PostgreSQL can hold it."""
    assert "\0" not in text
    text.encode("utf-8")


def texts_of(value: Any) -> Iterator[str]:
    """Every text in what a part brought, however deep."""
    if isinstance(value, str):
        yield value
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from texts_of(getattr(value, field.name))
    elif isinstance(value, dict):
        json.dumps(value, allow_nan=False, default=str)
        for pair in value.items():
            yield from texts_of(pair)
    elif isinstance(value, list | tuple | set):
        for item in value:
            yield from texts_of(item)


def main() -> None:
    """Hand over to libFuzzer, which watches what of our code each body reaches."""
    import atheris

    with atheris.instrument_imports(include=["inbox.actions.inbound"]):
        django.setup()
        check(b"{}")
    atheris.Setup(sys.argv, lambda data: check(data) and None)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
