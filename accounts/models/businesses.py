"""WhatsApp business accounts, their apps, phone numbers and profiles, as Meta describes them."""

from django.db import models
from django.utils import timezone

from core.secrets import EncryptedTextField


class WhatsAppApp(models.Model):
    """A Meta app whose webhooks reach us. Two secrets are valid while one is rotated."""

    name = models.CharField(max_length=80)
    app_id = models.CharField(max_length=40, unique=True)
    app_secret = EncryptedTextField()
    previous_app_secret = EncryptedTextField(blank=True)
    verify_token = EncryptedTextField()
    is_active = models.BooleanField(default=True)

    class Meta:
        verbose_name = "WhatsApp app"

    def __str__(self) -> str:
        return self.name


class Waba(models.Model):
    """A WhatsApp business account: numbers and templates belong to it."""

    waba_id = models.CharField("WABA id", max_length=40, unique=True)
    name = models.CharField(max_length=120)
    app = models.ForeignKey(WhatsAppApp, on_delete=models.PROTECT, related_name="wabas")
    access_token = EncryptedTextField()
    token_expires_at = models.DateTimeField(null=True, blank=True)
    review_status = models.CharField(max_length=30, blank=True)
    ban_state = models.CharField(max_length=40, blank=True)
    messaging_limit = models.CharField(max_length=30, blank=True)
    portfolio_id = models.CharField(
        "business portfolio id",
        max_length=40,
        blank=True,
        help_text="Its accounts share one messaging limit.",
    )
    max_phone_numbers = models.PositiveIntegerField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    templates_synced_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "WABA"
        verbose_name_plural = "WABAs"

    def __str__(self) -> str:
        return self.name


class PhoneNumber(models.Model):
    """A business number inside a WABA, with what Meta last said of it."""

    waba = models.ForeignKey(Waba, on_delete=models.PROTECT, related_name="numbers")
    phone_number_id = models.CharField(max_length=40, unique=True)
    display_phone_number = models.CharField(max_length=40)
    verified_name = models.CharField(max_length=120, blank=True)
    name_status = models.CharField(max_length=40, blank=True)
    status = models.CharField(max_length=30, default="CONNECTED")
    quality_rating = models.CharField(max_length=20, default="UNKNOWN")
    messaging_limit = models.CharField(max_length=30, blank=True)
    throughput = models.CharField(max_length=30, default="STANDARD")
    code_verification_status = models.CharField(max_length=30, blank=True)
    is_on_business_app = models.BooleanField("is on the WhatsApp Business app", default=False)
    health = models.JSONField(default=dict, blank=True)
    webhook_url = models.CharField(max_length=500, blank=True)
    pin = EncryptedTextField("two-step PIN", blank=True)
    is_paused = models.BooleanField(
        default=False, help_text="Nothing is sent, because the access token was refused."
    )
    last_webhook_at = models.DateTimeField(null=True, blank=True, editable=False)
    synced_at = models.DateTimeField(null=True, blank=True, editable=False)

    def __str__(self) -> str:
        return f"{self.verified_name or self.display_phone_number}"


class BusinessProfile(models.Model):
    """What customers read when they open the business in WhatsApp."""

    number = models.OneToOneField(PhoneNumber, on_delete=models.CASCADE, related_name="profile")
    about = models.CharField(max_length=139, blank=True)
    address = models.CharField(max_length=256, blank=True)
    description = models.CharField(max_length=512, blank=True)
    email = models.EmailField(max_length=128, blank=True)
    websites = models.JSONField(default=list, blank=True)
    vertical = models.CharField(max_length=40, blank=True)
    picture_url = models.URLField(max_length=1000, blank=True)
    synced_at = models.DateTimeField(null=True, blank=True, editable=False)

    def __str__(self) -> str:
        return f"Profile of {self.number}"


class AccountEvent(models.Model):
    """One webhook about a number, a WABA or an account, kept whole and never changed."""

    waba = models.ForeignKey(Waba, null=True, on_delete=models.CASCADE, related_name="events")
    number = models.ForeignKey(
        PhoneNumber, null=True, blank=True, on_delete=models.CASCADE, related_name="events"
    )
    field = models.CharField(max_length=60)
    kind = models.CharField(max_length=80, blank=True)
    summary = models.CharField(max_length=300, blank=True)
    data = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)
    digest = models.CharField(max_length=64, unique=True)

    class Meta:
        indexes = [models.Index(fields=["-at"])]

    def __str__(self) -> str:
        return f"{self.field} {self.kind}"
