"""What the pages of templates read."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Waba
from templates_app import life
from templates_app.models import MessageTemplate

MOST_SHOWN = 1000
MOST_USES = 5
AWAY = {life.PAUSED, life.DISABLED}
FALLBACKS = 3  # one after another, then nothing goes


@dataclass(frozen=True, slots=True)
class Family:
    """One name in one account, with its languages side by side."""

    waba: Waba
    name: str
    languages: list[MessageTemplate]


def list_families(
    *, words: str = "", status: str = "", category: str = "", waba_id: int | None = None
) -> list[Family]:
    """Templates by name, those that are gone left out. words: of name or content."""
    rows = MessageTemplate.objects.exclude(status=life.DELETED).select_related("waba")
    if status:
        rows = rows.filter(status=status)
    if category:
        rows = rows.filter(category=category)
    if waba_id is not None:
        rows = rows.filter(waba=waba_id)
    for word in words.split()[:5]:
        rows = rows.filter(Q(name__icontains=word) | Q(components__icontains=word))
    listed = rows.order_by("name", "waba", "language")[:MOST_SHOWN]
    return [
        Family(group[0].waba, group[0].name, group)
        for group in (list(each) for _name, each in groupby(listed, lambda r: (r.name, r.waba_id)))
    ]


def uses_of(template: MessageTemplate) -> list[str]:
    """What refers to it, in words."""
    others = template.stands_in_for.exclude(status=life.DELETED)[:MOST_USES]
    return [_("fallback of %s") % other for other in others]


def standing(template: MessageTemplate) -> MessageTemplate:
    """The template that goes: itself, or while it is paused or disabled, its fallback."""
    step: MessageTemplate | None = template
    for _step in range(FALLBACKS):
        if step is None or step.status not in AWAY:
            break
        step = step.fallback
    return step if step is not None and step.is_sendable else template
