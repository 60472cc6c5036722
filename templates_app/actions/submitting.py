"""A template goes to Meta for review, new or edited.

Meta is asked outside any transaction. What it takes is written afterwards; if that is lost, the
next synchronisation brings it, since name and language say which template it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import cloud_api
from accounts.actions.people import require_supervisor
from accounts.cloud_api import CloudApiError
from accounts.models import User
from core.events import record
from core.media import StoredFile, path_of
from templates_app import life
from templates_app.actions.drafting import InvalidTemplate, NotChangeable, write_content
from templates_app.changes import announce
from templates_app.checking import check_draft
from templates_app.contents import MEDIA, fits
from templates_app.drafting import Draft
from templates_app.models import MessageTemplate


def submit_template(
    *,
    template: MessageTemplate,
    draft: Draft,
    sample: StoredFile | None = None,
    by: User | None,
    at: datetime,
    clock: Callable[[], datetime] = timezone.now,
) -> MessageTemplate:
    """Send a draft in for review, or an edit of what Meta has.

    sample: a new example file for the header. clock: tells when Meta has answered, which an
    upload may delay; a list that was asked for before knows nothing of it. Raises
    InvalidTemplate (also with what Meta said), NotChangeable, NotASupervisor.
    """
    require_supervisor(by)
    if why := template.why_not_editable(at):
        raise NotChangeable(why)
    draft = _fixed(template, draft)
    has_sample = sample is not None or fits(template.sample_type, draft.header)
    shown = replace(draft, handle=draft.handle or ("a file" if has_sample else ""))
    if errors := check_draft(shown):
        raise InvalidTemplate(errors)
    try:
        draft = _with_handle(template, draft, sample)
        answer = _send(template, draft)
    except CloudApiError as error:
        raise InvalidTemplate({"": [str(error)]}) from error
    return _taken(template, draft, sample, answer, by, at=max(at, clock()))


def _fixed(template: MessageTemplate, draft: Draft) -> Draft:
    """Name and language of what Meta has never change, nor an approved one's category (Meta)."""
    if template.status == life.DRAFT:
        return draft
    if template.status == life.APPROVED and draft.category != template.category:
        words = _("The category of an approved template cannot change.")
        raise InvalidTemplate({"category": [words]})
    return replace(draft, name=template.name, language=template.language)


def _with_handle(template: MessageTemplate, draft: Draft, sample: StoredFile | None) -> Draft:
    """The header's example goes to Meta first, which gives a handle for it."""
    if draft.header not in MEDIA or (draft.handle and sample is None):
        return draft
    name, mime_type, filename = template.sample, template.sample_type, template.sample_name
    if sample is not None:
        name, mime_type, filename = sample.name, sample.mime_type, sample.filename
    handle = cloud_api.upload_sample(
        template.waba, path_of(name), name=filename, mime_type=mime_type
    )
    return replace(draft, handle=handle)


def _send(template: MessageTemplate, draft: Draft) -> Mapping[str, object]:
    body = draft.body_to_create()
    if not template.external_id:
        return cloud_api.create_template(template.waba, body)
    changed = {"category": body["category"], "components": body["components"]}
    cloud_api.edit_template(template.waba, template.external_id, changed)
    # An approved one stays so unless the review of the edit fails (Meta, "Edit templates").
    status = life.APPROVED if template.status == life.APPROVED else life.PENDING
    return {"id": template.external_id, "status": status, "category": body["category"]}


@transaction.atomic
def _taken(
    template: MessageTemplate,
    draft: Draft,
    sample: StoredFile | None,
    answer: Mapping[str, object],
    by: User | None,
    *,
    at: datetime,
) -> MessageTemplate:
    seen, is_edit = str(template.status), bool(template.external_id)
    template = MessageTemplate.objects.select_for_update().get(pk=template.pk)
    was = str(template.status)
    if was == life.DRAFT:
        template.name, template.language = draft.name, draft.language
    write_content(template, draft, sample)
    template.external_id = str(answer.get("id") or template.external_id)[:40]
    template.category = str(answer.get("category") or draft.category).upper()[:20]
    if is_edit and was == life.APPROVED:
        template.edits = [*template.edits[-9:], at.isoformat()]
    if was == seen:  # else the webhook of its review was faster than Meta's answer
        told = str(answer.get("status") or life.PENDING).upper()
        template.life, template.reason = template.life.told(told, at), ""
    template.changed_at = max(template.changed_at or at, at)
    template.save()
    kind = "template.edited" if is_edit else "template.submitted"
    record(kind=kind, actor=by, at=at, subject=template, name=template.name)
    announce(template, was=was, at=at)
    return template
