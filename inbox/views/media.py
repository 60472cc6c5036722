"""Files of messages, for those who may see the conversation and for nobody else."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from core.media import path_of
from core.serving import serve_file
from inbox.models import Attachment
from inbox.queries.access import messages_for


@login_required
@require_safe
def attachment(request: HttpRequest, attachment_id: int) -> HttpResponseBase:
    """One file; not yours, not fetched and not there are the same 404."""
    rows = Attachment.objects.filter(
        pk=attachment_id,
        state=Attachment.State.READY,
        message__revoked_at__isnull=True,
        message__in=messages_for(request.user),
    )
    row = rows.first()
    if row is None or not row.stored_name:
        raise Http404
    path = path_of(row.stored_name)
    if not path.is_file():
        raise Http404
    return serve_file(
        request, path, mime_type=row.mime_type, filename=row.filename, digest=row.sha256
    )
