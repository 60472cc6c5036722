"""What contacts agreed to be sent, and took back: statements that are only ever added."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.models import Channel
from inbox.models.contacts import Contact
from inbox.models.messages import Message


class Consent(models.Model):
    """One statement about one purpose on one transport; the newest of them holds.

    A trigger keeps what was stated as it was, so that the history of a contact proves who
    agreed to what, when and by which words. at: when it was said; recorded_at: when it was
    written down. answer: what is told to the customer of it; the row is the queue.
    """

    class Purpose(models.TextChoices):
        UTILITY = "utility", "Utility"
        MARKETING = "marketing", "Marketing"

    class Source(models.TextChoices):
        KEYWORD = "keyword", "Written by the customer"
        PREFERENCE = "preference", "Chosen in WhatsApp"
        REFUSAL = "refusal", "Told by WhatsApp when it refused a message"
        AGENT = "agent", "Recorded by hand"
        IMPORT = "import", "Imported"
        API = "api", "API"

    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, related_name="consents", db_index=False
    )
    transport = models.CharField(max_length=20, choices=Channel.Transport.choices)
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    is_granted = models.BooleanField()
    source = models.CharField(max_length=12, choices=Source.choices)
    wording = models.TextField(max_length=1000, blank=True)
    message = models.ForeignKey(
        Message, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    answer = models.TextField(max_length=1000, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            # What providers tell may come twice; what people record is recorded.
            models.UniqueConstraint(
                fields=["contact", "transport", "purpose", "at", "source", "is_granted"],
                condition=Q(source__in=["keyword", "preference", "refusal"]),
                name="one_statement",
            ),
        ]
        indexes = [
            models.Index(
                F("contact"), F("transport"), F("purpose"), F("at").desc(), F("id").desc(),
                name="consent_newest",
            ),
            models.Index(
                F("id"),
                condition=Q(answered_at__isnull=True) & ~Q(answer=""),
                name="consent_to_answer",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        said = "agreed to" if self.is_granted else "opted out of"
        return f"{self.contact} {said} {self.purpose}"


class WishWords(models.Model):
    """The words of one language that mean stop or start; without a row Sash's own hold."""

    language = models.CharField(max_length=10, help_text="Such as en or pt.")
    is_opt_in = models.BooleanField("means start", default=False)
    words = ArrayField(models.CharField(max_length=40))
    answer = models.TextField(
        max_length=1000, blank=True, help_text="What the customer is told; empty: nothing."
    )

    class Meta:
        verbose_name = "opt-out words"
        verbose_name_plural = "opt-out words"
        constraints = [
            models.UniqueConstraint(fields=["language", "is_opt_in"], name="one_row_of_words")
        ]

    def __str__(self) -> str:
        return f"{self.language}: {', '.join(self.words)}"
