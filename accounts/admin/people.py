"""People and their teams. Every change goes through accounts.actions, which tells open pages."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.forms import BaseModelFormSet
from django.http import HttpRequest
from django.utils import timezone

from accounts.actions import (
    LastAdministrator,
    change_role,
    deactivate_person,
    reactivate_person,
    remove_membership,
    set_membership,
)
from accounts.forms import time_zones
from accounts.models import Membership, Presence, Team, User
from core.admin.base import HistoryAdmin, SashAdmin
from core.admin.buttons import Refused, row_button
from core.admin.looks import Select, TabularInline, display
from core.admin.secrets import SecretsForm

ROLE_COLOURS = {"Administrator": "primary", "Supervisor": "info"}


class MembershipInline(TabularInline[Membership, Any]):
    model = Membership
    extra = 0
    autocomplete_fields = ["user", "team"]


class MembershipsAdmin(SashAdmin[Any]):
    """Saves the memberships of its inline through the actions."""

    inlines = [MembershipInline]

    def save_formset(
        self, request: HttpRequest, form: Any, formset: BaseModelFormSet[Any, Any], change: bool
    ) -> None:
        if formset.model is not Membership:
            super().save_formset(request, form, formset, change)
            return
        acting: dict[str, Any] = {"by": request.user, "at": timezone.now()}
        rows = formset.save(commit=False)
        for gone in formset.deleted_objects:
            remove_membership(user=gone.user, team=gone.team, **acting)
        for row in rows:
            before = Membership.objects.filter(pk=row.pk).select_related("user", "team").first()
            if before and (before.user_id, before.team_id) != (row.user_id, row.team_id):
                remove_membership(user=before.user, team=before.team, **acting)
            set_membership(user=row.user, team=row.team, is_lead=row.is_lead, **acting)


class UserForm(SecretsForm):
    time_zone = forms.ChoiceField(choices=time_zones, widget=Select)

    def clean_role(self) -> str:
        role = str(self.cleaned_data["role"])
        others = User.objects.filter(role=User.Role.ADMINISTRATOR, is_active=True).exclude(
            pk=self.instance.pk
        )
        is_losing = self.initial.get("role") == User.Role.ADMINISTRATOR != role
        if is_losing and not others.exists():
            raise forms.ValidationError("Make somebody else an administrator first.")
        return role


@admin.register(User)
class UserAdmin(MembershipsAdmin):
    """Nobody is added here: people come by invitation, and choose their password themselves."""

    form = UserForm
    list_display = [
        "name",
        "email",
        "shown_role",
        "is_active",
        "team_names",
        "last_login",
        "buttons",
    ]
    list_filter = ["is_active", "role", "teams"]
    search_fields = ["name", "email"]
    search_help_text = "Name or e-mail."
    date_hierarchy = "date_joined"
    ordering = ["name", "email"]
    fields = ["name", "email", "role", "is_active", "language", "time_zone", "last_login"]
    readonly_fields = ["is_active", "last_login"]

    @display(description="role", ordering="role", label=ROLE_COLOURS)
    def shown_role(self, user: User) -> str:
        return user.get_role_display()

    @display(description="teams")
    def team_names(self, user: User) -> str:
        return ", ".join(team.name for team in user.teams.all())

    @row_button(
        "Deactivate",
        shown=lambda user: user.is_active,
        form=forms.Form,
        explanation="They are signed out everywhere at once and cannot sign in again. Their open "
        "conversations go back to the queues of their teams. What they wrote keeps their name. "
        "Invitations that they sent and that nobody has accepted become void.",
    )
    def deactivate(self, request: HttpRequest, user: User, form: forms.Form) -> str:
        try:
            deactivate_person(user=user, by=person(request), at=timezone.now())
        except LastAdministrator as refusal:
            raise Refused(str(refusal)) from None
        return f"{user} has left: signed out, and their conversations are in the queues again."

    @row_button("Reactivate", shown=lambda user: not user.is_active)
    def reactivate(self, request: HttpRequest, user: User) -> str:
        reactivate_person(user=user, by=person(request), at=timezone.now())
        return f"{user} is back. They set a new password with “Forgot password?” on signing in."

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        role, obj.role = obj.role, form.initial["role"]
        super().save_model(request, obj, form, change)
        try:
            changed = change_role(
                user=obj, role=User.Role(role), by=person(request), at=timezone.now()
            )
        except LastAdministrator as refusal:
            messages.error(request, str(refusal))
        else:
            obj.role = changed.role

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("teams")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False


@admin.register(Team)
class TeamAdmin(MembershipsAdmin):
    list_display = ["name", "people"]
    search_fields = ["name"]
    ordering = ["name"]

    @display(description="people", ordering="people")
    def people(self, team: Any) -> int:
        return int(team.people)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Team]:
        rows: QuerySet[Team] = super().get_queryset(request)
        return rows.annotate(people=Count("memberships"))


@admin.register(Membership)
class MembershipAdmin(HistoryAdmin[Membership]):
    """Found here; changed on the person's or the team's page."""

    list_display = ["user", "team", "is_lead"]
    list_filter = ["team", "is_lead"]
    search_fields = ["user__name", "user__email", "team__name"]
    list_select_related = ["user", "team"]


@admin.register(Presence)
class PresenceAdmin(HistoryAdmin[Presence]):
    list_display = ["user", "state", "last_seen_at"]
    list_filter = ["state"]
    search_fields = ["user__name", "user__email"]
    list_select_related = ["user"]
    date_hierarchy = "last_seen_at"


def person(request: HttpRequest) -> User:
    """The administrator; the admin lets nobody else in."""
    assert isinstance(request.user, User)  # noqa: S101 - narrows the type
    return request.user
