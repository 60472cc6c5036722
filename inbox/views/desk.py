"""What a page says of its person: what they have read, what they look at, how they are."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.actions.people import set_presence
from accounts.door import person, read_id
from accounts.models import Presence
from inbox import fragments
from inbox.actions.desks import mark_read, mark_unread
from inbox.actions.viewers import forget_viewing, note_viewing
from inbox.queries.counts import count_views
from inbox.views.answering import change, changed, refusal
from inbox.views.door import get_conversation, get_message


@require_http_methods(["POST", "DELETE"])
@change
def read_mark(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Seen up to the inbound count `seen` (POST); unread again, from a message on (DELETE)."""
    conversation, user = get_conversation(request, conversation_id), person(request)
    if request.method == "POST":
        seen = request.POST.get("seen", "")
        count = int(seen) if seen.isdecimal() and len(seen) < 10 else None
        mark_read(conversation=conversation, user=user, seen=count, at=timezone.now())
        return HttpResponse(status=204)
    pk = read_id(request.GET.get("message"))
    message = get_message(request, pk) if pk else None
    mark_unread(conversation=conversation, user=user, message=message, at=timezone.now())
    return changed(request, conversation, fragments.toast_frame(_("Unread again.")))


@login_required
@require_http_methods(["POST", "DELETE"])
def viewing(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """The page shows the conversation (POST, twice a minute), or no longer (DELETE)."""
    conversation, user = get_conversation(request, conversation_id), person(request)
    if request.method == "POST":
        note_viewing(conversation=conversation, user=user, at=timezone.now())
    else:
        forget_viewing(conversation=conversation, user=user)
    return HttpResponse(status=204)


@login_required
@require_POST
def presence(request: HttpRequest) -> HttpResponse:
    """Available or away, as the person says."""
    state = request.POST.get("state", "")
    if state not in Presence.State.values:
        return refusal(_("That is no state."), 422)
    set_presence(user=person(request), state=Presence.State(state), at=timezone.now())
    return HttpResponse(status=204)


@login_required
@require_GET
def counts(request: HttpRequest) -> JsonResponse:
    """How many rows each view holds, by token."""
    return JsonResponse(count_views(person(request), timezone.now()))
