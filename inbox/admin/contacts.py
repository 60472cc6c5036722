"""Contacts with the ways to reach them, and their session windows."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from core.admin.base import HistoryAdmin, SashAdmin
from core.admin.looks import TabularInline, display
from inbox.models import Contact, Identity, SessionWindow


class IdentityInline(TabularInline[Identity, Contact]):
    """Shown, not edited: intake and the contact's page keep them."""

    model = Identity
    extra = 0
    fields = ["kind", "value", "key", "created_at"]
    readonly_fields = ["created_at"]
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Contact)
class ContactAdmin(SashAdmin[Contact]):
    list_display = ["shown_name", "numbers", "company", "language", "is_blocked", "created_at"]
    list_filter = [
        "is_blocked",
        "language",
    ]
    search_fields = ["name", "profile_name", "identities__value__contains"]
    search_help_text = "Name, telephone number or another identity."
    ordering = ["-pk"]
    inlines = [IdentityInline]
    readonly_fields = ["profile_name", "is_blocked", "created_at"]
    fields = [
        "name",
        "profile_name",
        "email",
        "company",
        "language",
        "time_zone",
        "notes",
        "attributes",
        "is_blocked",
        "created_at",
    ]

    @display(description="name", ordering="name")
    def shown_name(self, contact: Contact) -> str:
        return str(contact)

    @display(description="reached by")
    def numbers(self, contact: Contact) -> str:
        values = dict.fromkeys(identity.value for identity in contact.identities.all())
        return ", ".join(list(values)[:3])

    def get_queryset(self, request: HttpRequest) -> QuerySet[Contact]:
        return super().get_queryset(request).prefetch_related("identities")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Contact | None = None) -> bool:
        return False


@admin.register(Identity)
class IdentityAdmin(HistoryAdmin[Identity]):
    list_display = ["value", "kind", "contact", "created_at"]
    list_filter = ["kind"]
    search_fields = ["value__contains", "key__startswith"]
    ordering = ["-pk"]
    list_select_related = ["contact"]


@admin.register(SessionWindow)
class SessionWindowAdmin(HistoryAdmin[SessionWindow]):
    list_display = ["contact", "channel", "opened_at", "closes_at", "is_open"]
    list_filter = ["channel"]
    search_fields = ["contact__name", "contact__profile_name"]
    ordering = ["-pk"]
    list_select_related = ["contact", "channel"]

    @display(description="open", boolean=True)
    def is_open(self, window: SessionWindow) -> bool:
        return window.as_window().is_open(timezone.now())
