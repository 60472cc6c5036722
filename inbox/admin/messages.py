"""Messages with their attempts and files; failed ones are sent again from here."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import RangeDateTimeFilter

from core.admin.base import HistoryAdmin, raw_text, shown_json
from core.admin.buttons import Refused, row_button
from core.admin.looks import TabularInline, display
from inbox.actions.messages import (
    ContactBlocked,
    ConversationNotOpen,
    InvalidMessage,
    NotPermitted,
    TemplateNotSendable,
    WindowClosed,
    retry_message,
)
from inbox.admin.conversations import person
from inbox.models import Attachment, Attempt, Message, Reaction
from inbox.models.words import MessageWords, search_query

STATUS_COLOURS = {
    "Failed": "danger",
    "May not have been sent": "warning",
    "Queued": "info",
    "Sending": "info",
    "Delivered": "success",
    "Read": "success",
    "Played": "success",
}
EXCERPT = 80
REFUSALS = (
    ContactBlocked,
    ConversationNotOpen,
    InvalidMessage,
    NotPermitted,
    TemplateNotSendable,
    WindowClosed,
)


def is_failed(message: Message) -> bool:
    return message.status == Message.Status.FAILED


class ReadOnlyInline(TabularInline[Any, Message]):
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class AttemptInline(ReadOnlyInline):
    model = Attempt
    ordering = ["number"]
    fields = [
        "number",
        "outcome",
        "started_at",
        "finished_at",
        "http_status",
        "error_code",
        "error_detail",
    ]


class AttachmentInline(ReadOnlyInline):
    model = Attachment
    fields = ["kind", "filename", "mime_type", "size", "state", "error"]


@admin.register(Message)
class MessageAdmin(HistoryAdmin[Message]):
    list_display = [
        "at",
        "direction",
        "author_name",
        "kind",
        "excerpt",
        "shown_status",
        "conversation",
        "buttons",
    ]
    list_filter = [
        "status",
        "direction",
        "kind",
        "author_kind",
        "channel",
        ("at", RangeDateTimeFilter),
    ]
    search_fields = ["provider_id"]  # get_search_results searches the words
    search_help_text = "Words of the message, or Meta's message id."
    ordering = ["-pk"]
    list_select_related = ["conversation", "channel"]
    inlines = [AttemptInline, AttachmentInline]
    actions = ["send_again_selected"]
    fields = [
        "conversation",
        "at",
        "direction",
        "kind",
        "author_kind",
        "author_name",
        "shown_text",
        "shown_payload",
        "template",
        "status",
        "error_code",
        "error_detail",
        "provider_id",
        "sent_at",
        "delivered_at",
        "read_at",
        "failed_at",
    ]
    readonly_fields = ["shown_text", "shown_payload"]

    @display(description="text")
    def excerpt(self, message: Message) -> str:
        text = " ".join(message.text.split())
        return text if len(text) <= EXCERPT else text[: EXCERPT - 1] + "…"

    @display(description="status", ordering="status", label=STATUS_COLOURS)
    def shown_status(self, message: Message) -> str:
        return message.get_status_display()

    @display(description="text")
    def shown_text(self, message: Message) -> SafeString:
        return raw_text(message.text)

    @display(description="payload")
    def shown_payload(self, message: Message) -> SafeString:
        return shown_json(message.payload)

    @row_button("Send again", shown=is_failed)
    def send_again(self, request: HttpRequest, message: Message) -> str:
        try:
            retry_message(message=message, by=person(request), at=timezone.now())
        except REFUSALS as refusal:
            raise Refused(str(refusal)) from None
        return "It is in the queue again."

    @admin.action(description="Send failed messages again")
    def send_again_selected(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        failed = queryset.filter(status=Message.Status.FAILED)
        self.press_each(request, failed, self.send_again, "in the queue again")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Message], search_term: str
    ) -> tuple[QuerySet[Message], bool]:
        """By the words' index: a scan of ten million texts would stand still."""
        term = search_term.strip()
        if not term:
            return queryset, False
        found = MessageWords.objects.filter(words=search_query(term)).values("message_id")
        return queryset.filter(Q(pk__in=found) | Q(provider_id=term)), False


@admin.register(Attachment)
class AttachmentAdmin(HistoryAdmin[Attachment]):
    list_display = ["id", "kind", "filename", "mime_type", "size", "state", "attempts", "error"]
    list_filter = ["state", "kind"]
    search_fields = ["filename", "provider_media_id", "sha256"]
    ordering = ["-pk"]
    list_select_related = ["message"]


@admin.register(Reaction)
class ReactionAdmin(HistoryAdmin[Reaction]):
    list_display = ["at", "emoji", "author_kind", "user", "message"]
    list_filter = ["author_kind"]
    search_fields = ["emoji", "user__name"]
    ordering = ["-pk"]
    list_select_related = ["user", "message"]
