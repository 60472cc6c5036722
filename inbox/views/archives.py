"""The archive: what was put away, and a transcript as it was frozen."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET

from accounts.door import person
from inbox.actions.archives import compute_digest
from inbox.exports import WRITERS
from inbox.exports.words import describe_event, describe_message
from inbox.queries.access import leads
from inbox.queries.archives import list_archives
from inbox.views.door import get_conversation


@login_required
@require_GET
def archive(request: HttpRequest) -> HttpResponse:
    """Archived conversations, newest first."""
    page = list_archives(user=person(request), before=request.GET.get("before", ""))
    context = {"archives": page.archives, "next_key": page.next_key, "view": "archive"}
    return render(request, "archives/archive.html", context)


@login_required
@require_GET
def archived_conversation(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """The frozen transcript, and whether it is still as it was frozen."""
    conversation = get_conversation(request, conversation_id)
    row = conversation.archives.filter(restored_at__isnull=True).first()
    if row is None:
        raise Http404
    context = {
        "conversation": conversation,
        "archive": row,
        "is_intact": compute_digest(row.previous_digest, row.transcript) == row.digest,
        "may_supervise": leads(person(request), conversation.team_id),
        "lines": transcript_lines(row.transcript),
        "forms": list(WRITERS),
        "participants": row.transcript.get("participants", []),
    }
    return render(request, "archives/transcript.html", context)


def transcript_lines(transcript: dict[str, Any]) -> list[dict[str, Any]]:
    """Messages and events in their order, each in words."""
    said = [
        {**row, "is_message": True, "words": describe_message(row)}
        for row in transcript.get("messages", [])
    ]
    done = [
        {**row, "is_message": False, "words": describe_event(row)}
        for row in transcript.get("events", [])
    ]
    lines = sorted([*done, *said], key=lambda row: str(row.get("at")))
    return [{**row, "moment": parse_datetime(str(row.get("at")))} for row in lines]
