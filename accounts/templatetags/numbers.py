"""Colours of what Meta says of numbers and templates."""

from django import template

register = template.Library()


@register.filter
def quality_dot(rating: str) -> str:
    """Meta's quality rating as the class of a dot."""
    return {"GREEN": "good", "YELLOW": "soon", "RED": "bad"}.get(rating, "none")
