"""Canned replies, and what lies on people's desks."""

from django.contrib import admin

from core.admin.base import HistoryAdmin, SashAdmin
from inbox.models import CannedReply, Draft, Mention, ReadMark


@admin.register(CannedReply)
class CannedReplyAdmin(SashAdmin[CannedReply]):
    list_display = ["shortcut", "title", "team"]
    list_filter = ["team"]
    search_fields = ["shortcut", "title", "text"]
    ordering = ["shortcut"]
    list_select_related = ["team"]
    autocomplete_fields = ["team"]


@admin.register(Draft)
class DraftAdmin(HistoryAdmin[Draft]):
    """Whose and when; what somebody has not said yet is nobody else's business."""

    list_display = ["user", "conversation", "is_note", "updated_at"]
    search_fields = ["user__name", "user__email"]
    ordering = ["-pk"]
    list_select_related = ["user", "conversation"]
    date_hierarchy = "updated_at"
    fields = ["user", "conversation", "is_note", "updated_at"]


@admin.register(Mention)
class MentionAdmin(HistoryAdmin[Mention]):
    list_display = ["at", "user", "conversation", "seen_at"]
    list_filter = [("seen_at", admin.EmptyFieldListFilter)]
    search_fields = ["user__name", "user__email", "conversation__id__exact"]
    ordering = ["-pk"]
    list_select_related = ["user", "conversation"]
    date_hierarchy = "at"


@admin.register(ReadMark)
class ReadMarkAdmin(HistoryAdmin[ReadMark]):
    list_display = ["user", "conversation", "seen_count", "seen_at"]
    search_fields = ["user__name", "user__email", "conversation__id__exact"]
    ordering = ["-pk"]
    list_select_related = ["user", "conversation"]
