"""What Meta's webhooks say of message templates: state, quality, category and contents.

Meta, "Webhooks reference", the pages message_template_* and template_*.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from accounts.models import AccountEvent
from accounts.webhooks import record_event
from templates_app import life
from templates_app.changes import announce
from templates_app.models import MessageTemplate

EVENTS = {"REINSTATED": "APPROVED", "UNARCHIVED": "APPROVED"}
STATUSES = set(MessageTemplate.Status.values) - {life.DRAFT}
PAUSES = {"FIRST_PAUSE": 1, "SECOND_PAUSE": 2}
CATEGORIES = set(MessageTemplate.Category.values)


def apply_template_update(
    *, field: str, entry_id: str, value: dict[str, Any], at: datetime, stamp: str
) -> bool:
    """Keep one change and, unless a newer one is known, believe it.

    False when we do not know the template: it must be fetched, since a webhook does not hold
    what a template says.
    """
    event = record_event(field=field, entry_id=entry_id, value=value, at=at, stamp=stamp)
    if event is None:
        return True
    template = find_template(event)
    if template is None:
        return False
    if not _has_newer(event):
        was = str(template.status)
        FIELDS[field](template, value, at)
        template.changed_at = max(template.changed_at or at, at)
        template.save()
        announce(template, was=was, at=at)
    return True


def find_template(event: AccountEvent) -> MessageTemplate | None:
    """By Meta's id, or by name and language, which webhooks write en-US and the API en_US."""
    value = event.data
    rows = MessageTemplate.objects.select_for_update()
    found = rows.filter(external_id=str(value.get("message_template_id") or "-")).first()
    if found is not None or event.waba is None:
        return found
    language = str(value.get("message_template_language") or "").replace("-", "_")
    name = str(value.get("message_template_name") or "")
    return rows.filter(waba=event.waba, name=name, language=language).first()


def _has_newer(event: AccountEvent) -> bool:
    rows = AccountEvent.objects.filter(field=event.field, at__gt=event.at, waba=event.waba)
    key = "message_template_id"
    return rows.filter(data__contains={key: event.data.get(key)}).exists()


def _status(template: MessageTemplate, value: dict[str, Any], at: datetime) -> None:
    told = str(value.get("event") or "")
    status = EVENTS.get(told, told)
    if status in STATUSES:
        other = value.get("other_info")
        title = str(other.get("title", "")) if isinstance(other, dict) else ""
        template.life = template.life.told(
            status,
            at,
            pause=PAUSES.get(title, 0),
            is_for_quality=title != "RATE_LIMITING_PAUSE",
        )
    _category(template, {"new_category": value.get("message_template_category")}, at)
    template.reason = _reason(value)[:600]


def _reason(value: dict[str, Any]) -> str:
    """Why, in Meta's words, and what Meta recommends."""
    words = []
    if value.get("reason") not in (None, "NONE"):
        words.append(str(value["reason"]))
    for name, keys in (
        ("rejection_info", ("reason", "recommendation")),
        ("other_info", ("title", "description")),
        ("disable_info", ("disable_date",)),
    ):
        about = value.get(name)
        if isinstance(about, dict):
            words += [str(about[key]) for key in keys if about.get(key)]
    return ": ".join(words[:1]) + ("" if len(words) < 2 else " - " + " ".join(words[1:]))


def _quality(template: MessageTemplate, value: dict[str, Any], at: datetime) -> None:
    template.quality = str(value.get("new_quality_score") or "UNKNOWN")[:12]


def _category(template: MessageTemplate, value: dict[str, Any], at: datetime) -> None:
    """With correct_category a change is announced; without, it is done."""
    new = str(value.get("new_category") or value.get("category") or "")
    correct = value.get("correct_category")
    if new in CATEGORIES:
        template.category = new
    if "new_category" in value or "category" in value:
        template.correct_category = str(correct or "")[:20]


def _components(template: MessageTemplate, value: dict[str, Any], at: datetime) -> None:
    """The new texts, put where Meta's own list has them; buttons only by their text."""
    texts = {
        "HEADER": value.get("message_template_title"),
        "BODY": value.get("message_template_element"),
        "FOOTER": value.get("message_template_footer"),
    }
    kept = {part.get("type"): part for part in template.components if isinstance(part, dict)}
    for kind, text in texts.items():
        if not isinstance(text, str):
            continue
        part = kept.setdefault(kind, {"type": kind})
        part["text"] = text
        if kind == "HEADER":
            part.setdefault("format", "TEXT")
    order = ("HEADER", "BODY", "FOOTER")
    rest = [part for kind, part in kept.items() if kind not in order]
    template.components = [kept[kind] for kind in order if kind in kept] + rest


FIELDS: dict[str, Callable[[MessageTemplate, dict[str, Any], datetime], None]] = {
    "message_template_status_update": _status,
    "message_template_quality_update": _quality,
    "message_template_components_update": _components,
    "template_category_update": _category,
    "template_correct_category_detection": _category,
}
