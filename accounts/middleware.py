"""Speaks to each person in their own language and time zone."""

import zoneinfo
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation


class Locale:
    """Activates the signed-in person's language and time zone for one request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        with translation.override(request.user.language), timezone.override(zone(request)):
            return self.get_response(request)


def zone(request: HttpRequest) -> zoneinfo.ZoneInfo:
    """The person's zone, or UTC where theirs is unknown to this machine."""
    try:
        return zoneinfo.ZoneInfo(getattr(request.user, "time_zone", "UTC"))
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo("UTC")
