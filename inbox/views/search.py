"""The search page: messages, archived ones, and contacts."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.door import person, read_id
from inbox.queries.contacts import list_contacts
from inbox.queries.search import SearchTooBroad, patience, search_messages
from inbox.views.door import is_partial

SHORTEST = 2


@login_required
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Words and where to look; only what the searcher may see is ever found."""
    words = request.GET.get("q", "").replace("\0", "").strip()[:200]
    place = request.GET.get("in", "messages")
    place = place if place in {"messages", "archive", "contacts"} else "messages"
    context: dict[str, Any] = {"words": words, "place": place, "places": places(place)}
    if len(words) >= SHORTEST:
        context |= find(request, words, place)
    is_part = is_partial(request, "search-results")
    template = "search/_results.html" if is_part else "search/search.html"
    return render(request, template, context)


def find(request: HttpRequest, words: str, place: str) -> dict[str, Any]:
    """What was found, or that it would take too long."""
    user, before = person(request), request.GET.get("before", "")
    try:
        if place == "contacts":
            with patience():
                page = list_contacts(user=user, words=words, after=read_id(before))
            return {"contacts": page.contacts, "next_key": page.next_id or "", "searched": True}
        hits = search_messages(user=user, words=words, archived=place == "archive", before=before)
    except SearchTooBroad:
        return {"too_broad": True}
    return {"hits": hits.messages, "next_key": hits.next_key, "searched": True}


def places(current: str) -> list[dict[str, Any]]:
    """Where one may look."""
    names = {"messages": _("Messages"), "archive": _("Archive"), "contacts": _("Contacts")}
    return [
        {"key": key, "name": name, "is_current": key == current} for key, name in names.items()
    ]
