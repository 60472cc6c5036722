"""What the admin's frame shows: which installation this is."""

from django.conf import settings
from django.http import HttpRequest


def environment(request: HttpRequest) -> tuple[str, str] | None:
    """A mark in the corner of a demo installation."""
    return ("Demo", "warning") if settings.DEMO else None
