"""Contacts, the identities they are reached by, and their session windows."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Concat, Upper
from django.utils import timezone

from accounts.models import Channel
from inbox.window import Window


class Plain(models.Func):
    """Text in capitals without accents, as contacts are searched (migration 0013)."""

    function = "inbox_plain"
    output_field = models.TextField()


# What a contact is found by beside their identities; nothing typed reaches over a line's end.
LINE = Value("\n")
FOUND_BY = Plain(
    Concat(
        *(F("name"), LINE, F("profile_name"), LINE, F("company"), LINE, F("email")),
        output_field=models.TextField(),
    )
)


class Contact(models.Model):
    """One customer. Their names are hostile input; a phone number is not assumed."""

    name = models.CharField(max_length=200, blank=True, help_text="As an agent wrote it.")
    profile_name = models.CharField(max_length=200, blank=True, help_text="As the customer did.")
    email = models.EmailField(blank=True)
    company = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=20, blank=True)
    time_zone = models.CharField(max_length=50, blank=True)
    notes = models.TextField(blank=True, max_length=4000)
    attributes = models.JSONField(default=dict, blank=True)
    is_blocked = models.BooleanField(default=False)
    profile_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="How new the profile name is."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes = [
            GinIndex(OpClass(FOUND_BY, name="gin_trgm_ops"), name="contact_trigrams"),
        ]

    def __str__(self) -> str:
        return self.name or self.profile_name or f"Contact {self.pk}"


class Identity(models.Model):
    """One way to recognise and reach a contact.

    key is the normalised form that is looked up (see inbox.identities): numbers of Brazil,
    Mexico and Argentina have one key for both spellings. value is what the provider sends.
    """

    class Kind(models.TextChoices):
        PHONE = "phone", "Phone"
        WA_ID = "wa_id", "WhatsApp id"
        BSUID = "bsuid", "Business-scoped user id"
        PARENT_BSUID = "parent_bsuid", "Parent business-scoped user id"
        USERNAME = "username", "Username"
        VISITOR = "visitor", "Visitor"
        EMAIL = "email", "E-mail"

    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, related_name="identities", db_index=False
    )
    kind = models.CharField(max_length=15, choices=Kind.choices)
    key = models.CharField(max_length=200)
    value = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name_plural = "identities"
        constraints = [
            # A username is never a key: people give theirs up and others take them.
            models.UniqueConstraint(
                fields=["kind", "key"],
                condition=~models.Q(kind="username"),
                name="identity_is_unique",
            ),
        ]
        indexes = [
            models.Index(fields=["contact", "kind"]),
            GinIndex(OpClass(Upper("value"), name="gin_trgm_ops"), name="identity_trigrams"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.value}"


class SessionWindow(models.Model):
    """Until when free text may go to one contact on one channel (see inbox.window)."""

    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, related_name="windows", db_index=False
    )
    channel = models.ForeignKey(
        Channel, on_delete=models.CASCADE, related_name="windows", db_index=False
    )
    opened_at = models.DateTimeField()
    closes_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contact", "channel"], name="one_window_per_channel")
        ]

    def __str__(self) -> str:
        return f"until {self.closes_at:%d %b %H:%M}"

    def as_window(self) -> Window:
        return Window(self.closes_at)
