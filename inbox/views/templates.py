"""The template picker: search, fill in with a live preview, send through the one gate."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.door import person, read_id
from inbox.actions.desks import variables_of
from inbox.actions.messages import (
    ContactBlocked,
    ConversationNotOpen,
    InvalidMessage,
    TemplateNotSendable,
    UnseenMessages,
    send_message,
)
from inbox.forms.messages import Unreadable, read_seen, read_uuid
from inbox.forms.templates import read_header_file, read_values
from inbox.fragments import thread_frame
from inbox.models import Conversation, Message
from inbox.queries.access import NotPermitted
from inbox.queries.composing import more_facts
from inbox.queries.threads import with_message_parts
from inbox.views.answers import MOST_DRAWN, is_htmx
from inbox.views.door import get_conversation
from inbox.views.picker import detail_context, picker_context, preview_context
from templates_app.models import MessageTemplate
from templates_app.queries import standing
from templates_app.rendering import check_values, prefill


@login_required
@require_GET
def templates(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """The picker, or only its cards while somebody searches."""
    context = picker_context(
        get_conversation(request, conversation_id),
        person(request),
        words=request.GET.get("q", "")[:100],
        language=request.GET.get("language", ""),
    )
    is_part = request.GET.get("part") == "cards"
    piece = "_cards" if is_part else "_picker"
    return render(request, f"inbox/composer/{piece}.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def template(request: HttpRequest, conversation_id: int, template_id: int) -> HttpResponse:
    """One template, prefilled (GET), or its preview with the values so far (POST)."""
    conversation = get_conversation(request, conversation_id)
    row = get_template(conversation, template_id)
    if request.method == "POST":
        context = preview_context(row, read_values(row, request.POST))
        return render(request, "inbox/composer/_preview.html", context)
    facts = {**variables_of(conversation, person(request)), **more_facts(conversation)}
    context = detail_context(conversation, row, prefill(row, facts))
    return render(request, "inbox/composer/_detail.html", context)


@login_required
@require_POST
def template_messages(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Send a template; whatever is missing is shown beside its field, and nothing goes."""
    conversation = get_conversation(request, conversation_id)
    row = get_template(conversation, read_id(request.POST.get("template")) or 0)
    values = read_values(row, request.POST)
    try:
        message = send_template(request, conversation, row, values)
    except (Unreadable, InvalidMessage) as error:
        return detail_again(request, conversation, row, values, error.errors)
    except (TemplateNotSendable, ContactBlocked, ConversationNotOpen, NotPermitted) as error:
        return detail_again(request, conversation, row, values, {"": [str(error)]})
    except UnseenMessages as error:
        return detail_again(request, conversation, row, values, {}, unseen=error.messages)
    if not is_htmx(request):
        return redirect("conversation", conversation.pk)
    rows = with_message_parts(Message.objects.filter(pk=message.pk, conversation=conversation))
    response = render(
        request,
        "inbox/composer/_template_sent.html",
        {"conversation": conversation, "template": row},
    )
    response.write(thread_frame(conversation.pk, rows))
    return response


def send_template(
    request: HttpRequest, conversation: Conversation, row: MessageTemplate, values: dict[str, Any]
) -> Message:
    """Raises Unreadable, and whatever the gate raises."""
    client_uuid = read_uuid(request.POST)
    has_file = "file" in request.FILES
    if errors := check_values(row, values, has_file=has_file):
        raise InvalidMessage(errors)
    return send_message(
        conversation=conversation,
        author=person(request),
        kind="template",
        template=row,
        template_values=values,
        files=read_header_file(row, request),
        client_uuid=client_uuid,
        seen=read_seen(request.POST),
        at=timezone.now(),
    )


def detail_again(
    request: HttpRequest,
    conversation: Conversation,
    row: MessageTemplate,
    values: dict[str, Any],
    errors: dict[str, list[str]],
    unseen: Sequence[Message] = (),
) -> HttpResponse:
    """422: the form with what was written, and what is wrong with it; 409: what was not seen."""
    given = request.POST.get("client_uuid", "")
    try:
        client_uuid = uuid.UUID(given)
    except ValueError:
        client_uuid = uuid.uuid4()
    context = detail_context(conversation, row, values, errors=errors, client_uuid=client_uuid)
    context |= {"unseen": unseen, "newest": unseen[-MOST_DRAWN:]}
    html = render_to_string("inbox/composer/_detail.html", context, request)
    if unseen:
        return HttpResponse(html + thread_frame(conversation.pk, unseen), status=409)
    return HttpResponse(html, status=422)


def get_template(conversation: Conversation, template_id: int) -> MessageTemplate:
    """An approved template of this conversation's own account; otherwise 404.

    One that was paused meanwhile gives the one that stands in for it.
    """
    number = conversation.channel.number
    rows = MessageTemplate.objects.filter(pk=template_id)
    row = rows.filter(waba=number.waba_id).first() if number else None
    found = standing(row) if row else None
    if found is None or not found.is_sendable:
        raise Http404
    return found
