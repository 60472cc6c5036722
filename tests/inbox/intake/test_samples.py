"""Every sample webhook of Meta's and pywa's leaves exactly the rows that are written down."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from inbox.intake.applier import apply_stored
from inbox.models import WebhookDelivery
from tests.inbox.intake import ledger
from tests.inbox.intake.expected_samples import META, PYWA, QUARANTINED

BESIDE = Path(__file__).resolve().parents[4]
FOLDER = next(BESIDE.glob("*/whatsapp/fixtures"), BESIDE / "whatsapp" / "fixtures")
SAMPLES = {f"meta-openapi/POST.whatsapp.webhooks.REQ.{name}": META[name] for name in META}
SAMPLES |= {f"pywa/webhook.{name}": PYWA[name] for name in PYWA}
needs_samples = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the sample webhooks do not lie beside Sash"
)


@needs_samples
@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_leaves_its_rows(db, name):
    body = (FOLDER / f"{name}.json").read_bytes()
    ledger.prepare(json.loads(body))
    WebhookDelivery.objects.create(body=body)
    apply_stored()

    poison = [f"quarantine {QUARANTINED[name]}"] if name in QUARANTINED else []
    assert ledger.rows() == sorted(SAMPLES[name] + poison)


@needs_samples
def test_no_sample_is_left_out():
    found = {
        f"{path.parent.name}/{path.stem}"
        for pattern in ("*/webhook.*.json", "*/POST.whatsapp.webhooks.*.json")
        for path in FOLDER.glob(pattern)
    }
    assert found == set(SAMPLES)


@needs_samples
def test_all_samples_in_one_delivery_leave_nothing_in_quarantine(db):
    documents = [json.loads((FOLDER / f"{name}.json").read_bytes()) for name in SAMPLES]
    for document in documents:
        ledger.prepare(document)
    entries = [entry for document in documents for entry in document["entry"]]
    body = json.dumps({"object": "whatsapp_business_account", "entry": entries}).encode()
    WebhookDelivery.objects.create(body=body)
    apply_stored()

    assert not [line for line in ledger.rows() if line.startswith("quarantine")]
    assert WebhookDelivery.objects.get().state == "applied"
