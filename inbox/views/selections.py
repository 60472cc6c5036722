"""Many conversations at once, for supervisors: each on its own, and what could not be is said."""

from collections.abc import Callable, Iterable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.door import person, read_id
from inbox import fragments
from inbox.actions.archives import archive_conversation
from inbox.actions.assignments import assign_conversation
from inbox.actions.conversations import close_conversation
from inbox.models import Conversation
from inbox.queries.access import conversations_for
from inbox.queries.people import assignable_teams
from inbox.queries.views import with_row_parts
from inbox.views.answering import REFUSALS, change
from inbox.views.assignments import read_target

MOST = 200
Deed = Callable[[Conversation], object]


@require_http_methods(["GET", "POST"])
@change
def selection(request: HttpRequest) -> HttpResponse:
    """The assignment's dialog (GET); do: assign, close or archive the chosen ones (POST)."""
    ids = chosen_ids(request)
    if request.method == "GET":
        context = {"ids": ids, "teams": assignable_teams(timezone.now())}
        return render(request, "inbox/_selection_assignment.html", context)
    rows = conversations_for(request.user).filter(pk__in=ids)
    done = perform(deed_of(request), rows)
    return answer(request, ids, done)


def chosen_ids(request: HttpRequest) -> list[int]:
    """The ticked rows."""
    data = request.POST if request.method == "POST" else request.GET
    return [pk for pk in map(read_id, data.getlist("conversation")[:MOST]) if pk]


def deed_of(request: HttpRequest) -> Deed:
    """What is to be done to each."""
    by, at, name = person(request), timezone.now(), request.POST.get("do", "")
    if name == "assign":
        team, user = read_target(request.POST.get("to", ""))
        return lambda row: assign_conversation(
            conversation=row, by=by, at=at, team=team, user=user
        )
    if name == "archive":
        return lambda row: archive_conversation(conversation=row, by=by, at=at)
    return lambda row: close_conversation(conversation=row, by=by, at=at)


def perform(deed: Deed, rows: Iterable[Conversation]) -> int:
    """How many it could be done to."""
    done = 0
    for row in rows:
        try:
            deed(row)
            done += 1
        except REFUSALS:
            continue
    return done


def answer(request: HttpRequest, ids: list[int], done: int) -> HttpResponse:
    """The rows as they are now, and how many changed."""
    user = person(request)
    rows = list(with_row_parts(conversations_for(user).filter(pk__in=ids), user))
    gone = sorted(set(ids) - {row.pk for row in rows})
    text = ngettext("%d conversation changed.", "%d conversations changed.", done) % done
    if left := len(ids) - done:
        text += " " + ngettext("%d could not be.", "%d could not be.", left) % left
    frames = [fragments.rows_frame(rows, timezone.now()), fragments.gone_frame(gone)]
    frames += [fragments.signal_frame(fragments.COUNTS, fragments.HEADER)]
    return HttpResponse("".join([*frames, fragments.toast_frame(text)]))
