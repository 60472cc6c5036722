"""Labels and priority of one conversation."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.door import person, read_id
from inbox import fragments
from inbox.actions.conversations import set_labels, set_priority
from inbox.models import Conversation, Label
from inbox.views.answering import change, changed, refusal
from inbox.views.door import get_conversation


@require_http_methods(["GET", "POST"])
@change
def labels(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """All labels to tick (GET); exactly the ticked ones (POST)."""
    conversation = get_conversation(request, conversation_id)
    if request.method == "GET":
        chosen = {label.pk for label in conversation.labels.all()}
        rows = [(label, label.pk in chosen) for label in Label.objects.order_by("name")]
        return render(
            request, "inbox/_labels.html", {"conversation": conversation, "labels": rows}
        )
    ids = [pk for pk in map(read_id, request.POST.getlist("label")) if pk]
    set_labels(
        conversation=conversation,
        labels=Label.objects.filter(pk__in=ids),
        by=person(request),
        at=timezone.now(),
    )
    return changed(request, conversation, fragments.toast_frame(_("Labels set.")))


@require_http_methods(["POST"])
@change
def priority(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """0 normal, 1 high, 2 urgent."""
    conversation = get_conversation(request, conversation_id)
    try:
        wanted = Conversation.Priority(int(request.POST.get("priority", "")))
    except ValueError:
        return refusal(_("That is no priority."), 422)
    set_priority(conversation=conversation, priority=wanted, by=person(request), at=timezone.now())
    return changed(request, conversation)
