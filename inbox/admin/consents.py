"""What contacts agreed to, read only, and the words that they say it by."""

from django.contrib import admin

from core.admin.base import HistoryAdmin, SashAdmin
from inbox.models import Consent, WishWords


@admin.register(Consent)
class ConsentAdmin(HistoryAdmin[Consent]):
    list_display = ["contact", "purpose", "is_granted", "source", "transport", "at", "recorded_by"]
    list_filter = ["purpose", "is_granted", "source", "transport"]
    search_fields = ["contact__name", "contact__profile_name", "wording"]
    date_hierarchy = "at"
    ordering = ["-pk"]
    list_select_related = ["contact", "recorded_by"]


@admin.register(WishWords)
class WishWordsAdmin(SashAdmin[WishWords]):
    list_display = ["language", "is_opt_in", "words", "answer"]
    search_fields = ["language", "answer"]
    ordering = ["language", "is_opt_in"]
