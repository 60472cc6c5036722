"""How the thread's and list's doors answer a change: as a push would, plus a word about it.

The answer carries the row and tells the page to draw its header anew, so that a change is
seen at once, also where the socket is down.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.door import person
from inbox import fragments
from inbox.actions.assignments import AlreadyAssigned, CannotBeAssigned
from inbox.actions.conversations import AlreadyOpen, InvalidSnooze
from inbox.actions.rights import WrongStatus
from inbox.models import Conversation
from inbox.queries.access import NotPermitted
from inbox.views.door import Request
from inbox.views.lists import fresh_row

REFUSALS = (NotPermitted, WrongStatus, CannotBeAssigned, InvalidSnooze)
View = Callable[..., HttpResponse]


def changed(request: HttpRequest, conversation: Conversation, *more: SafeString) -> HttpResponse:
    """The row as it is now, a fresh header, and whatever else the change says."""
    if not Request.htmx_of(request):
        return redirect("conversation", conversation.pk)
    row, at = fresh_row(person(request), conversation), timezone.now()
    if row is None:
        frames = [fragments.gone_frame([conversation.pk])]
        frames.append(fragments.signal_frame(fragments.GONE, conversation_id=conversation.pk))
    else:
        frames = [fragments.rows_frame([row], at), fragments.marks_frame([row])]
        frames.append(
            fragments.signal_frame(fragments.HEADER, fragments.COMPOSER, fragments.PANEL)
        )
    counts = fragments.signal_frame(fragments.COUNTS)
    return HttpResponse("".join([*frames, counts, *more]))


def change(view: View) -> View:
    """A door for signed-in people whose refusals become a word at the foot of the page."""

    @login_required
    @wraps(view)
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except AlreadyAssigned as error:
            return refusal(_("%s was quicker.") % error.user, 409)
        except AlreadyOpen:
            return refusal(_("The customer has another open conversation: go on there."), 409)
        except REFUSALS as error:
            return refusal(str(error), 409)

    return door


def refusal(text: str, status: int) -> HttpResponse:
    """Why not, without touching the page."""
    response = HttpResponse(fragments.toast_frame(text), status=status)
    response["HX-Reswap"] = "none"
    return response
