"""The door for private notes: a different address than messages, so that none ever leaves."""

import re

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.door import person
from accounts.models import User
from inbox.actions.desks import discard_draft
from inbox.actions.notes import InvalidNote, MentionsOutsiders, write_note
from inbox.actions.rights import WrongStatus
from inbox.forms.messages import Unreadable, read_text, read_uuid
from inbox.models import Conversation
from inbox.queries.access import NotPermitted, people_who_may_see
from inbox.queries.composing import draft_of, people_to_mention
from inbox.views.answers import refused, sent
from inbox.views.door import get_conversation


@login_required
@require_POST
def notes(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Write a note among colleagues."""
    conversation = get_conversation(request, conversation_id)
    if request.POST.get("mode") != "note":
        return refused(request, conversation, {"text": [_("This is no note.")]})
    text = read_text(request.POST)
    try:
        note = write_note(
            conversation=conversation,
            author=person(request),
            text=text,
            mentions=mentioned(conversation, text),
            client_uuid=read_uuid(request.POST),
            at=timezone.now(),
        )
    except Unreadable as error:
        return refused(request, conversation, error.errors)
    except (InvalidNote, MentionsOutsiders, NotPermitted, WrongStatus) as error:
        return refused(request, conversation, {"text": [str(error)]})
    draft = draft_of(conversation, person(request))
    if draft and draft.is_note:
        discard_draft(conversation=conversation, user=person(request))
    return sent(request, conversation, [note])


def mentioned(conversation: Conversation, text: str) -> list[User]:
    """Those whose whole name stands after an @; the longest name wins."""
    people = list(people_who_may_see(conversation))
    names = sorted({person.name for person in people if person.name}, key=len, reverse=True)
    if not names or "@" not in text:
        return []
    pattern = re.compile(rf"@({'|'.join(map(re.escape, names))})(?!\w)", re.IGNORECASE)
    found = {match[1].casefold() for match in pattern.finditer(text)}
    return [person for person in people if person.name.casefold() in found]


@login_required
@require_GET
def mentionable(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Colleagues to name in a note, as completions."""
    conversation = get_conversation(request, conversation_id)
    people = people_to_mention(conversation, person(request), request.GET.get("q", ""))
    return render(request, "inbox/composer/_mentionable.html", {"people": people})
