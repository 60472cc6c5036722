"""The composer as things stand, its dialogs, and the signs that somebody is typing."""

import uuid
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from accounts.door import person
from inbox.actions import pushes
from inbox.actions.desks import variables_of
from inbox.actions.messages import show_typing_to_customer
from inbox.forms.interactive import KINDS
from inbox.limits import for_page, numbers
from inbox.models import Conversation
from inbox.queries.access import contacts_for
from inbox.queries.composing import State, composer_state, draft_of
from inbox.queries.contacts import matching, with_identities
from inbox.views.door import get_conversation
from inbox.views.picker import picker_context

DIALOGS = {"interactive", "location", "contacts"}


@login_required
@require_GET
def composer(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Open, closed or over: the page asks again when the window opens or closes."""
    conversation = get_conversation(request, conversation_id, "composer")
    context = composer_context(request, conversation, timezone.now())
    return render(request, "inbox/_composer.html", context)


def composer_context(
    request: HttpRequest, conversation: Conversation, at: datetime
) -> dict[str, Any]:
    """Everything that inbox/_composer.html draws for the person who asks."""
    user = person(request)
    state = composer_state(conversation, at)
    draft = draft_of(conversation, user)
    context = {
        "conversation": conversation,
        "contact": conversation.contact,
        "state": state,
        "at": at,
        "draft": draft,
        "mode": first_mode(state, is_note=bool(draft and draft.is_note)),
        "client_uuid": uuid.uuid4(),
        "limits": for_page(),
        "variables": variables_of(conversation, user),
    }
    if state == State.CLOSED:
        context |= picker_context(conversation, user)
    return context


def first_mode(state: State, *, is_note: bool) -> str:
    """Which of reply, note and template is chosen at first."""
    if is_note:
        return "note"
    return "template" if state == State.CLOSED else "reply"


@login_required
@require_GET
def composer_dialog(request: HttpRequest, conversation_id: int, kind: str) -> HttpResponse:
    """What needs more room than a line: buttons and lists, a place, a contact card."""
    if kind not in DIALOGS:
        raise Http404
    context = {
        "conversation": get_conversation(request, conversation_id),
        "limits": for_page(),
        "kinds": KINDS,
        "buttons": range(numbers.BUTTONS),
        "rows": range(numbers.ROWS),
    }
    if kind == "contacts":
        context["words"] = words = request.GET.get("q", "")
        rows = with_identities(contacts_for(request.user)).filter(matching(words))
        context["found"] = list(rows.order_by("-pk")[:8]) if words.strip() else []
    return render(request, f"inbox/composer/_{kind}.html", context)


@login_required
@require_http_methods(["POST", "DELETE"])
def typing(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Somebody began (POST) or ceased (DELETE) to write; a note is no sign for the customer."""
    conversation = get_conversation(request, conversation_id)
    is_typing = request.method == "POST"
    pushes.typing_changed(conversation, person(request), is_typing=is_typing)
    if is_typing and request.POST.get("mode") == "reply":
        show_typing_to_customer(conversation=conversation, user=person(request), at=timezone.now())
    return HttpResponse(status=204)
