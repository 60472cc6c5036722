"""What people did: in Sash (the audit log) and in the admin (Django's log entries)."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.safestring import SafeString

from core.admin.base import HistoryAdmin, raw_text, shown_json
from core.admin.looks import display
from core.models import AuditEvent, Mail

if admin.site.is_registered(Group):  # roles and teams say who may do what
    admin.site.unregister(Group)


@admin.register(AuditEvent)
class AuditEventAdmin(HistoryAdmin[AuditEvent]):
    list_display = ["at", "kind", "actor", "subject"]
    list_filter = ["kind"]
    search_fields = ["kind", "subject", "actor__email", "actor__name"]
    search_help_text = "Kind, subject (such as accounts.user:7), or a person's name or e-mail."
    date_hierarchy = "at"
    ordering = ["-at"]
    list_select_related = ["actor"]
    fields = ["at", "kind", "actor", "subject", "details"]
    readonly_fields = ["details"]

    @display(description="details")
    def details(self, event: AuditEvent) -> SafeString:
        return shown_json(event.data)


@admin.register(Mail)
class MailAdmin(HistoryAdmin[Mail]):
    list_display = ["created_at", "to", "subject", "sent_at", "tries", "error"]
    list_filter = [("sent_at", admin.EmptyFieldListFilter)]
    search_fields = ["to", "subject"]
    date_hierarchy = "created_at"
    ordering = ["-created_at"]
    fields = ["created_at", "to", "subject", "words", "due_at", "sent_at", "tries", "error"]
    readonly_fields = ["words"]

    @display(description="text")
    def words(self, mail: Mail) -> SafeString:
        return raw_text(mail.text)


@admin.register(LogEntry)
class LogEntryAdmin(HistoryAdmin[LogEntry]):
    list_display = ["action_time", "user", "verb", "content_type", "object_repr", "change"]
    list_display_links = ["action_time"]
    list_filter = ["action_flag", ("content_type", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["object_repr", "change_message", "user__email", "user__name"]
    date_hierarchy = "action_time"
    ordering = ["-action_time"]
    list_select_related = ["user", "content_type"]
    fields = ["action_time", "user", "verb", "content_type", "object_id", "object_repr", "change"]
    readonly_fields = ["verb", "change"]

    @display(description="did", ordering="action_flag")
    def verb(self, entry: LogEntry) -> str:
        return str(entry.get_action_flag_display())

    @display(description="what")
    def change(self, entry: LogEntry) -> str:
        return entry.get_change_message()

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("user", "content_type")
