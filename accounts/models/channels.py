"""Channels: the addresses of ours that customers write to, and their business hours."""

from django.db import models

from accounts.models.businesses import PhoneNumber
from accounts.models.people import Team


class Channel(models.Model):
    """One address and its policies. `transport` names the code that speaks to its provider."""

    class Transport(models.TextChoices):
        WHATSAPP = "whatsapp", "WhatsApp"

    class MarkRead(models.TextChoices):
        NEVER = "never", "Never"
        OPENED = "opened", "When somebody opens the conversation"
        REPLIED = "replied", "When somebody replies"

    class OptIn(models.TextChoices):
        NONE = "none", "For nothing: an opt-out is respected"
        MARKETING = "marketing", "For marketing templates"
        ALL = "all", "For marketing and utility templates"

    name = models.CharField(max_length=80)
    transport = models.CharField(
        max_length=20, choices=Transport.choices, default=Transport.WHATSAPP
    )
    number = models.OneToOneField(
        PhoneNumber, null=True, blank=True, on_delete=models.PROTECT, related_name="channel"
    )
    default_team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="channels"
    )
    time_zone = models.CharField(max_length=50, default="UTC")
    mark_read = models.CharField(max_length=10, choices=MarkRead.choices, default=MarkRead.OPENED)
    shows_typing = models.BooleanField("shows typing to the customer", default=True)
    reactions_open_window = models.BooleanField(default=False)
    opt_in = models.CharField(
        "needs an opt-in",
        max_length=12,
        choices=OptIn.choices,
        default=OptIn.MARKETING,
        help_text="Without a recorded one the template is refused.",
    )
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class BusinessHours(models.Model):
    """One span of a weekday in the channel's time zone. No span at all: always open."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0, "Monday"
        TUESDAY = 1, "Tuesday"
        WEDNESDAY = 2, "Wednesday"
        THURSDAY = 3, "Thursday"
        FRIDAY = 4, "Friday"
        SATURDAY = 5, "Saturday"
        SUNDAY = 6, "Sunday"

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField(choices=Weekday.choices)
    opens_at = models.TimeField()
    closes_at = models.TimeField()

    class Meta:
        verbose_name_plural = "business hours"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closes_at__gt=models.F("opens_at")),
                name="hours_open_before_close",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens_at:%H:%M}-{self.closes_at:%H:%M}"
