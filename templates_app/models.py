"""Message templates of a WABA, one row a language."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from accounts.models import Waba
from templates_app import life
from templates_app.life import Life


class MessageTemplate(models.Model):
    """A template as Meta holds it, or a draft that Meta does not know yet.

    `components` is Meta's own list (types in upper case). edits: when the approved template was
    edited, as ISO moments. overrides: the text for other channels, {"sms": …, "webchat": …}.
    sample: the stored file that Meta reviews as the header's example.
    """

    class Status(models.TextChoices):
        DRAFT = life.DRAFT, "Draft"
        PENDING = "PENDING", "Pending"
        APPROVED = "APPROVED", "Approved"
        REJECTED = "REJECTED", "Rejected"
        FLAGGED = "FLAGGED", "Flagged"
        PAUSED = "PAUSED", "Paused"
        DISABLED = "DISABLED", "Disabled"
        IN_APPEAL = "IN_APPEAL", "In appeal"
        LIMIT_EXCEEDED = "LIMIT_EXCEEDED", "Limit exceeded"
        LOCKED = "LOCKED", "Locked"
        ARCHIVED = "ARCHIVED", "Archived"
        PENDING_DELETION = "PENDING_DELETION", "Pending deletion"
        DELETED = "DELETED", "Deleted"

    class Category(models.TextChoices):
        MARKETING = "MARKETING", "Marketing"
        UTILITY = "UTILITY", "Utility"
        AUTHENTICATION = "AUTHENTICATION", "Authentication"

    waba = models.ForeignKey(Waba, on_delete=models.CASCADE, related_name="templates")
    external_id = models.CharField("Meta's id", max_length=40, blank=True)
    name = models.CharField(max_length=512)
    language = models.CharField(max_length=20, help_text="As in the API: en_US, pt_BR, es.")
    category = models.CharField(max_length=20, choices=Category.choices)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.PENDING)
    parameter_format = models.CharField(max_length=12, default="POSITIONAL")
    components = models.JSONField(default=list)
    quality = models.CharField(max_length=12, default="UNKNOWN")
    reason = models.CharField(max_length=600, blank=True, help_text="Why rejected or paused.")
    correct_category = models.CharField(max_length=20, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True)
    synced_at = models.DateTimeField(null=True, blank=True)
    flagged_at = models.DateTimeField(null=True, blank=True, editable=False)
    paused_until = models.DateTimeField(null=True, blank=True, editable=False)
    pauses = models.PositiveSmallIntegerField(default=0, editable=False)
    edits = models.JSONField(default=list, blank=True, editable=False)
    fallback = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="stands_in_for",
        help_text="Goes instead while this one is paused or disabled.",
    )
    overrides = models.JSONField(default=dict, blank=True)
    sample = models.CharField(max_length=32, blank=True, editable=False)
    sample_type = models.CharField(max_length=100, blank=True, editable=False)
    sample_name = models.CharField(max_length=200, blank=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["waba", "name", "language"], name="one_template_per_language"
            ),
            models.UniqueConstraint(
                fields=["external_id"],
                condition=~models.Q(external_id=""),
                name="template_id_is_unique",
            ),
        ]
        indexes = [models.Index(fields=["waba", "status", "name"])]

    def __str__(self) -> str:
        return f"{self.name} ({self.language})"

    @property
    def is_sendable(self) -> bool:
        """Meta sends approved templates only (flagged ones were still sent)."""
        return self.status in life.SENDABLE

    @property
    def is_deletable(self) -> bool:
        """Meta keeps what is disabled (Meta, "Template management")."""
        return self.status not in life.KEPT

    @property
    def life(self) -> Life:
        """Its state as the rules of templates_app.life see it."""
        return Life(str(self.status), self.flagged_at, self.paused_until, self.pauses)

    @life.setter
    def life(self, new: Life) -> None:
        self.status, self.pauses = new.status, new.pauses
        self.flagged_at, self.paused_until = new.flagged_at, new.paused_until

    def why_not_editable(self, at: datetime) -> str:
        """Why it cannot be edited now; empty when it can."""
        edits = [datetime.fromisoformat(text) for text in self.edits]
        return life.why_not_editable(str(self.status), edits, at)
