"""What belongs to one agent's desk: read marks, drafts, mentions, and canned replies."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.models import Team
from inbox.models.conversations import Conversation
from inbox.models.messages import Message


class ReadMark(models.Model):
    """How many inbound messages of a conversation one person has seen.

    Unread for that person = conversation.inbound_count - seen_count, so no list counts rows.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="read_marks"
    )
    seen_count = models.PositiveIntegerField(default=0)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "conversation"], name="one_read_mark")
        ]

    def __str__(self) -> str:
        return f"{self.user} saw {self.seen_count}"


class Draft(models.Model):
    """Unsent text of one person in one conversation."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="drafts")
    text = models.TextField()
    is_note = models.BooleanField(default=False)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "conversation"], name="one_draft")]

    def __str__(self) -> str:
        return f"Draft of {self.user}"


class Mention(models.Model):
    """A person named in a note; unseen until they open the conversation."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mentions"
    )
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="mentions")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "message"], name="one_mention")]
        indexes = [
            models.Index(
                F("user"),
                F("conversation"),
                condition=Q(seen_at__isnull=True),
                name="mention_unseen",
            ),
            models.Index(fields=["user", "-at"]),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.message_id}"


class CannedReply(models.Model):
    """A text that an agent inserts by its shortcut; variables are filled from the contact.

    Variables: {{first_name}}, {{name}}, {{agent}}, {{agent_first_name}}, {{team}}, {{channel}}.
    """

    shortcut = models.SlugField(max_length=40)
    title = models.CharField(max_length=100)
    text = models.TextField(max_length=4096)
    team = models.ForeignKey(
        Team,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="canned_replies",
        help_text="Empty: for every team.",
    )

    class Meta:
        verbose_name_plural = "canned replies"
        constraints = [
            models.UniqueConstraint(
                Lower("shortcut"), F("team"), nulls_distinct=False, name="shortcut_is_unique"
            )
        ]

    def __str__(self) -> str:
        return f"/{self.shortcut}"
