"""Small pieces of the pages' drawing: icons, initials and colours."""

import zlib

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()
HUES = 12


@register.simple_tag
def icon(name: str, style: str = "") -> SafeString:
    """One drawing of static/icons.svg, as decoration: the words stand beside it."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true"><use href="{}#{}"></use></svg>',
        style,
        static("icons.svg"),
        name,
    )


@register.filter
def hue(value: object) -> int:
    """The same one of twelve avatar colours for the same id, in every process."""
    return zlib.crc32(str(value).encode()) % HUES


@register.filter
def initials(name: str) -> str:
    """One or two letters of a name; "#" when it has none (a masked number)."""
    words = [word for word in name.lstrip("@").split() if word[0].isalpha()]
    if not words:
        return "#"
    letters = words[0][0] + (words[-1][0] if len(words) > 1 else "")
    return letters.upper()
