"""Closed and reopened, archived and restored, each with a way back for some seconds."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from accounts.door import person
from inbox import fragments
from inbox.actions.archives import archive_conversation, restore_conversation
from inbox.actions.conversations import close_conversation, reopen_conversation
from inbox.models import Conversation
from inbox.views.answering import change, changed
from inbox.views.door import Request, get_conversation


@require_http_methods(["GET", "POST", "DELETE"])
@change
def closure(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """The dialog that asks why (GET), closed (POST), open again (DELETE). next: go on with it."""
    conversation, at = get_conversation(request, conversation_id), timezone.now()
    if request.method == "GET":
        context = {"conversation": conversation, "reasons": close_reasons()}
        return render(request, "inbox/_closure.html", context)
    if request.method == "DELETE":
        reopen_conversation(conversation=conversation, by=person(request), at=at)
        return changed(request, conversation, fragments.toast_frame(_("Open again.")))
    reason = request.POST.get("reason", "")
    close_conversation(conversation=conversation, by=person(request), reason=reason, at=at)
    undo = reverse("closure", args=[conversation.pk])
    toast = fragments.toast_frame(_("Closed."), undo, "delete")
    response = changed(request, conversation, toast)
    if request.POST.get("next"):
        trigger_client_event(response, "sash:next", {"conversation": conversation.pk})
    return response


def close_reasons() -> list[str]:
    """Reasons that most conversations end with; any other may be written."""
    return [_("Answered"), _("Solved"), _("No answer from the customer"), _("Spam")]


@require_http_methods(["POST", "DELETE"])
@change
def archiving(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Frozen into the archive (POST), or taken out of it (DELETE)."""
    conversation, at = get_conversation(request, conversation_id), timezone.now()
    if request.method == "DELETE":
        restore_conversation(conversation=conversation, by=person(request), at=at)
        if is_on_archive_page(request, conversation):
            return HttpResponseClientRedirect(reverse("conversation", args=[conversation.pk]))
        return changed(request, conversation, fragments.toast_frame(_("Restored.")))
    archive_conversation(conversation=conversation, by=person(request), at=at)
    undo = reverse("archiving", args=[conversation.pk])
    return changed(request, conversation, fragments.toast_frame(_("Archived."), undo, "delete"))


def is_on_archive_page(request: HttpRequest, conversation: Conversation) -> bool:
    """The frozen transcript has no row and no header that could be drawn anew."""
    htmx = Request.htmx_of(request)
    return htmx.current_url_abs_path == reverse("archived_conversation", args=[conversation.pk])
