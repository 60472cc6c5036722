"""Consent in words."""

from django import template
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from inbox.models import Consent

register = template.Library()


@register.filter
def purpose_word(row: Consent) -> str:
    """What is sent with it."""
    return {"marketing": _("Marketing"), "utility": _("Utility")}.get(row.purpose, row.purpose)


@register.filter
def state_words(row: Consent) -> str:
    """Agreed or opted out, and since when."""
    day = date_format(localtime(row.at), "SHORT_DATE_FORMAT")
    words = _("agreed on %(day)s") if row.is_granted else _("opted out on %(day)s")
    return words % {"day": day}


@register.filter
def source_words(row: Consent) -> str:
    """Where it comes from."""
    words = {
        "keyword": _("written by the customer"),
        "preference": _("chosen in WhatsApp"),
        "refusal": _("told by WhatsApp when it refused a message"),
        "agent": _("recorded by %(name)s") % {"name": row.recorded_by or _("somebody")},
        "import": _("imported by %(name)s") % {"name": row.recorded_by or _("somebody")},
        "api": _("API"),
    }
    return words.get(row.source, row.source)
