"""A draft: what is kept here before Meta hears of it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.people import require_supervisor
from accounts.models import User, Waba
from core.events import record
from core.media import StoredFile, delete_file
from templates_app import life
from templates_app.changes import announce
from templates_app.checking import Errors, check_draft
from templates_app.drafting import Draft
from templates_app.models import MessageTemplate

NAMES = {"name", "language", "category"}


class InvalidTemplate(Exception):
    """errors: by the editor's field; "" for what Meta said of all of it."""

    def __init__(self, errors: Errors) -> None:
        self.errors = errors
        super().__init__(" ".join(text for texts in errors.values() for text in texts))


class NotChangeable(Exception):
    """Its state, Meta's rules of how often, or Meta itself forbid it; the text says why."""


def save_draft(
    *,
    template: MessageTemplate | None,
    waba: Waba,
    draft: Draft,
    sample: StoredFile | None = None,
    by: User | None,
    at: datetime,
) -> MessageTemplate:
    """Keep what was written; Meta hears nothing of it. None: a new one.

    sample: a new example file for the header. Raises InvalidTemplate for a name that is taken
    or impossible, NotChangeable, NotASupervisor.
    """
    require_supervisor(by)
    if template is not None and template.status != life.DRAFT:
        raise NotChangeable(_("Meta has this template already: submit the change instead."))
    if errors := {key: told for key, told in check_draft(draft).items() if key in NAMES}:
        raise InvalidTemplate(errors)
    return _keep(template or MessageTemplate(waba=waba, status=life.DRAFT), draft, sample, by, at)


@transaction.atomic
def _keep(
    template: MessageTemplate,
    draft: Draft,
    sample: StoredFile | None,
    by: User | None,
    at: datetime,
) -> MessageTemplate:
    Waba.objects.select_for_update().get(pk=template.waba_id)
    rows = MessageTemplate.objects.select_for_update().filter(waba=template.waba_id)
    is_new = template.pk is None
    if not is_new:
        template = rows.get(pk=template.pk)
        if template.status != life.DRAFT:
            raise NotChangeable(_("Meta has this template already: submit the change instead."))
    other = rows.filter(name=draft.name, language=draft.language).exclude(pk=template.pk).first()
    if other is not None:
        template = _in_place_of(template, other)
    template.name, template.language = draft.name, draft.language
    write_content(template, draft, sample)
    template.changed_at = at
    template.save()
    kind = "template.drafted" if is_new else "template.redrafted"
    record(kind=kind, actor=by, at=at, subject=template, name=template.name)
    announce(template, was=str(template.status), at=at)
    return template


def _in_place_of(draft: MessageTemplate, gone: MessageTemplate) -> MessageTemplate:
    """The row of a deleted template, begun anew: its old messages stay with the name.

    Raises InvalidTemplate where it is not deleted.
    """
    if gone.status != life.DELETED:
        words = _("There is a template of this name in this language already.")
        raise InvalidTemplate({"name": [words]})
    fresh = MessageTemplate(pk=gone.pk, waba=gone.waba, status=life.DRAFT)
    if draft.pk is not None:
        fresh.sample, fresh.sample_type = draft.sample, draft.sample_type
        fresh.sample_name = draft.sample_name
        draft.delete()
    return fresh


def write_content(template: MessageTemplate, draft: Draft, sample: StoredFile | None) -> None:
    """Put the draft's content into the row, unsaved. Inside a transaction."""
    template.category = draft.category
    template.parameter_format = draft.parameter_format
    template.components = draft.components()
    if sample is not None and sample.name != template.sample:
        if old := template.sample:
            transaction.on_commit(lambda: delete_file(old), robust=True)
        template.sample = sample.name
        template.sample_type, template.sample_name = sample.mime_type, sample.filename[:200]
