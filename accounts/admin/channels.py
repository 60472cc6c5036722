"""Channels with their policies and business hours."""

from itertools import pairwise
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.forms import BaseInlineFormSet
from django.http import HttpRequest

from accounts.forms import time_zones
from accounts.models import BusinessHours, Channel
from core.admin.base import SashAdmin
from core.admin.looks import Select, TabularInline
from core.admin.secrets import SecretsForm


class SpansDoNotOverlap(BaseInlineFormSet[BusinessHours, Channel, Any]):
    """Two spans of one day may touch but not overlap."""

    def clean(self) -> None:
        super().clean()
        spans = [
            form.cleaned_data
            for form in self.forms
            if form.cleaned_data.get("closes_at") and not form.cleaned_data.get("DELETE")
        ]
        spans.sort(key=lambda span: (span["weekday"], span["opens_at"]))
        for before, after in pairwise(spans):
            if before["weekday"] == after["weekday"] and after["opens_at"] < before["closes_at"]:
                day = BusinessHours.Weekday(after["weekday"]).label
                raise forms.ValidationError(f"Two spans of {day} overlap.")


class BusinessHoursInline(TabularInline[BusinessHours, Channel]):
    model = BusinessHours
    formset = SpansDoNotOverlap
    extra = 0
    ordering = ["weekday", "opens_at"]
    verbose_name_plural = "business hours (none: always open; 23:59 is the end of the day)"


class ChannelForm(SecretsForm):
    time_zone = forms.ChoiceField(choices=time_zones, widget=Select, help_text="Business hours.")


@admin.register(Channel)
class ChannelAdmin(SashAdmin[Channel]):
    form = ChannelForm
    list_display = ["name", "transport", "number", "default_team", "time_zone", "is_active"]
    list_filter = ["is_active", "transport", "default_team"]
    search_fields = ["name", "number__display_phone_number", "number__verified_name"]
    list_select_related = ["number", "default_team"]
    autocomplete_fields = ["number", "default_team"]
    inlines = [BusinessHoursInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Channel]:
        return super().get_queryset(request).select_related("number", "default_team")
