"""Conversations and their labels."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Channel, Team
from inbox.models.contacts import Contact
from inbox.window import Window


class Label(models.Model):
    """A coloured word on conversations."""

    class Colour(models.TextChoices):
        GREY = "grey", "Grey"
        BLUE = "blue", "Blue"
        GREEN = "green", "Green"
        AMBER = "amber", "Amber"
        RED = "red", "Red"
        PURPLE = "purple", "Purple"

    name = models.CharField(max_length=40, unique=True)
    colour = models.CharField(max_length=10, choices=Colour.choices, default=Colour.BLUE)

    def __str__(self) -> str:
        return self.name


class Conversation(models.Model):
    """One contact on one channel, from the first message to the closing.

    The row carries what lists show (preview, counters, window), so that a list is one query.
    `seq` is the number of the last committing transaction that touched the row, written by a
    trigger; `?since=` reads by it (see inbox.queries.changes).
    """

    class Status(models.TextChoices):
        OPEN = "open", "Open"
        CLOSED = "closed", "Closed"
        ARCHIVED = "archived", "Archived"

    class Priority(models.IntegerChoices):
        NORMAL = 0, "Normal"
        HIGH = 1, "High"
        URGENT = 2, "Urgent"

    class Floor(models.TextChoices):
        """Who speaks to the customer now."""

        BOT = "bot", "Bot"
        HUMAN = "human", "Human"

    contact = models.ForeignKey(
        Contact, on_delete=models.PROTECT, related_name="conversations", db_index=False
    )
    channel = models.ForeignKey(
        Channel, on_delete=models.PROTECT, related_name="conversations", db_index=False
    )
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    team = models.ForeignKey(
        Team,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="conversations",
        db_index=False,
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="assigned_conversations",
    )
    priority = models.PositiveSmallIntegerField(choices=Priority.choices, default=Priority.NORMAL)
    floor = models.CharField(max_length=10, choices=Floor.choices, default=Floor.HUMAN)
    labels = models.ManyToManyField(Label, blank=True, related_name="conversations")
    snoozed_until = models.DateTimeField(null=True, blank=True)
    window_closes_at = models.DateTimeField(null=True, blank=True)
    window_closed_announced = models.BooleanField(default=True, editable=False)
    waiting_since = models.DateTimeField(
        null=True, blank=True, help_text="The customer's oldest unanswered message."
    )
    last_message_at = models.DateTimeField(default=timezone.now)
    last_inbound_at = models.DateTimeField(null=True, blank=True)
    preview = models.CharField(max_length=160, blank=True)
    preview_author = models.CharField(max_length=80, blank=True)
    preview_failed = models.BooleanField(default=False)
    inbound_count = models.PositiveIntegerField(default=0)
    message_count = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
    )
    close_reason = models.CharField(max_length=200, blank=True)
    seq = models.BigIntegerField(default=0, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "channel"],
                condition=Q(status="open"),
                name="one_open_conversation",
            ),
            models.CheckConstraint(
                condition=Q(status="open") | Q(snoozed_until__isnull=True),
                name="only_open_is_snoozed",
            ),
        ]
        indexes = [
            models.Index(
                F("team"),
                F("status"),
                F("last_message_at").desc(),
                F("id").desc(),
                name="conversation_of_team",
            ),
            models.Index(
                F("status"),
                F("last_message_at").desc(),
                F("id").desc(),
                name="conversation_by_status",
            ),
            models.Index(
                F("assignee"),
                F("last_message_at").desc(),
                F("id").desc(),
                condition=Q(status="open"),
                name="conversation_mine",
            ),
            # The queue: few rows among many that somebody has.
            models.Index(
                F("team"),
                F("last_message_at").desc(),
                F("id").desc(),
                condition=Q(status="open", assignee__isnull=True),
                name="conversation_unassigned",
            ),
            models.Index(
                F("team"),
                F("window_closes_at"),
                F("id"),
                condition=Q(status="open", waiting_since__isnull=False),
                name="conversation_closing",
            ),
            models.Index(
                F("window_closes_at"),
                condition=Q(window_closed_announced=False),
                name="conversation_to_announce",
            ),
            models.Index(
                F("snoozed_until"),
                condition=Q(snoozed_until__isnull=False),
                name="conversation_snoozed",
            ),
            models.Index(fields=["contact", "-last_message_at"]),
            models.Index(
                F("closed_by"),
                condition=Q(closed_by__isnull=False),
                name="conversation_closed_by",
            ),
            models.Index(fields=["seq"]),
        ]

    def __str__(self) -> str:
        return f"Conversation {self.pk}"

    @property
    def window(self) -> Window:
        return Window(self.window_closes_at)

    def is_snoozed(self, at: datetime) -> bool:
        return self.snoozed_until is not None and self.snoozed_until > at
