"""Why Meta rejected, paused or disabled a template, in plain words and with what to do next.

Codes: Meta, "message_template_status_update".
"""

from django.utils.translation import gettext as _

from templates_app.models import MessageTemplate


def reason_words(template: MessageTemplate) -> str:
    """A sentence or two; Meta's own words where we have none."""
    code, _separator, more = template.reason.partition(" - ")
    words = _words(code.strip())
    if words is None:
        return template.reason
    return f"{words} {more}".strip()


def _words(code: str) -> str | None:
    return {
        "": "",
        "NONE": "",
        "ABUSIVE_CONTENT": _("Its content threatens, insults or abuses. Write it anew."),
        "CATEGORY_NOT_AVAILABLE": _("Its category is not open to this account."),
        "INCORRECT_CATEGORY": _("Its text belongs to another category. Change the category."),
        "INVALID_FORMAT": _("Variables or special characters are not where they may be."),
        "PROMOTIONAL": _("It promotes something, but is not in the category Marketing."),
        "SCAM": _("Its content looks like a scam. Say who you are and what it is about."),
        "TAG_CONTENT_MISMATCH": _("Its language or category does not fit its text."),
        "FIRST_PAUSE": _("Paused for three hours, because customers do not like it."),
        "SECOND_PAUSE": _("Paused for six hours, because customers still do not like it."),
        "RATE_LIMITING_PAUSE": _("Paused, because too much of it was sent."),
        "DISABLED": _("Disabled, because customers did not like it after two pauses."),
        "FLAGGED_TOO_LONG": _("It was flagged for seven days without getting better."),
    }.get(code)
