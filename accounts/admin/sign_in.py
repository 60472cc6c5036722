"""What allauth keeps: second factors and open sessions. Their secrets are never drawn."""

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from core.admin.base import HistoryAdmin

for model in (EmailAddress, EmailConfirmation, Authenticator, UserSession):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


class DeletableHistory(HistoryAdmin):  # type: ignore[type-arg]
    """May be ended by hand, but not changed."""

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return True


@admin.register(Authenticator)
class AuthenticatorAdmin(DeletableHistory):
    """Somebody who lost the telephone: delete it here, they set up a new one."""

    list_display = ["user", "type", "created_at", "last_used_at"]
    list_filter = ["type"]
    search_fields = ["user__email", "user__name"]
    date_hierarchy = "created_at"
    list_select_related = ["user"]
    fields = ["user", "type", "created_at", "last_used_at"]


@admin.register(UserSession)
class UserSessionAdmin(DeletableHistory):
    """Where people are signed in."""

    list_display = ["user", "ip", "last_seen_at", "created_at", "user_agent"]
    list_display_links = ["user"]
    search_fields = ["user__email", "user__name", "ip"]
    date_hierarchy = "last_seen_at"
    list_select_related = ["user"]
    fields = ["user", "ip", "last_seen_at", "created_at", "user_agent"]

    def delete_model(self, request: HttpRequest, obj: UserSession) -> None:
        obj.end()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[UserSession]) -> None:
        for session in queryset:
            session.end()
