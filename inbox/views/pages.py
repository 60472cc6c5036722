"""The inbox itself: whole pages, and the parts of them that htmx swaps."""

from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET
from django_htmx.http import push_url

from inbox.models import Conversation
from inbox.queries.panes import EVERYTHING
from inbox.views.composer import composer_context
from inbox.views.door import Request, find_conversation, get_conversation, is_partial
from inbox.views.keyboard import QUICK_EMOJIS, shortcuts
from inbox.views.lists import list_context
from inbox.views.panel import panel_context
from inbox.views.threads import thread_context


@login_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Everybody begins with what is theirs."""
    return redirect("inbox", "mine")


@login_required
@require_GET
def inbox(request: HttpRequest, view: str, conversation_id: int | None = None) -> HttpResponse:
    """A view's list, and the conversation that the address names."""
    at = timezone.now()
    context = {
        **list_context(request, view, at),
        "conversation": None,
        "shortcuts": shortcuts(),
        "quick_emojis": QUICK_EMOJIS,
    }
    status = 200
    if conversation_id is not None:
        found = find_conversation(request, conversation_id, *EVERYTHING)
        if found is None:
            context["is_gone"], status = True, 404
        else:
            context |= conversation_context(request, found)
    return render(request, template_for(request), {**context, "view": view}, status=status)


def template_for(request: HttpRequest) -> str:
    """As much of the inbox as was asked for."""
    for target in ("workspace", "list"):
        if is_partial(request, target):
            return f"inbox/_{target}.html"
    return "inbox/shell.html"


@login_required
@require_GET
def conversation(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """The conversation for the pane, or its page in the view where the person is."""
    if not is_partial(request, "conversation"):
        address = reverse("inbox_conversation", args=["all", conversation_id])
        query = request.META.get("QUERY_STRING", "")
        return redirect(f"{address}?{query}" if query else address)
    found = get_conversation(request, conversation_id, *EVERYTHING)
    response = render(request, "inbox/_thread.html", conversation_context(request, found))
    return push_url(response, address_beside(request, found))


def conversation_context(request: HttpRequest, found: Conversation) -> dict[str, object]:
    """Thread, header, composer and panel of one conversation."""
    at = timezone.now()
    return {
        "view": view_beside(request),
        **thread_context(request, found, at),
        **composer_context(request, found, at),
        **panel_context(found, at),
    }


def address_beside(request: HttpRequest, found: Conversation) -> str:
    """The conversation's address in the view that the page shows, its filters kept."""
    shown = urlsplit(Request.htmx_of(request).current_url_abs_path or "/")
    query = f"?{shown.query}" if shown.query and "message=" not in shown.query else ""
    return reverse("inbox_conversation", args=[view_beside(request), found.pk]) + query


def view_beside(request: HttpRequest) -> str:
    """The view that the page shows around a conversation."""
    htmx = Request.htmx_of(request)
    path = urlsplit(htmx.current_url_abs_path or "").path if htmx else request.path
    try:
        return str(resolve(path).kwargs.get("view", "all"))
    except Resolver404:
        return "all"
