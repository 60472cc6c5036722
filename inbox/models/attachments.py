"""Files of messages: stored outside the database, fetched and verified after arrival."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from inbox.models.messages import Message


class Attachment(models.Model):
    """One file. `stored_name` is a random name under MEDIA_ROOT; `filename` is hostile text."""

    class State(models.TextChoices):
        PENDING = "pending", "To be fetched"
        READY = "ready", "Ready"
        FAILED = "failed", "Could not be fetched"

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    kind = models.CharField(max_length=15, choices=Message.Kind.choices)
    mime_type = models.CharField(max_length=150, blank=True)
    filename = models.CharField(max_length=300, blank=True)
    size = models.PositiveBigIntegerField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True, help_text="Hexadecimal.")
    provider_media_id = models.CharField(max_length=200, blank=True)
    provider_media_expires_at = models.DateTimeField(null=True, blank=True)
    stored_name = models.CharField(max_length=100, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    duration = models.FloatField(null=True, blank=True, help_text="Seconds.")
    is_voice = models.BooleanField(default=False)
    is_animated = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(
                F("next_attempt_at"), condition=Q(state="pending"), name="attachment_to_fetch"
            )
        ]

    def __str__(self) -> str:
        return self.filename or f"{self.kind} {self.pk}"
