"""What the doors of every app share: who asks, whether they supervise, and which row is meant."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from accounts.models import User

LARGEST_ID = 2**63 - 1  # PostgreSQL's largest number
LONGEST_ID = 19  # digits of it
View = Callable[..., HttpResponseBase]


def person(request: HttpRequest) -> User:
    """The signed-in person; use behind login_required alone."""
    return cast(User, request.user)


def for_supervisors(view: View) -> View:
    """Signed in, and a supervisor or an administrator; agents get 403."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not person(request).may_supervise:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return cast(View, login_required(guarded))


def read_id(text: str | None) -> int | None:
    """The number of a row, as far as any row may have it; None for other texts."""
    return int(text) if text and text.isdecimal() and len(text) < LONGEST_ID else None
