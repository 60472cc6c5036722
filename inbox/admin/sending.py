"""The queue of what is to be sent, each attempt, and the bots' bells."""

from django.contrib import admin

from core.admin.base import HistoryAdmin
from inbox.models import Attempt, Bell, OutboxEntry, SendingTurn


@admin.register(OutboxEntry)
class OutboxEntryAdmin(HistoryAdmin[OutboxEntry]):
    list_display = ["message", "channel", "lane", "state", "not_before", "tries", "claimed_by"]
    list_filter = ["state", "lane", "channel"]
    search_fields = ["pair", "claimed_by", "message__id__exact"]
    ordering = ["message"]
    list_select_related = ["message", "channel"]


@admin.register(Attempt)
class AttemptAdmin(HistoryAdmin[Attempt]):
    list_display = [
        "started_at",
        "message",
        "number",
        "outcome",
        "http_status",
        "error_code",
        "error_detail",
    ]
    list_filter = ["outcome"]
    search_fields = ["provider_id", "error_detail", "message__id__exact"]
    ordering = ["-pk"]
    list_select_related = ["message"]


@admin.register(SendingTurn)
class SendingTurnAdmin(HistoryAdmin[SendingTurn]):
    list_display = ["channel", "worker", "lease_until", "factor", "factor_at", "stalled_since"]
    search_fields = ["worker", "channel__name"]
    ordering = ["channel"]
    list_select_related = ["channel"]


@admin.register(Bell)
class BellAdmin(HistoryAdmin[Bell]):
    list_display = ["message", "created_at", "tries", "lease_until"]
    search_fields = ["message__id__exact"]
    ordering = ["message"]
    list_select_related = ["message"]
    date_hierarchy = "created_at"
