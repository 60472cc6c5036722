"""Words and colours of templates: statuses, categories, quality, and the editor's errors."""

from django import template
from django.utils.translation import gettext as _

from templates_app import life
from templates_app.checking import Errors
from templates_app.contents import body_text
from templates_app.drafting import LOCATION, TEXT
from templates_app.models import MessageTemplate
from templates_app.reasons import reason_words

register = template.Library()
TONES = {
    life.APPROVED: "good",
    life.PENDING: "info",
    "IN_APPEAL": "info",
    life.FLAGGED: "soon",
    life.PAUSED: "soon",
    life.REJECTED: "danger",
    life.DISABLED: "danger",
}
DOTS = {"good": "good", "info": "none", "soon": "soon", "danger": "bad"}


@register.filter
def status_of_template(status: str) -> str:
    """The status in words."""
    words = {
        life.DRAFT: _("Draft"),
        life.PENDING: _("Pending"),
        life.APPROVED: _("Approved"),
        life.REJECTED: _("Rejected"),
        life.FLAGGED: _("Flagged"),
        life.PAUSED: _("Paused"),
        life.DISABLED: _("Disabled"),
        "IN_APPEAL": _("In appeal"),
        "LIMIT_EXCEEDED": _("Limit exceeded"),
        "LOCKED": _("Locked"),
        "ARCHIVED": _("Archived"),
        life.PENDING_DELETION: _("Pending deletion"),
    }
    return words.get(str(status), str(status))


@register.filter
def category_of_template(category: str) -> str:
    """The category in words."""
    words = {
        "MARKETING": _("Marketing"),
        "UTILITY": _("Utility"),
        "AUTHENTICATION": _("Authentication"),
    }
    return words.get(str(category), str(category))


@register.filter
def quality_of_template(quality: str) -> str:
    """The quality in words."""
    words = {"GREEN": _("High quality"), "YELLOW": _("Medium quality"), "RED": _("Low quality")}
    return words.get(quality, quality)


@register.filter
def tone_of_template(status: str) -> str:
    """The colour of a status's chip."""
    return TONES.get(str(status), "calm")


@register.filter
def dot_of_template(status: str) -> str:
    """The colour of a status's dot."""
    return DOTS.get(tone_of_template(status), "none")


@register.filter
def reason_of_template(row: MessageTemplate) -> str:
    """Why it was rejected or paused."""
    return reason_words(row)


@register.filter
def first_words(row: MessageTemplate) -> str:
    """The beginning of its body."""
    return body_text(row)[:120]


@register.filter
def errors_of(errors: Errors, field: str) -> list[str]:
    """What is wrong with one field."""
    return errors.get(field, []) if errors else []


@register.filter
def dashed(field: str) -> str:
    """The name of a field as part of an element's id."""
    return field.replace(".", "-").replace("_", "-")


@register.simple_tag
def header_choices() -> list[tuple[str, str]]:
    """Kinds of headers that the editor writes."""
    return [
        ("", _("No header")),
        (TEXT, _("Text")),
        ("IMAGE", _("Picture")),
        ("VIDEO", _("Video")),
        ("DOCUMENT", _("PDF")),
        (LOCATION, _("Place")),
    ]


@register.filter
def is_other_header(header: str) -> bool:
    """One that the editor keeps as it is."""
    return header not in {value for value, _word in header_choices()}
