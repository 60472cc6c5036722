"""Invitations: written, sent again, withdrawn."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.actions import AlreadyAMember, invite_person, withdraw_invitation
from accounts.admin.people import person
from accounts.models import Invitation, User
from core.admin.base import SashAdmin
from core.admin.buttons import Refused, row_button
from core.admin.looks import display
from core.admin.secrets import SecretsForm

COLOURS = {"accepted": "success", "waiting": "info", "too old": "warning"}


class InvitationForm(SecretsForm):
    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        if User.objects.filter(email__iexact=email, is_active=True).exists():
            raise forms.ValidationError("Somebody with this address is in Sash already.")
        return email


def is_standing(invitation: Invitation) -> bool:
    return invitation.accepted_at is None


@admin.register(Invitation)
class InvitationAdmin(SashAdmin[Invitation]):
    form = InvitationForm
    list_display = ["email", "name", "role", "team_names", "state", "expires_at", "buttons"]
    list_filter = ["role", "teams"]
    search_fields = ["email", "name", "invited_by__name"]
    date_hierarchy = "created_at"
    ordering = ["-created_at"]
    list_select_related = ["invited_by"]
    fields = ["email", "name", "role", "teams"]
    autocomplete_fields = ["teams"]

    @display(description="teams")
    def team_names(self, invitation: Invitation) -> str:
        return ", ".join(team.name for team in invitation.teams.all())

    @display(description="state", label=COLOURS)
    def state(self, invitation: Invitation) -> str:
        if invitation.accepted_at:
            return "accepted"
        return "waiting" if invitation.expires_at > timezone.now() else "too old"

    @row_button("Send again", shown=is_standing)
    def send_again(self, request: HttpRequest, invitation: Invitation) -> str:
        return f"A new invitation is on its way to {self._invite(request, invitation).email}."

    @row_button("Withdraw", shown=is_standing)
    def withdraw(self, request: HttpRequest, invitation: Invitation) -> str:
        withdraw_invitation(invitation=invitation, by=person(request), at=timezone.now())
        return f"The invitation of {invitation.email} no longer works."

    def save_model(self, request: HttpRequest, obj: Invitation, form: Any, change: bool) -> None:
        sent = self._invite(request, obj, teams=form.cleaned_data["teams"])
        obj.pk = sent.pk

    def _invite(
        self, request: HttpRequest, invitation: Invitation, teams: Any = None
    ) -> Invitation:
        """Send it; the link is told once as well, for whom mail does not reach."""
        try:
            sent, token = invite_person(
                email=invitation.email,
                by=person(request),
                at=timezone.now(),
                role=User.Role(invitation.role),
                teams=list(invitation.teams.all() if teams is None else teams),
                name=invitation.name,
            )
        except AlreadyAMember as refusal:
            raise Refused(str(refusal)) from None
        link = settings.BASE_URL + reverse("accept_invitation", args=[token])
        messages.info(request, f"If mail does not reach them, give them this address: {link}")
        return sent

    def has_change_permission(self, request: HttpRequest, obj: Invitation | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Invitation | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invitation]:
        rows = super().get_queryset(request)
        return rows.select_related("invited_by").prefetch_related("teams")
