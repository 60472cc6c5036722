"""The draft of one person in one conversation."""

import uuid

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.door import person
from inbox.actions.desks import DraftTooLong, save_draft
from inbox.models import Message
from inbox.queries.composing import draft_of
from inbox.views.door import get_conversation


@login_required
@require_POST
def draft(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Keep what is written so far; an empty text discards it.

    A draft that arrives after its own message was sent comes too late and is let go; so is a
    note in passing, where a reply waits for the window to open again.
    """
    conversation, at = get_conversation(request, conversation_id), timezone.now()
    is_note = request.POST.get("mode") == "note"
    kept = draft_of(conversation, person(request))
    holds_reply = kept is not None and not kept.is_note and not conversation.window.is_open(at)
    if was_sent(request.POST.get("client_uuid", "")) or (is_note and holds_reply):
        return HttpResponse(status=204)
    try:
        save_draft(
            conversation=conversation,
            user=person(request),
            text=request.POST.get("text", ""),
            is_note=is_note,
            at=at,
        )
    except DraftTooLong as error:
        return HttpResponse(str(error), status=422, content_type="text/plain")
    return HttpResponse(status=204)


def was_sent(client_uuid: str) -> bool:
    """Is there a message with this number?"""
    try:
        return Message.objects.filter(client_uuid=uuid.UUID(client_uuid)).exists()
    except ValueError:
        return False
