"""Flows that administrators configure, and where each conversation stands in them."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Channel, Team
from inbox.models import Contact, Conversation


class Flow(models.Model):
    """What a bot says, and when.

    Exactly one thing triggers it: a new conversation (welcome), a keyword, or a message
    outside business hours (away).
    """

    class Trigger(models.TextChoices):
        WELCOME = "welcome", "A new conversation"
        KEYWORD = "keyword", "A keyword"
        AWAY = "away", "A message outside business hours"

    name = models.CharField(max_length=80, unique=True)
    trigger = models.CharField(max_length=10, choices=Trigger.choices)
    channels = models.ManyToManyField(
        Channel, blank=True, related_name="flows", help_text="None chosen: all of them."
    )
    keywords = models.JSONField(
        default=list, blank=True, help_text='For a keyword flow, such as ["price", "precio"].'
    )
    text = models.TextField(
        max_length=1024,
        help_text="{{first_name}} is filled in; in an away message {{opens_at}} too.",
    )
    no_match_text = models.TextField(
        "when the bot does not understand",
        max_length=1024,
        blank=True,
        help_text="Said once, then people take over. Empty: Sash's own words.",
    )
    hand_off_text = models.TextField(
        "when people take over",
        max_length=1024,
        blank=True,
        help_text="Empty: Sash's own words in the customer's language.",
    )
    hand_off = models.BooleanField(default=False, help_text="Give to people after saying it.")
    hand_off_team = models.ForeignKey(
        Team,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Empty: the channel's default team.",
    )
    cooldown_hours = models.PositiveSmallIntegerField(
        default=12, help_text="An away message is said once in so many hours."
    )
    is_active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name


class FlowButton(models.Model):
    """A quick reply of a flow: up to three are buttons, up to ten a list (Meta, "Interactive").

    A tap answers with `text`, and hands off where it says so.
    """

    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="buttons")
    position = models.PositiveSmallIntegerField(default=0)
    title = models.CharField(max_length=20)
    answer = models.TextField(max_length=1024, blank=True)
    next_flow = models.ForeignKey(
        Flow,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Said after the answer.",
    )
    hand_off = models.BooleanField(default=False)
    hand_off_team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.title


class FlowRun(models.Model):
    """A bot's part in one conversation: what it said and collected, until it hands off."""

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="flow_runs"
    )
    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="runs")
    started_at = models.DateTimeField(default=timezone.now)
    last_step_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    collected = models.JSONField(default=list, blank=True)
    misses = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"], condition=Q(ended_at__isnull=True), name="one_flow_run"
            )
        ]

    def __str__(self) -> str:
        return f"{self.flow} in {self.conversation_id}"


class AwayNotice(models.Model):
    """When an away message was last said to one contact on one channel, for its cooldown."""

    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="+")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="+")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    said_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["flow", "contact", "channel"], name="one_away_notice_per_contact"
            )
        ]

    def __str__(self) -> str:
        return f"{self.flow} to {self.contact}"
