"""Templates that people write: drafted here, submitted to the simulator, told of by webhook."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.actions.people import NotASupervisor
from accounts.models import PhoneNumber, User, Waba
from core.media import path_of, store_chunks
from core.models import AuditEvent, Mail
from templates_app import life
from templates_app.actions import (
    InvalidTemplate,
    NotChangeable,
    TemplateInUse,
    change_settings,
    delete_template,
    disable_lost,
    save_draft,
    submit_template,
)
from templates_app.drafting import Draft, DraftButton, read_draft
from templates_app.models import MessageTemplate
from templates_app.queries import standing
from templates_app.sync import save_templates, sync_templates
from tests import cast
from tests.inbox.sending.processes import Platform

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
DRAFT = Draft(
    name="parcel_moved",
    language="en_US",
    category="UTILITY",
    body="Hi {{first_name}}, your parcel moved.",
    footer="Aurora",
    buttons=(DraftButton("QUICK_REPLY", "Where is it?"),),
    examples={"body.first_name": "Pablo"},
)


@pytest.fixture
def draft(waba: Waba, sofia: User, at: datetime) -> MessageTemplate:
    return save_draft(template=None, waba=waba, draft=DRAFT, by=sofia, at=at)


def submit(row: MessageTemplate, by: User, at: datetime, **changes: Any) -> MessageTemplate:
    draft = replace(DRAFT, **changes)
    return submit_template(template=row, draft=draft, by=by, at=at, clock=lambda: at)


def review(platform: Platform, row: MessageTemplate, status: str, **more: Any) -> None:
    """Meta decides, and its webhook is applied."""
    body = {"status": status, **more}
    platform.ask("PATCH", f"/_sim/templates/{row.external_id}", body)
    platform.apply_webhooks(until=lambda: fresh(row).status == status)


def fresh(row: MessageTemplate) -> MessageTemplate:
    return MessageTemplate.objects.get(pk=row.pk)


def at_meta(platform: Platform, waba: Waba, name: str = "parcel_moved") -> list[dict[str, Any]]:
    from accounts.cloud_api import read_templates

    return [row for row in read_templates(waba) if row["name"] == name]


def test_a_draft_is_kept_here_alone(
    platform: Platform, draft: MessageTemplate, waba: Waba, at: datetime
) -> None:
    assert (draft.status, draft.external_id) == (life.DRAFT, "")
    assert draft.components == DRAFT.components()
    assert draft.parameter_format == "NAMED"
    assert at_meta(platform, waba) == []
    sync_templates(waba, at + DAY)
    assert fresh(draft).status == life.DRAFT, "a list without it does not take it away"


def test_submitted_approved_and_told_by_webhook(
    platform: Platform, draft: MessageTemplate, waba: Waba, sofia: User, at: datetime
) -> None:
    row = submit(draft, sofia, at)
    assert (row.status, bool(row.external_id)) == (life.PENDING, True)
    there = at_meta(platform, waba)[0]
    assert there["components"] == DRAFT.components()
    assert (there["status"], there["parameter_format"]) == ("PENDING", "NAMED")
    review(platform, row, "APPROVED")
    assert fresh(row).is_sendable
    kinds = AuditEvent.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["template.drafted", "template.submitted"]


def test_rejected_with_its_reason_edited_and_submitted_again(
    platform: Platform, draft: MessageTemplate, omar: User, sofia: User, at: datetime
) -> None:
    row = submit(draft, sofia, at)
    review(platform, row, "REJECTED", reason="INVALID_FORMAT")
    row = fresh(row)
    assert row.reason.startswith("INVALID_FORMAT - ")
    mail = Mail.objects.get()
    assert mail.to == omar.email
    assert "rejected" in mail.subject
    assert "Variables or special characters" in mail.text
    assert f"/templates/{row.pk}/" in mail.text
    again = submit(row, sofia, at + DAY, body="Hello {{first_name}}, it moved.")
    assert (again.status, again.reason) == (life.PENDING, "")
    review(platform, again, "APPROVED")


def test_an_approved_one_is_edited_once_a_day(
    platform: Platform, draft: MessageTemplate, sofia: User, at: datetime
) -> None:
    row = submit(draft, sofia, at)
    review(platform, row, "APPROVED")
    edited = submit(fresh(row), sofia, at + DAY, footer="Aurora Shop")
    assert (edited.status, len(edited.edits)) == (life.APPROVED, 1)
    with pytest.raises(NotChangeable, match="once in 24 hours"):
        submit(edited, sofia, at + DAY + timedelta(hours=1), footer="Aurora")
    with pytest.raises(InvalidTemplate) as caught:
        submit(edited, sofia, at + 3 * DAY, category="MARKETING")
    assert list(caught.value.errors) == ["category"]


def test_what_meta_refuses_is_told_and_the_draft_stays(
    platform: Platform, draft: MessageTemplate, waba: Waba, sofia: User, at: datetime
) -> None:
    submit(draft, sofia, at)
    other = save_draft(
        template=None, waba=waba, draft=replace(DRAFT, name="other"), by=sofia, at=at
    )
    MessageTemplate.objects.filter(pk=draft.pk).delete()
    with pytest.raises(InvalidTemplate) as caught:
        submit(other, sofia, at, name="parcel_moved")
    assert "already exists" in caught.value.errors[""][0]
    assert fresh(other).status == life.DRAFT


def test_limits_are_told_before_meta_is_asked(
    platform: Platform, draft: MessageTemplate, waba: Waba, sofia: User, at: datetime
) -> None:
    with pytest.raises(InvalidTemplate) as caught:
        submit(draft, sofia, at, body="{{1}}")
    assert "body" in caught.value.errors
    assert at_meta(platform, waba) == []


def test_a_header_with_a_file_gets_its_handle_by_the_resumable_upload(
    platform: Platform, waba: Waba, sofia: User, at: datetime
) -> None:
    picture = replace(
        store_chunks([cast.png()], limit=10**6), mime_type="image/png", filename="parcel.png"
    )
    wanted = replace(DRAFT, name="with_picture", header="IMAGE")
    row = save_draft(template=None, waba=waba, draft=wanted, sample=picture, by=sofia, at=at)
    row = submit_template(template=row, draft=wanted, by=sofia, at=at, clock=lambda: at)
    header = at_meta(platform, waba, "with_picture")[0]["components"][0]
    assert header["format"] == "IMAGE"
    assert header["example"]["header_handle"][0].startswith("4::")
    held = read_draft(name="x", language="en", category="UTILITY", components=row.components)
    assert held.handle == header["example"]["header_handle"][0]
    assert path_of(row.sample).is_file()


def test_nobody_but_supervisors_and_administrators(
    draft: MessageTemplate, waba: Waba, ana: User, at: datetime
) -> None:
    for attempt in (
        lambda: save_draft(template=draft, waba=waba, draft=DRAFT, by=ana, at=at),
        lambda: submit(draft, ana, at),
        lambda: delete_template(template=draft, by=ana, at=at),
        lambda: change_settings(template=draft, fallback=None, overrides={}, by=ana, at=at),
    ):
        with pytest.raises(NotASupervisor):
            attempt()


def test_a_name_and_language_is_taken_once(
    draft: MessageTemplate, waba: Waba, sofia: User, at: datetime
) -> None:
    with pytest.raises(InvalidTemplate) as caught:
        save_draft(template=None, waba=waba, draft=DRAFT, by=sofia, at=at)
    assert list(caught.value.errors) == ["name"]
    spanish = replace(DRAFT, language="es")
    assert save_draft(template=None, waba=waba, draft=spanish, by=sofia, at=at).pk != draft.pk


def test_deleted_here_and_at_meta_and_its_name_may_come_again(
    platform: Platform, draft: MessageTemplate, waba: Waba, sofia: User, at: datetime
) -> None:
    row = submit(draft, sofia, at)
    delete_template(template=row, by=sofia, at=at)
    assert fresh(row).status == life.DELETED
    assert at_meta(platform, waba) == []
    MessageTemplate.objects.filter(pk=row.pk).update(reason="SCAM", correct_category="MARKETING")
    again = save_draft(template=None, waba=waba, draft=DRAFT, by=sofia, at=at)
    assert (again.pk, again.status, again.external_id) == (row.pk, life.DRAFT, "")
    assert (fresh(again).reason, fresh(again).correct_category) == ("", "")


def test_a_draft_may_take_the_name_of_a_deleted_one(
    platform: Platform, draft: MessageTemplate, waba: Waba, sofia: User, at: datetime
) -> None:
    delete_template(template=draft, by=sofia, at=at)
    other = save_draft(
        template=None, waba=waba, draft=replace(DRAFT, name="other"), by=sofia, at=at
    )
    again = save_draft(template=other, waba=waba, draft=DRAFT, by=sofia, at=at)
    assert again.pk == draft.pk
    assert not MessageTemplate.objects.filter(name="other").exists()


def test_a_list_that_was_asked_for_before_does_not_take_a_new_one_away(
    platform: Platform, draft: MessageTemplate, waba: Waba, sofia: User, at: datetime
) -> None:
    answered = at + timedelta(seconds=20)
    row = submit_template(template=draft, draft=DRAFT, by=sofia, at=at, clock=lambda: answered)
    save_templates(waba, [], at + timedelta(seconds=10))
    assert fresh(row).status == life.PENDING


def test_what_meta_took_meanwhile_is_no_draft_any_more(
    draft: MessageTemplate, waba: Waba, sofia: User, at: datetime
) -> None:
    MessageTemplate.objects.filter(pk=draft.pk).update(status="PENDING", external_id="77")
    with pytest.raises(NotChangeable):
        save_draft(template=draft, waba=waba, draft=DRAFT, by=sofia, at=at)
    assert fresh(draft).external_id == "77"


def test_an_authentication_template_gets_the_button_that_meta_wants(
    platform: Platform, waba: Waba, sofia: User, at: datetime
) -> None:
    wanted = Draft(name="code", language="en", category="AUTHENTICATION", advice=True, minutes=5)
    row = save_draft(template=None, waba=waba, draft=wanted, by=sofia, at=at)
    submit_template(template=row, draft=wanted, by=sofia, at=at)
    parts = {part["type"]: part for part in at_meta(platform, waba, "code")[0]["components"]}
    assert parts["BUTTONS"]["buttons"][0]["type"] == "OTP"
    assert parts["FOOTER"]["code_expiration_minutes"] == 5


def test_a_sample_of_another_kind_is_no_sample(
    platform: Platform, waba: Waba, sofia: User, at: datetime
) -> None:
    picture = replace(
        store_chunks([cast.png()], limit=10**6), mime_type="image/png", filename="parcel.png"
    )
    wanted = replace(DRAFT, header="IMAGE")
    row = save_draft(template=None, waba=waba, draft=wanted, sample=picture, by=sofia, at=at)
    with pytest.raises(InvalidTemplate) as caught:
        submit(row, sofia, at, header="VIDEO")
    assert list(caught.value.errors) == ["header.file"]


def test_what_is_in_use_is_not_deleted(
    draft: MessageTemplate, waba: Waba, sofia: User, at: datetime
) -> None:
    other = save_draft(
        template=None, waba=waba, draft=replace(DRAFT, name="other"), by=sofia, at=at
    )
    change_settings(template=other, fallback=draft, overrides={}, by=sofia, at=at)
    with pytest.raises(TemplateInUse) as caught:
        delete_template(template=draft, by=sofia, at=at)
    assert caught.value.uses == ["fallback of other (en_US)"]


def test_flagged_for_seven_days_it_is_disabled_on_every_path(
    platform: Platform, draft: MessageTemplate, omar: User, sofia: User, at: datetime
) -> None:
    row = submit(draft, sofia, at)
    review(platform, row, "APPROVED")
    review(platform, row, "FLAGGED")
    assert fresh(row).is_sendable, "flagged ones are still sent"
    since = fresh(row).flagged_at
    assert since is not None
    assert disable_lost(since + 7 * DAY - timedelta(seconds=1)) == 0
    assert disable_lost(since + 7 * DAY) == 1
    row = fresh(row)
    assert (row.status, row.is_sendable) == (life.DISABLED, False)
    with pytest.raises(NotChangeable):
        submit(row, sofia, at + 30 * DAY)
    with pytest.raises(NotChangeable):
        delete_template(template=row, by=sofia, at=at)
    sync_templates(row.waba, since + 8 * DAY)
    assert fresh(row).status == life.DISABLED, "that Meta still flags it is no news"
    subjects = Mail.objects.order_by("pk").values_list("subject", flat=True)
    assert [("flagged" in s, "disabled" in s) for s in subjects] == [(True, False), (False, True)]


def test_a_paused_one_says_until_when(
    platform: Platform, draft: MessageTemplate, sofia: User, at: datetime
) -> None:
    row = submit(draft, sofia, at)
    review(platform, row, "APPROVED")
    review(platform, row, "PAUSED")
    row = fresh(row)
    assert row.changed_at is not None
    assert row.paused_until == row.changed_at + timedelta(hours=3)


def test_its_fallback_takes_over_while_it_is_paused(waba: Waba, sofia: User, at: datetime) -> None:
    rows = [
        {"id": str(n), "name": name, "language": "en_US", "category": "UTILITY",
         "status": "APPROVED", "components": [{"type": "BODY", "text": f"Hi {{{{1}}}}, {name}"}]}
        for n, name in enumerate(("first", "second", "third"))
    ]  # fmt: skip
    save_templates(waba, rows, at)
    first, second, third = MessageTemplate.objects.order_by("name")
    change_settings(template=first, fallback=second, overrides={}, by=sofia, at=at)
    change_settings(template=second, fallback=third, overrides={}, by=sofia, at=at)
    assert standing(first) == first
    MessageTemplate.objects.filter(pk=first.pk).update(status="PENDING")
    assert standing(fresh(first)) == first, "only while it is paused or disabled"
    MessageTemplate.objects.filter(pk=first.pk).update(status="PAUSED")
    assert standing(fresh(first)) == second
    MessageTemplate.objects.filter(pk=second.pk).update(status="DISABLED")
    assert standing(fresh(first)) == third
    with pytest.raises(InvalidTemplate) as caught:
        change_settings(template=third, fallback=fresh(first), overrides={}, by=sofia, at=at)
    assert list(caught.value.errors) == ["fallback"]


def test_what_asks_for_other_values_is_no_fallback(
    draft: MessageTemplate, waba: Waba, sofia: User, at: datetime
) -> None:
    other = save_draft(
        template=None, waba=waba, draft=replace(DRAFT, name="other", body="Hi {{1}}, there.",
        examples={"body.1": "Ana"}), by=sofia, at=at,
    )  # fmt: skip
    with pytest.raises(InvalidTemplate) as caught:
        change_settings(template=draft, fallback=other, overrides={}, by=sofia, at=at)
    assert list(caught.value.errors) == ["fallback"]


def test_a_foreign_accounts_template_is_no_fallback(
    draft: MessageTemplate, number: PhoneNumber, sofia: User, at: datetime
) -> None:
    other = Waba.objects.create(waba_id="9", name="Other", app=number.waba.app, access_token="x")
    foreign = MessageTemplate.objects.create(
        waba=other, name="foreign", language="en_US", category="UTILITY", status="APPROVED"
    )
    with pytest.raises(InvalidTemplate):
        change_settings(template=draft, fallback=foreign, overrides={}, by=sofia, at=at)
