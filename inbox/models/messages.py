"""Messages in both directions, notes among colleagues, and reactions."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Channel
from inbox.models.conversations import Conversation
from templates_app.models import MessageTemplate


class Message(models.Model):
    """One message or private note. `at` is Meta's timestamp where Meta gives one.

    payload holds what the kind needs beyond text, in Meta's own shape: location, contacts,
    interactive, order, referral and so on. `rank` only ever rises (a trigger refuses less),
    so statuses may arrive in any order.
    """

    class Direction(models.TextChoices):
        IN = "in", "From the customer"
        OUT = "out", "To the customer"
        NOTE = "note", "Private note"

    class Kind(models.TextChoices):
        TEXT = "text", "Text"
        IMAGE = "image", "Image"
        AUDIO = "audio", "Audio"
        VIDEO = "video", "Video"
        DOCUMENT = "document", "Document"
        STICKER = "sticker", "Sticker"
        LOCATION = "location", "Location"
        CONTACTS = "contacts", "Contact cards"
        INTERACTIVE = "interactive", "Interactive"
        BUTTON = "button", "Button"
        ORDER = "order", "Order"
        TEMPLATE = "template", "Template"
        SYSTEM = "system", "System"
        UNSUPPORTED = "unsupported", "Unsupported"
        # Carries a reaction of ours through the outbox; drawn as a Reaction, never as a bubble.
        REACTION = "reaction", "Reaction"

    class Author(models.TextChoices):
        CUSTOMER = "customer", "Customer"
        AGENT = "agent", "Agent"
        BOT = "bot", "Bot"
        PHONE_APP = "phone_app", "Phone app"
        SYSTEM = "system", "System"

    class Status(models.TextChoices):
        RECEIVED = "received", "Received"
        QUEUED = "queued", "Queued"
        SENDING = "sending", "Sending"
        UNKNOWN = "unknown", "May not have been sent"
        ACCEPTED = "accepted", "Accepted"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed"
        DELIVERED = "delivered", "Delivered"
        READ = "read", "Read"
        PLAYED = "played", "Played"

    # Meta may report "delivered" after "failed" but never the other way round.
    RANKS = {
        Status.RECEIVED: 0,
        Status.QUEUED: 0,
        Status.SENDING: 1,
        Status.UNKNOWN: 2,
        Status.ACCEPTED: 3,
        Status.SENT: 4,
        Status.FAILED: 5,
        Status.DELIVERED: 6,
        Status.READ: 7,
        Status.PLAYED: 8,
    }

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="messages", db_index=False
    )
    channel = models.ForeignKey(
        Channel, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    direction = models.CharField(max_length=4, choices=Direction.choices)
    kind = models.CharField(max_length=15, choices=Kind.choices, default=Kind.TEXT)
    author_kind = models.CharField(max_length=10, choices=Author.choices)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
    )
    author_name = models.CharField(max_length=120, blank=True)
    text = models.TextField(blank=True)
    payload = models.JSONField(default=dict, blank=True)
    quoted = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
    )
    quoted_provider_id = models.CharField(max_length=200, blank=True)
    template = models.ForeignKey(
        MessageTemplate,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="messages",
        db_index=False,
    )
    provider_id = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001 - unique where set
    client_uuid = models.UUIDField(null=True, blank=True, unique=True)
    status = models.CharField(max_length=10, choices=Status.choices)
    rank = models.PositiveSmallIntegerField(default=0)
    error_code = models.IntegerField(null=True, blank=True)
    error_detail = models.CharField(max_length=1000, blank=True)
    pricing = models.JSONField(default=dict, blank=True)
    is_forwarded = models.BooleanField(default=False)
    at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    sent_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    edited_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    seq = models.BigIntegerField(default=0, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "channel"],
                condition=Q(provider_id__isnull=False),
                name="message_provider_id_is_unique",
            ),
            models.CheckConstraint(
                condition=~Q(direction="note") | Q(provider_id__isnull=True),
                name="notes_never_leave",
            ),
        ]
        indexes = [
            models.Index(
                F("conversation"), F("at").desc(), F("id").desc(), name="message_of_thread"
            ),
            models.Index(fields=["conversation", "seq"]),
            models.Index(
                F("id"),
                condition=Q(status__in=["queued", "sending", "unknown"]),
                name="message_unsettled",
            ),
            models.Index(F("failed_at"), condition=Q(status="failed"), name="message_failed"),
            # Most messages have none of these, and each row is written several times.
            models.Index(F("author"), condition=Q(author__isnull=False), name="message_of_author"),
            models.Index(F("quoted"), condition=Q(quoted__isnull=False), name="message_quotes"),
            models.Index(
                F("template"), condition=Q(template__isnull=False), name="message_of_template"
            ),
            models.Index(
                F("quoted_provider_id"),
                condition=Q(quoted__isnull=True) & ~Q(quoted_provider_id=""),
                name="message_awaits_quoted",
            ),
        ]

    def __str__(self) -> str:
        return f"Message {self.pk}"

    @property
    def is_note(self) -> bool:
        return self.direction == self.Direction.NOTE

    @property
    def asks_to_resend(self) -> bool:
        """Two minutes passed without a sign of it: a person must say whether to send it again."""
        if self.status != self.Status.UNKNOWN:
            return False
        entry = getattr(self, "outbox", None)
        return entry is not None and entry.asked_at is not None


class StandingReactions(models.Manager["Reaction"]):
    """Reactions that were not taken back."""

    def get_queryset(self) -> models.QuerySet[Reaction]:
        return super().get_queryset().exclude(emoji="")


class Reaction(models.Model):
    """An emoji of the customer or of ours on a message; one a side, the last one counts.

    One without an emoji was taken back: it stays, so that an older one that arrives late is
    known to be older, but `objects` and `message.reactions` leave it out.
    """

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="reactions")
    author_kind = models.CharField(max_length=10, choices=Message.Author.choices)
    emoji = models.CharField(max_length=40)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    at = models.DateTimeField()

    objects = StandingReactions()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "author_kind"], name="one_reaction_a_side")
        ]

    def __str__(self) -> str:
        return self.emoji
