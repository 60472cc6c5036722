"""Copies an account's templates from Meta: every language, and what has gone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.cloud_api import read_templates
from accounts.models import Waba
from templates_app import life
from templates_app.changes import tell_pages, tell_people
from templates_app.languages import normalise_language
from templates_app.models import MessageTemplate

Key = tuple[str, str]
NOT_THERE = [MessageTemplate.Status.DELETED, MessageTemplate.Status.DRAFT]


@dataclass(frozen=True, slots=True)
class SyncResult:
    """How many templates there are at Meta, and how many of ours are new, changed and gone."""

    seen: int
    created: int
    changed: int
    gone: int


def sync_templates(waba: Waba, at: datetime) -> SyncResult:
    """Make our copy equal to Meta's. Raises accounts.cloud_api.CloudApiError, changing nothing."""
    return save_templates(waba, read_templates(waba), at)


@transaction.atomic
def save_templates(waba: Waba, rows: list[dict[str, Any]], at: datetime) -> SyncResult:
    """Write Meta's whole list. Templates that are not in it are marked as deleted.

    at: when the list was asked for; what webhooks have said since is newer.
    """
    Waba.objects.select_for_update().get(pk=waba.pk)
    held = waba.templates.select_for_update().order_by("pk")
    ours = {(row.name, row.language): row for row in held}
    theirs = {key: row for row in rows if (key := _key(row))}
    _free_ids(ours, theirs)
    created = changed = 0
    for key, row in theirs.items():
        template = ours.get(key) or MessageTemplate(waba=waba, name=key[0], language=key[1])
        template.synced_at = at
        if template.changed_at is not None and template.changed_at > at:
            template.save(update_fields=["synced_at"])  # a webhook overtook this list
            continue
        is_new, was = template.pk is None, str(template.status)
        is_other = _write(template, row, at)
        if is_other:
            template.changed_at = at
        template.save()
        if is_other:
            tell_people(template, was=str(template.status) if is_new else was, at=at)
        created, changed = created + is_new, changed + (is_other and not is_new)
    gone = waba.templates.exclude(synced_at=at).exclude(status__in=NOT_THERE)
    ids = list(gone.exclude(changed_at__gt=at).values_list("pk", flat=True))
    rows_gone = MessageTemplate.objects.filter(pk__in=ids)
    rows_gone.update(status=MessageTemplate.Status.DELETED, changed_at=at)
    if ids or created or changed:
        tell_pages()
    Waba.objects.filter(pk=waba.pk).update(templates_synced_at=at)
    return SyncResult(len(theirs), created, changed, len(ids))


def _key(row: Mapping[str, Any]) -> Key | None:
    name, language = row.get("name"), row.get("language")
    if not (isinstance(name, str) and isinstance(language, str)):
        return None
    return name, normalise_language(language)


def _free_ids(ours: Mapping[Key, MessageTemplate], theirs: Mapping[Key, Any]) -> None:
    """An id that Meta gave to another template meanwhile is no longer ours to hold."""
    holders = {str(row.get("id", "")): key for key, row in theirs.items()}
    for key, template in ours.items():
        if template.external_id and holders.get(template.external_id, key) != key:
            template.external_id = ""
            template.save(update_fields=["external_id"])


def _write(template: MessageTemplate, row: Mapping[str, Any], at: datetime) -> bool:
    """Take over Meta's values; says whether any of them is news."""
    quality = row.get("quality_score")
    score = quality.get("score") if isinstance(quality, dict) else None
    components = row.get("components")
    new = template.life.told(_told(template, row, str(score)), at)
    values: dict[str, Any] = {
        "external_id": str(row.get("id", ""))[:40],
        "category": str(row.get("category", "")).upper()[:20],
        "parameter_format": str(row.get("parameter_format") or "POSITIONAL").upper()[:12],
        "components": components if isinstance(components, list) else [],
        "quality": str(score or "UNKNOWN")[:12],
        "reason": _reason(template, row, stays=new.status == template.status),
        "correct_category": str(row.get("correct_category") or "")[:20],
    }
    values["life"] = new
    is_other = any(getattr(template, name) != value for name, value in values.items())
    for name, value in values.items():
        setattr(template, name, value)
    return is_other


def _told(template: MessageTemplate, row: Mapping[str, Any], score: str) -> str:
    """The state that the list means: lists show what is flagged as approved.

    So one that is flagged, or was disabled for it, is only well again with its quality.
    """
    told = str(row.get("status", life.PENDING)).upper()[:20]
    was_flagged = template.status in {life.FLAGGED, life.DISABLED}
    return life.FLAGGED if told == life.APPROVED and was_flagged and score == "RED" else told


def _reason(template: MessageTemplate, row: Mapping[str, Any], stays: bool) -> str:
    """Why rejected; why paused is told by webhooks alone, and stays while it is paused."""
    reason = row.get("rejected_reason")
    if reason not in (None, "", "NONE"):
        return str(reason)[:600]
    return template.reason if stays else ""
