"""Our copy of an account's templates after reading Meta's list."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import Waba
from templates_app.actions import disable_lost
from templates_app.models import MessageTemplate
from templates_app.sync import save_templates

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def row(name: str, language: str = "en_US", **fields: Any) -> dict[str, Any]:
    return {
        "id": f"{name}-{language}",
        "name": name,
        "language": language,
        "category": "UTILITY",
        "status": "APPROVED",
        "components": [{"type": "BODY", "text": f"{name}."}],
    } | fields


def test_every_language_is_a_row_of_its_own(waba: Waba, at: datetime) -> None:
    result = save_templates(waba, [row("hi"), row("hi", "pt_BR"), row("bye", "es")], at)

    assert (result.seen, result.created, result.changed, result.gone) == (3, 3, 0, 0)
    assert set(MessageTemplate.objects.values_list("name", "language")) == {
        ("hi", "en_US"), ("hi", "pt_BR"), ("bye", "es"),
    }  # fmt: skip
    waba.refresh_from_db()
    assert waba.templates_synced_at == at


def test_a_second_reading_changes_only_what_changed(waba: Waba, at: datetime) -> None:
    save_templates(waba, [row("hi"), row("bye")], at)
    result = save_templates(
        waba, [row("hi"), row("bye", status="PAUSED", quality_score={"score": "RED"})], at + HOUR
    )

    assert (result.created, result.changed, result.gone) == (0, 1, 0)
    bye = MessageTemplate.objects.get(name="bye")
    assert (bye.status, bye.quality, bye.changed_at) == ("PAUSED", "RED", at + HOUR)
    assert MessageTemplate.objects.get(name="hi").changed_at == at


def test_flagged_ones_that_a_list_shows_as_approved_stay_flagged_until_they_are_better(
    waba: Waba, at: datetime
) -> None:
    save_templates(waba, [row("hi")], at)
    MessageTemplate.objects.update(status="FLAGGED", flagged_at=at)
    save_templates(waba, [row("hi", quality_score={"score": "RED"})], at + HOUR)
    template = MessageTemplate.objects.get()
    assert (template.status, template.flagged_at) == ("FLAGGED", at)
    assert disable_lost(at + 7 * 24 * HOUR) == 1
    later = at + 8 * 24 * HOUR
    save_templates(waba, [row("hi", quality_score={"score": "RED"})], later)
    template.refresh_from_db()
    assert (template.status, template.reason) == ("DISABLED", "FLAGGED_TOO_LONG")
    save_templates(waba, [row("hi", quality_score={"score": "GREEN"})], later + HOUR)
    template.refresh_from_db()
    assert template.status == "APPROVED"


def test_what_a_webhook_told_while_the_list_came_is_newer(waba: Waba, at: datetime) -> None:
    save_templates(waba, [row("hi")], at)
    told = at + HOUR + timedelta(seconds=2)
    MessageTemplate.objects.update(status="PAUSED", reason="Low quality", changed_at=told)

    save_templates(waba, [row("hi")], at + HOUR)
    template = MessageTemplate.objects.get()
    assert (template.status, template.reason) == ("PAUSED", "Low quality")

    save_templates(waba, [row("hi")], at + 2 * HOUR)
    assert MessageTemplate.objects.get().status == "APPROVED"


def test_what_is_gone_at_meta_is_marked_and_kept(waba: Waba, at: datetime) -> None:
    save_templates(waba, [row("hi"), row("bye")], at)
    assert save_templates(waba, [row("hi")], at + HOUR).gone == 1
    assert MessageTemplate.objects.get(name="bye").status == "DELETED"
    assert save_templates(waba, [row("hi")], at + 2 * HOUR).gone == 0

    assert save_templates(waba, [row("hi"), row("bye")], at + 3 * HOUR).changed == 1
    assert MessageTemplate.objects.get(name="bye").status == "APPROVED"


def test_a_webhooks_spelling_of_the_language_is_the_same_row(waba: Waba, at: datetime) -> None:
    save_templates(waba, [row("hi", "en-US")], at)
    save_templates(waba, [row("hi", "en_US")], at + HOUR)
    assert MessageTemplate.objects.get().language == "en_US"


def test_an_id_that_moved_to_another_name_moves_here_too(waba: Waba, at: datetime) -> None:
    save_templates(waba, [row("old", id="7")], at)
    save_templates(waba, [row("old", id="8"), row("new", id="7")], at + HOUR)
    assert dict(MessageTemplate.objects.values_list("name", "external_id")) == {
        "old": "8", "new": "7",
    }  # fmt: skip


def test_another_accounts_templates_are_left_alone(waba: Waba, at: datetime) -> None:
    other = Waba.objects.create(waba_id="9", name="Other", app=waba.app, access_token="x")
    save_templates(other, [row("theirs", id="77")], at)
    save_templates(waba, [row("hi")], at)
    assert MessageTemplate.objects.get(name="theirs").status == "APPROVED"


@pytest.mark.parametrize("bad", [{}, {"name": "x"}, {"name": None, "language": "en"}])
def test_a_row_without_a_name_is_passed_over(waba: Waba, at: datetime, bad: Any) -> None:
    assert save_templates(waba, [bad, row("hi")], at).seen == 1
