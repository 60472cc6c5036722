"""Archives: a conversation's transcript, frozen and chained so that a change is noticed."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from inbox.models.conversations import Conversation


class Archive(models.Model):
    """A frozen transcript. digest = sha256(previous digest + transcript), see actions.archives."""

    conversation = models.ForeignKey(
        Conversation, on_delete=models.PROTECT, related_name="archives"
    )
    archived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    archived_at = models.DateTimeField()
    restored_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    restored_at = models.DateTimeField(null=True, blank=True)
    transcript = models.JSONField()
    previous_digest = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64, unique=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"],
                condition=Q(restored_at__isnull=True),
                name="one_standing_archive",
            )
        ]
        indexes = [models.Index(F("archived_at").desc(), name="archive_newest")]

    def __str__(self) -> str:
        return f"Archive of {self.conversation_id}"
