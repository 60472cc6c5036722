"""Who takes part in a conversation, who had it, and what happened in it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Team
from inbox.models.contacts import Contact
from inbox.models.conversations import Conversation


class Participant(models.Model):
    """Who takes part in a conversation, as what, from when to when."""

    class Role(models.TextChoices):
        CUSTOMER = "customer", "Customer"
        ASSIGNEE = "assignee", "Assigned agent"
        COLLABORATOR = "collaborator", "Collaborator"
        OBSERVER = "observer", "Observer"
        BOT = "bot", "Bot"

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="participants"
    )
    role = models.CharField(max_length=15, choices=Role.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    contact = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    name = models.CharField(max_length=120, blank=True, help_text="A bot's name.")
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "user", "role"],
                condition=Q(left_at__isnull=True, user__isnull=False),
                name="one_active_participation",
            ),
            models.UniqueConstraint(
                fields=["conversation"],
                condition=Q(left_at__isnull=True, role="customer"),
                name="one_customer",
            ),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | Q(left_at__gte=F("joined_at")),
                name="joined_before_left",
            ),
        ]
        indexes = [
            models.Index(
                fields=["user"], condition=Q(left_at__isnull=True), name="active_participant"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.user or self.contact or self.name}"


class Assignment(models.Model):
    """Who had a conversation, given by whom, with which note; the open one has no end."""

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="assignments"
    )
    team = models.ForeignKey(Team, null=True, on_delete=models.SET_NULL, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    note = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"], condition=Q(ended_at__isnull=True), name="one_assignment"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user or self.team or 'nobody'} from {self.at:%d %b %H:%M}"


class Event(models.Model):
    """One thing that happened in a conversation, drawn as a slim line. Never changed."""

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="events", db_index=False
    )
    kind = models.CharField(max_length=40)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    at = models.DateTimeField()
    data = models.JSONField(default=dict, blank=True)
    provider_id = models.CharField(max_length=200, blank=True)
    seq = models.BigIntegerField(default=0, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "provider_id"],
                condition=~Q(provider_id=""),
                name="event_provider_id_is_unique",
            )
        ]
        indexes = [
            models.Index(fields=["conversation", "-at", "-id"]),
            models.Index(fields=["conversation", "seq"]),
        ]

    def __str__(self) -> str:
        return self.kind
