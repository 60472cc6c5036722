"""What Ctrl+K finds beyond the page's own commands: conversations by their customer."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from inbox.models import Contact
from inbox.queries.access import conversations_for
from inbox.queries.contacts import matching
from inbox.queries.names import prefetch_names

MOST = 8
SHORTEST = 2


@login_required
@require_GET
def palette(request: HttpRequest) -> HttpResponse:
    """Newest conversations whose customer's name or number holds the words."""
    words = request.GET.get("q", "").strip()
    if len(words) < SHORTEST:
        return HttpResponse("")
    contacts = Contact.objects.filter(matching(words)).values("pk")
    rows = prefetch_names(conversations_for(request.user).filter(contact__in=contacts))
    found = rows.order_by("-last_message_at", "-pk")[:MOST]
    return render(request, "inbox/_palette_found.html", {"rows": found})
