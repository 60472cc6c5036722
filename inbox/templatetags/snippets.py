"""Search hits as HTML, through the one formatting module."""

from django import template
from django.utils.safestring import SafeString

from core.formatting import format_snippet

register = template.Library()


@register.filter
def snippet(text: str) -> SafeString:
    """The words found are marked; everything is escaped."""
    return format_snippet(text)
