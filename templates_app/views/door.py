"""What these doors share: who may come in, and which template is meant."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase

from accounts.models import User, Waba
from templates_app import life
from templates_app.models import MessageTemplate

View = Callable[..., HttpResponseBase]


def for_supervisors(view: View) -> View:
    """Signed in, and a supervisor or an administrator; agents get 403."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not person(request).may_supervise:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return cast(View, login_required(guarded))


def person(request: HttpRequest) -> User:
    """The signed-in person."""
    return cast(User, request.user)


def get_template(template_id: int) -> MessageTemplate:
    """A template that is not deleted; otherwise 404."""
    rows = MessageTemplate.objects.exclude(status=life.DELETED).select_related("waba", "fallback")
    template = rows.filter(pk=template_id).first() if template_id < 2**63 else None
    if template is None:
        raise Http404
    return template


def find_waba(text: str | None) -> Waba | None:
    """An active account by its number, or the only one that there is."""
    rows = Waba.objects.filter(is_active=True).order_by("name")
    if text and text.isdecimal() and len(text) < 19:
        return rows.filter(pk=int(text)).first()
    return rows.first()
