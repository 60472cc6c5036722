"""The outbox, each attempt to send, whose turn it is to send, and the bells that wake bots."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Channel
from inbox.models.messages import Message


class OutboxEntry(models.Model):
    """A message to be sent. The row is the queue: it goes when the message is settled.

    `pair` names the (number, customer) whose messages keep their order and Meta's pair limit.
    not_before: when it may be tried; of an unknown one, when people are asked. tries: how often
    a sender took it.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "Queued"
        CLAIMED = "claimed", "Claimed"
        UNKNOWN = "unknown", "No answer came"

    class Lane(models.IntegerChoices):
        REPLY = 0, "Reply"
        AUTOMATIC = 1, "Bot"
        BULK = 2, "Broadcast"

    message = models.OneToOneField(
        Message, primary_key=True, on_delete=models.CASCADE, related_name="outbox"
    )
    channel = models.ForeignKey(
        Channel, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    pair = models.CharField(max_length=250)
    lane = models.PositiveSmallIntegerField(choices=Lane.choices, default=Lane.REPLY)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    not_before = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    claimed_by = models.CharField(max_length=80, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when people are asked whether to send it again."
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "outbox"
        indexes = [
            models.Index(
                F("channel"),
                F("lane"),
                F("not_before"),
                F("message"),
                condition=Q(state="queued"),
                name="outbox_ready",
            ),
            models.Index(fields=["channel", "pair", "message"]),
            models.Index(F("lease_until"), condition=Q(state="claimed"), name="outbox_leases"),
            models.Index(F("expires_at"), condition=Q(state="queued"), name="outbox_expiry"),
            models.Index(F("not_before"), condition=Q(state="unknown"), name="outbox_unknown"),
        ]

    def __str__(self) -> str:
        return f"{self.message} {self.state}"


class Attempt(models.Model):
    """One call to the provider for one message, written before the call and settled after it."""

    class Outcome(models.TextChoices):
        STARTED = "started", "Started"
        ACCEPTED = "accepted", "Accepted"
        REFUSED = "refused", "Refused"
        UNKNOWN = "unknown", "No answer"

    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, related_name="attempts", db_index=False
    )
    number = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.STARTED)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    http_status = models.PositiveSmallIntegerField(null=True, blank=True)
    error_code = models.IntegerField(null=True, blank=True)
    error_detail = models.CharField(max_length=1000, blank=True)
    provider_id = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "number"], name="attempts_are_numbered")
        ]
        indexes = [BrinIndex(fields=["started_at"], name="attempts_by_time", autosummarize=True)]

    def __str__(self) -> str:
        return f"Attempt {self.number} of {self.message_id}"


class SendingProcess(models.Model):
    """A sender that lives: the channels are dealt among them."""

    worker = models.CharField(max_length=80, primary_key=True)
    started_at = models.DateTimeField(default=timezone.now)
    alive_until = models.DateTimeField()

    class Meta:
        verbose_name_plural = "sending processes"

    def __str__(self) -> str:
        return self.worker


class SendingTurn(models.Model):
    """Which sender a channel is with: it alone claims and calls for it, so it alone counts.

    recent: messages that left in the last second of whoever gave the turn back. factor: how
    much slower than Meta's rate it went at factor_at, because Meta said so. stalled_since: since
    when nothing is sent, because all that was sent ended in trouble.
    """

    channel = models.OneToOneField(
        Channel, primary_key=True, on_delete=models.CASCADE, related_name="turn"
    )
    worker = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(default=timezone.now)
    recent = models.PositiveIntegerField(default=0)
    factor = models.FloatField(default=1)
    factor_at = models.DateTimeField(default=timezone.now)
    stalled_since = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.channel} with {self.worker or 'nobody'}"


class Bell(models.Model):
    """An inbound message that bots have not looked at yet; written with it, deleted by them."""

    message = models.OneToOneField(
        Message, primary_key=True, on_delete=models.CASCADE, related_name="bell"
    )
    tries = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"Bell of {self.message_id}"
