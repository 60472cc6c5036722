"""What a template is beside its content: its fallback, its other texts, and its end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import cloud_api
from accounts.actions.people import require_supervisor
from accounts.cloud_api import CloudApiError
from accounts.models import User
from core.events import record
from core.media import delete_file
from templates_app import life
from templates_app.actions.drafting import InvalidTemplate, NotChangeable
from templates_app.changes import announce
from templates_app.contents import variables
from templates_app.models import MessageTemplate
from templates_app.queries import uses_of

# Ten segments of an SMS; a web chat's message is as long as WhatsApp's.
OVERRIDES = {"sms": 1530, "webchat": 4096}


class TemplateInUse(Exception):
    """Something refers to it; uses: what, in words."""

    def __init__(self, uses: list[str]) -> None:
        self.uses = uses
        super().__init__(_("It is in use: %s.") % ", ".join(uses))


def delete_template(*, template: MessageTemplate, by: User | None, at: datetime) -> None:
    """Gone here and at Meta, this language alone.

    Raises TemplateInUse, NotChangeable (also with what Meta said), NotASupervisor.
    """
    require_supervisor(by)
    if not template.is_deletable:
        raise NotChangeable(_("Meta keeps templates that are disabled or deleted already."))
    if uses := uses_of(template):
        raise TemplateInUse(uses)
    if template.external_id:
        try:
            cloud_api.delete_template(template.waba, template.name, template.external_id)
        except CloudApiError as error:
            raise NotChangeable(str(error)) from error
    _forget(template, by, at)


@transaction.atomic
def _forget(template: MessageTemplate, by: User | None, at: datetime) -> None:
    """The row stays for the messages that were sent of it."""
    template = MessageTemplate.objects.select_for_update().get(pk=template.pk)
    if sample := template.sample:
        transaction.on_commit(lambda: delete_file(sample), robust=True)
    was = str(template.status)
    template.life = life.Life(life.DELETED)
    template.sample, template.changed_at = "", at
    template.save()
    record(kind="template.deleted", actor=by, at=at, subject=template, name=template.name)
    announce(template, was=was, at=at)


@transaction.atomic
def change_settings(
    *,
    template: MessageTemplate,
    fallback: MessageTemplate | None,
    overrides: Mapping[str, str],
    by: User | None,
    at: datetime,
) -> None:
    """What goes instead while it is paused or disabled, and its text for other channels.

    Raises InvalidTemplate, NotASupervisor.
    """
    require_supervisor(by)
    kept = {name: overrides.get(name, "").strip() for name in OVERRIDES}
    errors = {
        name: [_("At most %s characters.") % most]
        for name, most in OVERRIDES.items()
        if len(kept[name]) > most
    }
    if fallback is not None and _leads_back(template, fallback):
        errors["fallback"] = [_("These templates would wait for each other.")]
    elif fallback is not None and asked_for(fallback) != asked_for(template):
        errors["fallback"] = [_("It asks for other values, so it cannot take its place.")]
    if errors:
        raise InvalidTemplate(errors)
    template.fallback = fallback
    template.overrides = {name: text for name, text in kept.items() if text}
    template.save(update_fields=["fallback", "overrides"])
    record(kind="template.settings", actor=by, at=at, subject=template, name=template.name)
    announce(template, was=str(template.status), at=at)


def asked_for(template: MessageTemplate) -> list[tuple[str, str]]:
    """The values that it needs: what fills one may fill the other."""
    return [(variable.key, str(variable.kind)) for variable in variables(template)]


def _leads_back(template: MessageTemplate, fallback: MessageTemplate) -> bool:
    if fallback.waba_id != template.waba_id:
        return True
    seen, step = {template.pk}, fallback
    while step.pk not in seen:
        seen.add(step.pk)
        if step.fallback is None:
            return False
        step = step.fallback
    return True
