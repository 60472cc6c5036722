"""The ledger of messaging limits, to be looked at."""

from django.contrib import admin

from accounts.models import Quota, QuotaSample, Reached
from core.admin.base import HistoryAdmin


@admin.register(Quota)
class QuotaAdmin(HistoryAdmin[Quota]):
    list_display = ["key", "used"]
    search_fields = ["key"]
    ordering = ["key"]


@admin.register(Reached)
class ReachedAdmin(HistoryAdmin[Reached]):
    list_display = ["quota", "contact", "until"]
    list_filter = ["quota"]
    search_fields = ["quota__key"]
    ordering = ["-until"]
    list_select_related = ["quota"]


@admin.register(QuotaSample)
class QuotaSampleAdmin(HistoryAdmin[QuotaSample]):
    list_display = ["quota", "at", "used"]
    list_filter = ["quota"]
    search_fields = ["quota__key"]
    date_hierarchy = "at"
    ordering = ["-at"]
    list_select_related = ["quota"]
