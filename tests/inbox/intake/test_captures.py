"""Every type of webhook that Meta documents, captured with our own values, leaves its rows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from inbox.intake.applier import apply_stored
from inbox.models import QuarantinedEvent, WebhookDelivery
from tests.inbox.intake import ledger
from tests.inbox.intake.expected_captures import EXPECTED, QUARANTINED

FOLDER = Path(__file__).resolve().parents[1] / "payloads"
STRANGE = "poison.number_of_somebody_else"


def post(name: str) -> None:
    body = (FOLDER / f"{name}.json").read_bytes()
    if name != STRANGE:
        ledger.prepare(json.loads(body))
    WebhookDelivery.objects.create(body=body)
    apply_stored()


@pytest.mark.parametrize("name", EXPECTED)
def test_a_capture_leaves_its_rows_however_often_it_comes(db, name):
    post(name)
    assert ledger.rows() == EXPECTED[name]
    post(name)
    assert ledger.rows() == EXPECTED[name]


@pytest.mark.parametrize("name", QUARANTINED)
def test_a_poison_lies_in_quarantine_with_its_reason(db, name):
    post(name)
    assert ledger.rows() == [f"quarantine {QUARANTINED[name]}"]
    poison = QuarantinedEvent.objects.get()
    assert poison.detail
    assert json.loads(poison.content)["entry"]


def test_no_capture_is_left_out():
    assert {path.stem for path in FOLDER.glob("*.json")} == {*EXPECTED, *QUARANTINED}
