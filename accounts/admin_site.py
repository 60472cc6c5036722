"""The admin's door and frame: who comes in, by which sign-in, under which content policy."""

from collections.abc import Callable

from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

# unfold draws with Alpine, which evaluates the strings in its attributes, and with style
# attributes and one style element. Nothing of that is allowed anywhere else in Sash.
POLICY = {"script-src": [SELF, UNSAFE_EVAL], "style-src": [SELF, UNSAFE_INLINE]}


def environment(request: HttpRequest) -> tuple[str, str] | None:
    """A mark in the corner of a demo installation."""
    return ("Demo", "warning") if settings.DEMO else None


class AdminPolicy:
    """Gives the admin's pages, and no others, the content policy that they need."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.root = ""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        self.root = self.root or reverse("admin:index")
        if request.path.startswith(self.root):
            response._csp_replace = POLICY  # type: ignore[attr-defined]
        return response
