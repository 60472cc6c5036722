"""How the composer's doors answer: the very fragments that a push carries, or what was wrong."""

from collections.abc import Iterable, Mapping, Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone

from inbox.fragments import thread_frame
from inbox.models import Conversation, Message
from inbox.queries.threads import with_message_parts
from inbox.views.composer import composer_context
from inbox.views.door import Request

Errors = Mapping[str, Iterable[str]]
MOST_DRAWN = 5  # beside the composer; the thread holds them all


def sent(
    request: HttpRequest, conversation: Conversation, messages: Iterable[Message]
) -> HttpResponse:
    """The bubbles, as a push would bring them; without scripts, the conversation.

    Only those of this conversation: a number of another one's message shows nothing.
    """
    if not is_htmx(request):
        return redirect("conversation", conversation.pk)
    fresh = conversation.messages.filter(pk__in=[message.pk for message in messages])
    return HttpResponse(thread_frame(conversation.pk, with_message_parts(fresh).order_by("pk")))


def refused(request: HttpRequest, conversation: Conversation, errors: Errors) -> HttpResponse:
    """422 and what is wrong, by field; what was written stays where it is."""
    context = {
        "conversation": conversation,
        "errors": [(field, text) for field, texts in errors.items() for text in texts],
        "place": "dialog-errors" if "in_dialog" in request.POST else "composer-errors",
    }
    if is_htmx(request):
        return render(request, "inbox/composer/_errors.html", context, status=422)
    return render(request, "inbox/composer/refused.html", context, status=422)


def stopped(
    request: HttpRequest, conversation: Conversation, unseen: Sequence[Message]
) -> HttpResponse:
    """409 and what the page had not shown: in its thread, and beside what was written blind."""
    in_dialog = "in_dialog" in request.POST
    place = "dialog-errors" if in_dialog else f"conversation-{conversation.pk}-unseen"
    context = {
        "conversation": conversation,
        "unseen": unseen,
        "newest": unseen[-MOST_DRAWN:],
        "place": place,
        "has_ways": not in_dialog,
    }
    html = render_to_string("inbox/composer/_stopped.html", context, request)
    return HttpResponse(html + thread_frame(conversation.pk, unseen), status=409)


def composer_anew(request: HttpRequest, conversation: Conversation, status: int) -> HttpResponse:
    """The composer as things stand now, in place of the one that was used."""
    conversation.refresh_from_db()
    context = composer_context(request, conversation, timezone.now())
    context["is_swap"] = True
    html = render_to_string("inbox/_composer.html", context, request)
    return HttpResponse(html, status=status)


def is_htmx(request: HttpRequest | Request) -> bool:
    """Scripts are at work."""
    return bool(getattr(request, "htmx", False))
