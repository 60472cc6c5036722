"""Small words of the composer and its picker."""

from datetime import datetime

from django import template
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def template_language(code: str) -> str:
    """A template's language in words, where Django knows them."""
    tried = [code.replace("_", "-").lower(), code.split("_", maxsplit=1)[0]]
    for name in tried:
        try:
            return str(translation.get_language_info(name)["name_local"])
        except KeyError:
            continue
    return code


@register.simple_tag
def emoji_language() -> str:
    """In which language emoji are looked for."""
    language = (translation.get_language() or settings.LANGUAGE_CODE)[:2]
    return language if language in {"en", "es", "pt"} else "en"


@register.filter
def ago(moment: datetime, at: datetime) -> str:
    """How long since, in its largest unit: 20 min, 3 h, 2 d."""
    minutes = max(1, int((at - moment).total_seconds()) // 60)
    if minutes < 60:
        return _("%s min") % minutes
    if minutes < 48 * 60:
        return _("%s h") % (minutes // 60)
    return _("%s d") % (minutes // (24 * 60))
