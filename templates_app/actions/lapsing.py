"""What time alone does: flagged for seven days and not better, a template is disabled."""

from datetime import datetime

from django.db import transaction

from core.events import record
from templates_app import life
from templates_app.changes import announce
from templates_app.models import MessageTemplate


def disable_lost(at: datetime) -> int:
    """Every one whose seven days are over. Gives how many."""
    before = at - life.FLAGGED_FOR
    lost = MessageTemplate.objects.filter(status=life.FLAGGED, flagged_at__lte=before)
    return sum(_disable(pk, at) for pk in list(lost.values_list("pk", flat=True)))


@transaction.atomic
def _disable(template_id: int, at: datetime) -> bool:
    template = MessageTemplate.objects.select_for_update().get(pk=template_id)
    if not template.life.is_lost(at):
        return False
    template.life = template.life.at(at)
    template.reason, template.changed_at = "FLAGGED_TOO_LONG", at
    template.save()
    record(kind="template.disabled", actor=None, at=at, subject=template, name=template.name)
    announce(template, was=life.FLAGGED, at=at)
    return True
