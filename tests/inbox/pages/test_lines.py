"""What happened in a conversation is told in words, whoever or whatever wrote the event."""

import re
from pathlib import Path
from typing import Any

import pytest

from inbox.models import Event
from inbox.templatetags.lines import SENTENCES, sentence

ROOT = Path(__file__).resolve().parents[3]
WRITERS = [*(ROOT / "inbox" / "actions").rglob("*.py"), *(ROOT / "bots").rglob("*.py")]
EVENT = re.compile(
    r"(?:record_event|Event|_add_event|hand_over_event)\((?:[^()]|\([^()]*\))*?kind=\"(\w+)\""
)


def test_every_kind_of_event_that_is_written_has_its_words() -> None:
    written = {kind for path in WRITERS for kind in EVENT.findall(path.read_text("utf-8"))}
    assert len(written) > 12, "the pattern must find the writers"
    assert written <= set(SENTENCES)


@pytest.mark.parametrize(
    ("kind", "data", "text"),
    [
        ("opened", {}, "The customer began a conversation"),
        ("call", {"event": "connect", "direction": "USER_INITIATED"}, "The customer called"),
        ("call", {"event": "terminate", "duration": 125}, "The call ended after 2:05"),
        ("call", {"event": "terminate"}, "The call ended"),
        ("call", {"status": "RINGING"}, "The customer's phone rings"),
        ("closed", {"reason": "solved"}, "Closed the conversation: solved"),
        ("of_a_kind_to_come", {}, "of a kind to come"),
        ("number_changed", {"text": "<b>x</b>"}, "<b>x</b>"),
    ],
)
def test_a_line_says_what_happened(kind: str, data: dict[str, Any], text: str) -> None:
    assert sentence(Event(kind=kind, data=data)) == text


@pytest.mark.parametrize("data", [{"duration": "long"}, {"event": 7}, [], None, "text"])
def test_strange_data_breaks_no_line(data: Any) -> None:
    for kind in SENTENCES:
        assert isinstance(sentence(Event(kind=kind, data=data)), str)
