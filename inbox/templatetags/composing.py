"""Small words of the composer and its picker."""

from django import template
from django.conf import settings
from django.utils import translation

register = template.Library()


@register.filter
def language_name(code: str) -> str:
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
