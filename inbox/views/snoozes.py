"""Out of the way until a time that the person chooses, in their own time zone."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.door import person
from inbox import fragments
from inbox.actions.conversations import InvalidSnooze, snooze_conversation, wake_conversation
from inbox.templatetags.ui import millis
from inbox.views.answering import change, changed
from inbox.views.door import get_conversation

MORNING, EVENING = 9, 18


@require_http_methods(["POST", "DELETE"])
@change
def snooze(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Asleep until ?until (POST), awake again (DELETE)."""
    conversation, at = get_conversation(request, conversation_id), timezone.now()
    if request.method == "DELETE":
        wake_conversation(conversation=conversation, by=person(request), at=at)
        return changed(request, conversation, fragments.toast_frame(_("Awake again.")))
    until = read_moment(request.POST.get("until", ""))
    snooze_conversation(conversation=conversation, by=person(request), until=until, at=at)
    return changed(request, conversation, fragments.toast_frame(_("Snoozed.")))


def read_moment(text: str) -> datetime:
    """An ISO time; one without a zone is of the person's zone. Raises InvalidSnooze."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise InvalidSnooze(_("That is not a date and a time."))
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


def snooze_choices(at: datetime) -> list[dict[str, Any]]:
    """The usual times, in the active time zone; those that are past are left out."""
    here = timezone.localtime(at)
    morning = here.replace(hour=MORNING, minute=0, second=0, microsecond=0)
    times = [
        (_("In an hour"), here + timedelta(hours=1)),
        (_("This evening"), here.replace(hour=EVENING, minute=0, second=0, microsecond=0)),
        (_("Tomorrow"), morning + timedelta(days=1)),
        (_("Next Monday"), morning + timedelta(days=7 - here.weekday())),
    ]
    names: dict[datetime, str] = {}
    for name, moment in times:
        if moment > here:
            names.setdefault(moment, name)
    return [
        {"name": name, "until": moment.isoformat(), "millis": millis(moment)}
        for moment, name in names.items()
    ]
