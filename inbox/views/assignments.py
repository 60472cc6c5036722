"""Whose conversation it is: taken, given back, assigned, transferred; who else takes part."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.door import person, read_id
from accounts.models import Team, User
from inbox import fragments
from inbox.actions.assignments import (
    add_collaborator,
    assign_conversation,
    give_back_conversation,
    remove_collaborator,
    take_conversation,
)
from inbox.models import Conversation, Participant
from inbox.queries.access import conversations_for
from inbox.queries.people import assignable_teams, may_be_asked, participants_of
from inbox.views.answering import change, changed
from inbox.views.door import get_conversation


@require_http_methods(["POST", "DELETE"])
@change
def taking(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Mine (POST), or the team's again (DELETE)."""
    conversation, at = get_conversation(request, conversation_id), timezone.now()
    if request.method == "POST":
        take_conversation(conversation=conversation, by=person(request), at=at)
        return changed(request, conversation, fragments.toast_frame(_("Yours now.")))
    give_back_conversation(conversation=conversation, by=person(request), at=at)
    text = _("Given back to %s.") % (conversation.team or _("the queue"))
    undo = reverse("taking", args=[conversation.pk])
    return changed(request, conversation, fragments.toast_frame(text, undo))


@require_http_methods(["GET", "POST"])
@change
def assignment(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """The dialog (GET), or the assignment itself; to: "user-7", "team-3", "team-3-user-7"."""
    conversation = get_conversation(request, conversation_id)
    if request.method == "GET":
        context = {
            "conversation": conversation,
            "teams": assignable_teams(timezone.now()),
            "colleagues": may_be_asked(conversation),
        }
        return render(request, "inbox/_assignment.html", context)
    team, user = read_target(request.POST.get("to") or request.GET.get("to", ""))
    undo = undo_url(conversation)
    assign_conversation(
        conversation=conversation,
        by=person(request),
        at=timezone.now(),
        team=team,
        user=user,
        note=request.POST.get("note", ""),
    )
    text = _("Assigned to %s.") % (user or team or _("the queue"))
    is_still_seen = conversations_for(person(request)).filter(pk=conversation.pk).exists()
    return changed(
        request, conversation, fragments.toast_frame(text, undo if is_still_seen else "")
    )


def read_target(text: str) -> tuple[Team | None, User | None]:
    """Team and person of a choice. Raises Http404 for one that is nobody."""
    words = text.split("-")
    chosen = {name: read_id(pk) for name, pk in zip(words[::2], words[1::2], strict=False)}
    if not chosen or None in chosen.values():
        raise Http404
    team = get_object_or_404(Team, pk=chosen["team"]) if "team" in chosen else None
    people = User.objects.filter(is_active=True)
    user = get_object_or_404(people, pk=chosen["user"]) if "user" in chosen else None
    return team, user


def undo_url(conversation: Conversation) -> str:
    """The address that gives the conversation back to who had it."""
    if conversation.team_id is None and conversation.assignee_id is None:
        return ""
    team = f"team-{conversation.team_id}" if conversation.team_id else ""
    user = f"user-{conversation.assignee_id}" if conversation.assignee_id else ""
    query = urlencode({"to": "-".join(filter(None, [team, user]))})
    return f"{reverse('assignment', args=[conversation.pk])}?{query}"


@require_http_methods(["GET", "POST"])
@change
def collaborators(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Who takes part (GET); one more person (POST user, role)."""
    conversation = get_conversation(request, conversation_id)
    if request.method == "GET":
        return render(request, "inbox/_people.html", people_context(conversation))
    add_collaborator(
        conversation=conversation,
        user=read_user(request.POST.get("user", "")),
        by=person(request),
        role=read_role(request.POST.get("role", "")),
        at=timezone.now(),
    )
    return changed(request, conversation, fragments.toast_frame(_("Brought in.")))


@require_http_methods(["DELETE"])
@change
def collaborator(request: HttpRequest, conversation_id: int, user_id: int) -> HttpResponse:
    """Take somebody out again, or leave."""
    conversation = get_conversation(request, conversation_id)
    user = read_user(str(user_id))
    remove_collaborator(
        conversation=conversation, user=user, by=person(request), at=timezone.now()
    )
    return changed(request, conversation, fragments.toast_frame(_("%s left.") % user))


def people_context(conversation: Conversation) -> dict[str, Any]:
    """Who is in, and who may be asked."""
    return {
        "conversation": conversation,
        "participants": participants_of(conversation),
        "colleagues": may_be_asked(conversation),
    }


def read_user(text: str) -> User:
    """An active person by number, or 404."""
    return get_object_or_404(User, pk=read_id(text), is_active=True)


def read_role(text: str) -> Participant.Role:
    """Collaborator unless an observer is asked for."""
    is_observer = text == Participant.Role.OBSERVER
    return Participant.Role.OBSERVER if is_observer else Participant.Role.COLLABORATOR
