"""Transcripts to be saved: PDF, JSON, CSV."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from accounts.door import person
from inbox.actions.archives import open_transcript
from inbox.exports import WRITERS, export_transcript
from inbox.views.door import get_conversation


@login_required
@require_GET
def export(request: HttpRequest, conversation_id: int, form: str) -> HttpResponse:
    """The conversation as a file; the frozen transcript where it is archived."""
    if form not in WRITERS:
        raise Http404
    conversation = get_conversation(request, conversation_id)
    transcript = open_transcript(
        conversation=conversation, by=person(request), purpose=form, at=timezone.now()
    )
    file = export_transcript(transcript, form)
    disposition = content_disposition_header(True, file.name) or "attachment"
    headers = {"Content-Disposition": disposition, "X-Content-Type-Options": "nosniff"}
    return HttpResponse(file.content, content_type=file.content_type, headers=headers)
