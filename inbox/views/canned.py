"""Canned replies as completions of the composer, filled in for the conversation."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.door import person
from inbox.actions.desks import render_canned_reply
from inbox.queries.composing import canned_replies
from inbox.views.door import get_conversation


@login_required
@require_GET
def canned(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Replies whose shortcut, title or text holds the words, ready to be put in."""
    conversation, user = get_conversation(request, conversation_id), person(request)
    replies = canned_replies(conversation, user, request.GET.get("q", "")[:100])
    filled = [
        (reply, render_canned_reply(reply=reply, conversation=conversation, user=user))
        for reply in replies[:20]
    ]
    return render(request, "inbox/composer/_canned.html", {"replies": filled})
