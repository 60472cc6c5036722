"""The list of a view: its first page, further pages, and what changed meanwhile."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.door import person, read_id
from accounts.models import User
from inbox import fragments
from inbox.models import Conversation, Label
from inbox.queries.access import conversations_for
from inbox.queries.changes import (
    CursorTooOld,
    changed_conversations,
    parse_cursor,
    read_cursor,
)
from inbox.queries.lists import Page, list_conversations
from inbox.queries.views import with_row_parts
from inbox.views.slugs import empty_text, title_of, token_of

MOST_KNOWN = 400


@login_required
@require_GET
def rows(request: HttpRequest, view: str) -> HttpResponse:
    """A further page of rows, with the person's marks beside them."""
    at = timezone.now()
    choice = read_choice(request, view)
    page = read_page(person(request), choice, at, after=request.GET.get("after", ""))
    context = {
        "rows": fragments.prepare_rows(page.rows, at),
        "at": at,
        "more_url": more_url(choice, page),
    }
    response = render(request, "inbox/_rows.html", context)
    response.write(fragments.marks_frame(page.rows))
    return response


@login_required
@require_GET
def changes(request: HttpRequest, view: str) -> HttpResponse:
    """What the page missed: changed rows, rows to take away, marks, counts.

    known: the ids of the rows that the page shows. 205 asks for a whole new list.
    """
    user, at = person(request), timezone.now()
    try:
        found, cursor = changed_conversations(
            user=user, since=parse_cursor(request.GET.get("since", ""))
        )
    except CursorTooOld:
        return HttpResponse(status=205, headers={"HX-Refresh": "true"})
    known = known_ids(request)
    still = set(conversations_for(user).filter(pk__in=known).values_list("pk", flat=True))
    response = HttpResponse(fragments.rows_frame(found, at))
    response.write(fragments.marks_frame(found))
    if gone := sorted(set(known) - still):
        response.write(fragments.gone_frame(gone))
    response.write(fragments.cursor_frame("list-catch-up", request.path, cursor))
    response.write(fragments.signal_frame(fragments.COUNTS))
    return response


@login_required
@require_GET
def marks(request: HttpRequest) -> HttpResponse:
    """The person's own marks on rows that a push has brought."""
    user = person(request)
    seen = conversations_for(user).filter(pk__in=known_ids(request))
    return HttpResponse(fragments.marks_frame(with_row_parts(seen, user).prefetch_related(None)))


def known_ids(request: HttpRequest) -> list[int]:
    """?known=7,9,12"""
    texts = request.GET.get("known", "").split(",")[:MOST_KNOWN]
    return [pk for pk in map(read_id, texts) if pk]


def read_choice(request: HttpRequest, view: str) -> dict[str, Any]:
    """What the address asks of the list, nonsense left out."""
    return {
        "view": view,
        "listed": token_of(view, person(request)),
        "filter": request.GET.get("filter", "") if view else "",
        "label": read_id(request.GET.get("label")),
        "sort": "deadline" if request.GET.get("sort") == "deadline" else "",
    }


def read_page(user: User, choice: dict[str, Any], at: datetime, after: str = "") -> Page:
    """One page of rows as chosen."""
    return list_conversations(
        user=user,
        view=choice["listed"],
        at=at,
        after=after,
        deadline_first=choice["sort"] == "deadline",
        unread=choice["filter"] == "unread",
        unanswered=choice["filter"] == "unanswered",
        label=choice["label"],
    )


def list_context(request: HttpRequest, view: str, at: datetime) -> dict[str, Any]:
    """Everything `_list.html` shows."""
    user = person(request)
    choice = read_choice(request, view)
    page = read_page(user, choice, at)
    is_deadline = choice["sort"] == "deadline"
    return {
        **choice,
        "label": Label.objects.filter(pk=choice["label"]).first() if choice["label"] else None,
        "labels_url": list_url(choice, "list_labels"),
        "sort_url": list_url(choice, sort="" if is_deadline else "deadline"),
        "deadline_first": is_deadline or choice["listed"] == "closing",
        "title": title_of(view, page.rows),
        "empty_text": empty_text(view),
        "chips": chips(choice),
        "rows": fragments.prepare_rows(page.rows, at),
        "more_url": more_url(choice, page),
        "changes_url": reverse("list_changes", args=[view]),
        "cursor": read_cursor() if page.cursor is None else page.cursor,
        "at": at,
        "may_select": user.may_supervise,
    }


@login_required
@require_GET
def labels(request: HttpRequest, view: str) -> HttpResponse:
    """The labels to choose from, when their menu opens."""
    choice = read_choice(request, view)
    found = [(label, list_url(choice, label=label.pk)) for label in Label.objects.order_by("name")]
    context = {"labels": found, "no_label_url": list_url(choice, label=None), **choice}
    return render(request, "inbox/_label_menu.html", context)


def chips(choice: dict[str, Any]) -> list[dict[str, Any]]:
    """All, unread, unanswered."""
    names = {"": _("All"), "unread": _("Unread"), "unanswered": _("Unanswered")}
    return [
        {"name": name, "url": list_url(choice, filter=key), "is_current": choice["filter"] == key}
        for key, name in names.items()
    ]


def list_url(choice: dict[str, Any], name: str = "inbox", **changes: Any) -> str:
    """The address of the list with one thing chosen otherwise."""
    wanted = {key: choice[key] for key in ("filter", "label", "sort")} | changes
    query = urlencode({key: value for key, value in wanted.items() if value})
    return reverse(name, args=[choice["view"]]) + (f"?{query}" if query else "")


def more_url(choice: dict[str, Any], page: Page) -> str:
    """Where the next page is; empty at the end."""
    return list_url(choice, "rows", after=page.next_key) if page.next_key else ""


def fresh_row(user: User, conversation: Conversation) -> Conversation | None:
    """The row as it is now, or None where the person may no longer see it."""
    rows = with_row_parts(conversations_for(user).filter(pk=conversation.pk), user)
    return rows.first()
