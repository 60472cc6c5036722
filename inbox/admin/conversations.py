"""Conversations, with the actions that administrators need, and what belongs to them."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import Team, User
from core.admin.base import HistoryAdmin, SashAdmin, shown_json
from core.admin.buttons import Refused
from core.admin.looks import Select, TabularInline, TextInput, display
from inbox.actions.archives import archive_conversation
from inbox.actions.assignments import CannotBeAssigned, assign_conversation
from inbox.actions.rights import WrongStatus
from inbox.models import Assignment, Conversation, Event, Label, Participant

STATUS_COLOURS = {"Open": "success", "Closed": "info", "Archived": "warning"}


class ReassignForm(forms.Form):
    """Whom the conversations go to: a team, a person, or a person of a team."""

    team = forms.ModelChoiceField(
        Team.objects.order_by("name"), required=False, widget=Select, empty_label="As it is"
    )
    person = forms.ModelChoiceField(
        User.objects.filter(is_active=True).order_by("name"),
        required=False,
        widget=Select,
        empty_label="Nobody: the team's queue",
    )
    note = forms.CharField(max_length=1000, required=False, widget=TextInput)


class ParticipantInline(TabularInline[Participant, Conversation]):
    model = Participant
    extra = 0
    can_delete = False
    fields = ["role", "user", "contact", "name", "joined_at", "left_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Participant]:
        return super().get_queryset(request).select_related("user", "contact")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Conversation)
class ConversationAdmin(HistoryAdmin[Conversation]):
    """Read here and acted upon; conversations are led in the inbox."""

    list_display = [
        "id",
        "contact",
        "channel",
        "team",
        "assignee",
        "shown_status",
        "floor",
        "waiting_since",
        "last_message_at",
    ]
    list_display_links = ["id", "contact"]
    list_filter = ["status", "channel", "team", "floor", "priority", "labels"]
    search_fields = [
        "contact__name",
        "contact__profile_name",
        "contact__identities__value__contains",
    ]
    search_help_text = "The contact's name or number."
    ordering = ["-last_message_at", "-pk"]
    list_select_related = ["contact", "channel", "team", "assignee"]
    inlines = [ParticipantInline]
    actions = ["reassign", "archive"]
    readonly_fields = ["open_in_inbox", "label_names"]
    fieldsets = [
        (None, {"fields": ["open_in_inbox", "contact", "channel", "status", "preview"]}),
        ("Who has it", {"fields": ["team", "assignee", "floor", "priority", "label_names"]}),
        (
            "When",
            {
                "fields": [
                    "opened_at",
                    "last_message_at",
                    "last_inbound_at",
                    "waiting_since",
                    "window_closes_at",
                    "snoozed_until",
                    "closed_at",
                    "closed_by",
                    "close_reason",
                ]
            },
        ),
    ]

    @display(description="status", ordering="status", label=STATUS_COLOURS)
    def shown_status(self, conversation: Conversation) -> str:
        return conversation.get_status_display()

    @display(description="labels")
    def label_names(self, conversation: Conversation) -> str:
        return ", ".join(label.name for label in conversation.labels.all())

    @display(description="in the inbox")
    def open_in_inbox(self, conversation: Conversation) -> SafeString:
        url = reverse("inbox_conversation", args=["all", conversation.pk])
        return format_html('<a href="{}">Open conversation {}</a>', url, conversation.pk)

    @admin.action(description="Reassign to a team or a person")
    def reassign(
        self, request: HttpRequest, queryset: QuerySet[Conversation]
    ) -> HttpResponse | None:
        form = ReassignForm(request.POST if "apply" in request.POST else None)
        if not form.is_valid():
            return self._ask_whom(request, queryset, form)
        self.press_each(request, queryset, partial(self._reassign, form), "reassigned")
        return None

    def _reassign(
        self, form: ReassignForm, request: HttpRequest, conversation: Conversation
    ) -> str:
        try:
            assign_conversation(
                conversation=conversation,
                by=person(request),
                at=timezone.now(),
                team=form.cleaned_data["team"],
                user=form.cleaned_data["person"],
                note=form.cleaned_data["note"],
            )
        except (CannotBeAssigned, WrongStatus) as refusal:
            raise Refused(str(refusal)) from None
        return "Reassigned."

    @admin.action(description="Archive (open ones are closed first)")
    def archive(self, request: HttpRequest, queryset: QuerySet[Conversation]) -> None:
        self.press_each(request, queryset, self._archive, "archived")

    def _archive(self, request: HttpRequest, conversation: Conversation) -> str:
        try:
            archive_conversation(conversation=conversation, by=person(request), at=timezone.now())
        except WrongStatus as refusal:
            raise Refused(str(refusal)) from None
        return "Archived."

    def _ask_whom(
        self, request: HttpRequest, queryset: QuerySet[Conversation], form: ReassignForm
    ) -> HttpResponse:
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        hidden = [("action", "reassign"), ("apply", "1")]
        hidden += [("select_across", request.POST.get("select_across", "0"))]
        hidden += [(ACTION_CHECKBOX_NAME, pk) for pk in chosen]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Reassign conversations",
            "explanation": f"{queryset.count()} conversations go to whom you choose.",
            "form": form,
            "hidden": hidden,
            "label": "Reassign",
        }
        return TemplateResponse(request, "admin/ask.html", context)


@admin.register(Label)
class LabelAdmin(SashAdmin[Label]):
    list_display = ["name", "colour"]
    list_filter = ["colour"]
    search_fields = ["name"]
    ordering = ["name"]


@admin.register(Participant)
class ParticipantAdmin(HistoryAdmin[Participant]):
    list_display = ["conversation", "role", "who", "joined_at", "left_at"]
    list_filter = ["role"]
    search_fields = ["user__name", "user__email", "name"]
    ordering = ["-pk"]
    list_select_related = ["user", "contact", "conversation"]

    @display(description="who")
    def who(self, participant: Participant) -> str:
        return str(participant.user or participant.contact or participant.name)


@admin.register(Assignment)
class AssignmentAdmin(HistoryAdmin[Assignment]):
    list_display = ["at", "conversation", "team", "user", "by", "note", "ended_at"]
    list_filter = ["team"]
    search_fields = ["user__name", "by__name", "note", "conversation__id__exact"]
    ordering = ["-pk"]
    list_select_related = ["conversation", "team", "user", "by"]


@admin.register(Event)
class EventAdmin(HistoryAdmin[Event]):
    list_display = ["at", "kind", "conversation", "actor"]
    search_fields = ["kind__startswith", "conversation__id__exact", "actor__name"]
    search_help_text = "Kind, number of the conversation, or who did it."
    ordering = ["-pk"]
    list_select_related = ["conversation", "actor"]
    fields = ["at", "kind", "conversation", "actor", "provider_id", "details"]
    readonly_fields = ["details"]

    @display(description="details")
    def details(self, event: Event) -> SafeString:
        return shown_json(event.data)


def person(request: HttpRequest) -> User:
    """The administrator; the admin lets nobody else in."""
    assert isinstance(request.user, User)  # noqa: S101 - narrows the type
    return request.user
