"""The append-only log of what people did to Sash itself."""

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
