"""The webhook journal, its quarantine, and events that came before what they speak of."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import WhatsAppApp


class WebhookDelivery(models.Model):
    """One signed POST, stored whole before it is answered. Bodies are kept for 30 days."""

    class State(models.TextChoices):
        STORED = "stored", "Stored"
        APPLIED = "applied", "Applied"

    received_at = models.DateTimeField(default=timezone.now)
    app = models.ForeignKey(
        WhatsAppApp, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    body = models.BinaryField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.STORED)
    applied_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    events = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "webhook deliveries"
        indexes = [
            models.Index(F("id"), condition=Q(state="stored"), name="delivery_to_apply"),
            BrinIndex(fields=["received_at"], autosummarize=True, name="deliveries_by_time"),
        ]

    def __str__(self) -> str:
        return f"Delivery {self.pk}"


class QuarantinedEvent(models.Model):
    """A part of a delivery that could not be applied, with its reason; replayed by one click.

    content is the smallest JSON part that failed, wrapped so that it can be applied again by
    itself (a whole envelope), as escaped text: PostgreSQL's json refuses U+0000.
    """

    delivery = models.ForeignKey(
        WebhookDelivery, null=True, on_delete=models.SET_NULL, related_name="quarantined"
    )
    reason = models.CharField(max_length=60)
    detail = models.TextField(blank=True)
    content = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)
    replays = models.PositiveSmallIntegerField(default=0)
    resolved_at = models.DateTimeField(null=True, blank=True)
    discarded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                F("id"), condition=Q(resolved_at__isnull=True), name="quarantine_unresolved"
            )
        ]

    def __str__(self) -> str:
        return f"{self.reason} ({self.created_at:%d %b %H:%M})"


class EarlyEvent(models.Model):
    """A status, reaction, edit or revoke that came before its message; joined when that comes."""

    class Kind(models.TextChoices):
        STATUS = "status", "Status"
        REACTION = "reaction", "Reaction"
        EDIT = "edit", "Edit"
        REVOKE = "revoke", "Revoke"

    phone_number_id = models.CharField(max_length=40)
    provider_id = models.CharField(max_length=200, help_text="The message spoken of.")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    content = models.JSONField()
    digest = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["provider_id"], name="early_event_of"),
            models.Index(fields=["received_at"], name="early_event_received"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.provider_id}"
