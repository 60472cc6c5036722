"""The append-only log of what people did to Sash itself, and the mails that are to leave."""

from django.conf import settings
from django.db import models


class AuditEvent(models.Model):
    """One thing that somebody did outside a conversation: sign-in, export, a changed role.

    Rows are written by core.events.record and never changed: the database refuses it.
    """

    kind = models.CharField(max_length=60)
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    subject = models.CharField(max_length=120, blank=True)
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["-at"]),
            models.Index(fields=["subject", "-at"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class Mail(models.Model):
    """One mail to one person, kept until it has left: the row is the queue.

    due_at: when it is tried next; none when it has left, or was given up after a day.
    """

    to = models.EmailField(max_length=254)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(due_at__isnull=False), name="mail_due"
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject} to {self.to}"
