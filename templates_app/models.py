"""Message templates of a WABA, one row a language."""

from django.db import models

from accounts.models import Waba


class MessageTemplate(models.Model):
    """A template as Meta holds it. `components` is Meta's own list (types in upper case)."""

    class Status(models.TextChoices):
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
        return self.status in {self.Status.APPROVED, self.Status.FLAGGED}
