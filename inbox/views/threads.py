"""One conversation's thread: opened, paged both ways, caught up, its header drawn anew."""

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.door import person, read_id
from inbox import fragments
from inbox.models import Conversation, Mention
from inbox.queries.access import leads
from inbox.queries.changes import CursorTooOld, changed_in_thread, parse_cursor
from inbox.queries.threads import Thread, read_thread
from inbox.views.door import get_conversation
from inbox.views.snoozes import snooze_choices


@login_required
@require_GET
def items(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Older or newer messages and events; the newest page where neither is named."""
    conversation = get_conversation(request, conversation_id)
    before, after = request.GET.get("before", ""), request.GET.get("after", "")
    thread = read_thread(conversation=conversation, before=before, after=after)
    urls = page_urls(conversation, thread)
    if before or after:
        # A page continues in its own direction only: the other end is on the page already.
        urls.pop("newer_url" if before else "older_url")
    return render(request, "inbox/_items.html", {"items": thread.items, **urls})


@login_required
@require_GET
def changes(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """What the open thread missed. 205 asks for the whole page anew."""
    conversation = get_conversation(request, conversation_id)
    try:
        since = parse_cursor(request.GET.get("since", ""))
        found = changed_in_thread(conversation=conversation, since=since)
    except CursorTooOld:
        return HttpResponse(status=205, headers={"HX-Refresh": "true"})
    response = HttpResponse(
        fragments.thread_frame(conversation.pk, [*found.messages, *found.events])
    )
    response.write(fragments.cursor_frame("thread-catch-up", request.path, found.cursor))
    if conversation.seq >= since:
        stale = (fragments.HEADER, fragments.COMPOSER, fragments.PANEL)
        response.write(fragments.signal_frame(*stale))
    return response


@login_required
@require_GET
def header(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Name, countdown and what this person may do now."""
    conversation = get_conversation(request, conversation_id, "header")
    context = header_context(request, conversation, timezone.now())
    return render(request, "inbox/_header.html", context)


def header_context(
    request: HttpRequest, conversation: Conversation, at: datetime
) -> dict[str, Any]:
    """What `_header.html` shows to one person of a conversation with its `header_parts`."""
    user = person(request)
    return {
        "conversation": conversation,
        "at": at,
        "is_mine": conversation.assignee_id == user.pk,
        "may_supervise": leads(user, conversation.team_id),
        "priorities": Conversation.Priority.choices,
        "snooze_choices": snooze_choices(at),
        "others": [viewer for viewer in conversation.viewers if viewer.pk != user.pk],  # type: ignore[attr-defined]
    }


def thread_context(
    request: HttpRequest, conversation: Conversation, at: datetime
) -> dict[str, Any]:
    """What `_thread.html` shows: the newest page, the first unread, or one message's place.

    A note that names the person, and that they have not seen, comes before what is unread.
    """
    around = read_id(request.GET.get("message")) or naming(conversation)
    unread: int = getattr(conversation, "unread", 0)
    thread = read_thread(conversation=conversation, around=around, unread=unread)
    return {
        **header_context(request, conversation, at),
        "items": thread.items,
        "new_line": None if around else thread.anchor,
        "message": around,
        "cursor": conversation.cursor,  # type: ignore[attr-defined]
        **page_urls(conversation, thread),
    }


def naming(conversation: Conversation) -> int | None:
    """The id of the oldest note that names the person and that they have not seen."""
    mentions: list[Mention] = getattr(conversation, "naming", [])
    return mentions[0].message_id if mentions else None


def page_urls(conversation: Conversation, thread: Thread) -> dict[str, str]:
    """Where the pages before and after are; empty at the ends."""
    base = reverse("thread_items", args=[conversation.pk])
    return {
        "older_url": f"{base}?before={thread.older_key}" if thread.older_key else "",
        "newer_url": f"{base}?after={thread.newer_key}" if thread.newer_key else "",
    }
