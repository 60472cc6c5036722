"""WhatsApp apps, business accounts, numbers, profiles, and what Meta reported of them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.cloud_api import CloudApiError, subscribe_app
from accounts.models import AccountEvent, BusinessProfile, PhoneNumber, Waba, WhatsAppApp
from accounts.synchronising import check_connection, sync_numbers_of
from core.admin.base import HistoryAdmin, SashAdmin, shown_json
from core.admin.buttons import Refused, list_button, row_button
from core.admin.looks import PasswordInput, StackedInline, display
from core.events import record

HEALTH_COLOURS = {"GREEN": "success", "YELLOW": "warning", "RED": "danger"}
PROFILE_FIELDS = [
    "about",
    "address",
    "description",
    "email",
    "websites",
    "vertical",
    "synced_at",
]
STATUS_COLOURS = {"CONNECTED": "success", "PENDING": "info", "UNVERIFIED": "info"}


class RotateSecretForm(forms.Form):
    new_secret = forms.CharField(
        label="New app secret",
        min_length=16,
        max_length=200,
        widget=PasswordInput(attrs={"autocomplete": "off"}, render_value=False),
        help_text="From Meta's app dashboard, under App settings, Basic.",
    )


@admin.register(WhatsAppApp)
class WhatsAppAppAdmin(SashAdmin[WhatsAppApp]):
    list_display = ["name", "app_id", "is_active", "is_rotating", "buttons"]
    list_filter = ["is_active"]
    search_fields = ["name", "app_id"]
    fields = ["name", "app_id", "app_secret", "verify_token", "is_active", "is_rotating"]
    readonly_fields = ["is_rotating"]

    @display(description="accepts the previous secret too", boolean=True)
    def is_rotating(self, app: WhatsAppApp) -> bool:
        return bool(app.previous_app_secret)

    @row_button(
        "Rotate the app secret",
        form=RotateSecretForm,
        explanation="Webhooks signed with the present secret stay valid beside those signed with "
        "the new one, until you press “Forget the previous secret”.",
    )
    def rotate_secret(self, request: HttpRequest, app: WhatsAppApp, form: RotateSecretForm) -> str:
        app.previous_app_secret = app.app_secret
        app.app_secret = form.cleaned_data["new_secret"]
        app.save(update_fields=["app_secret", "previous_app_secret"])
        record(kind="app.secret_rotated", actor=request.user, at=timezone.now(), subject=app)
        return "The new app secret is in use; the previous one is still accepted."

    @row_button("Forget the previous secret", shown=lambda app: bool(app.previous_app_secret))
    def forget_previous_secret(self, request: HttpRequest, app: WhatsAppApp) -> str:
        app.previous_app_secret = ""
        app.save(update_fields=["previous_app_secret"])
        record(kind="app.secret_forgotten", actor=request.user, at=timezone.now(), subject=app)
        return "Only the present app secret is accepted from now on."


@admin.register(Waba)
class WabaAdmin(SashAdmin[Waba]):
    list_display = ["name", "waba_id", "app", "review_status", "ban_state", "is_active", "buttons"]
    list_filter = ["is_active", "app", "review_status"]
    search_fields = ["name", "waba_id", "numbers__display_phone_number"]
    list_select_related = ["app"]
    autocomplete_fields = ["app"]
    readonly_fields = [
        "review_status",
        "ban_state",
        "messaging_limit",
        "max_phone_numbers",
        "templates_synced_at",
    ]
    fieldsets = [
        (None, {"fields": ["name", "waba_id", "portfolio_id", "app", "is_active"]}),
        ("Access", {"fields": ["access_token", "token_expires_at"]}),
        ("What Meta says", {"fields": [*readonly_fields]}),
    ]

    @row_button("Synchronise its numbers")
    def synchronise_numbers(self, request: HttpRequest, waba: Waba) -> str:
        try:
            count = sync_numbers_of(waba, timezone.now())
        except CloudApiError as error:
            raise Refused(str(error)) from None
        bare = waba.numbers.filter(channel=None).count()
        hint = f" {bare} have no channel yet: add one under Channels." if bare else ""
        return f"{count} numbers read from Meta.{hint}"

    @row_button("Subscribe to webhooks")
    def subscribe(self, request: HttpRequest, waba: Waba) -> str:
        try:
            subscribe_app(waba)
        except CloudApiError as error:
            raise Refused(str(error)) from None
        record(kind="waba.subscribed", actor=request.user, at=timezone.now(), subject=waba)
        return "Meta sends this account's webhooks to the app from now on."


class ProfileInline(StackedInline[BusinessProfile, PhoneNumber]):
    """What Meta last said; Sash's own copy, not written back."""

    model = BusinessProfile
    fields = [*PROFILE_FIELDS]
    readonly_fields = ["synced_at"]
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(PhoneNumber)
class PhoneNumberAdmin(SashAdmin[PhoneNumber]):
    list_display = [
        "display_phone_number",
        "verified_name",
        "shown_status",
        "shown_quality",
        "messaging_limit",
        "is_paused",
        "last_webhook_at",
        "buttons",
    ]
    list_filter = ["status", "quality_rating", "is_paused", "waba"]
    search_fields = ["display_phone_number", "verified_name", "phone_number_id"]
    list_select_related = ["waba"]
    autocomplete_fields = ["waba"]
    inlines = [ProfileInline]
    readonly_fields = [
        "verified_name",
        "name_status",
        "status",
        "quality_rating",
        "messaging_limit",
        "throughput",
        "code_verification_status",
        "is_on_business_app",
        "is_paused",
        "shown_health",
        "last_webhook_at",
        "synced_at",
    ]
    fieldsets = [
        (
            None,
            {"fields": ["waba", "phone_number_id", "display_phone_number", "pin"]},
        ),
        ("What Meta says", {"fields": [*readonly_fields]}),
    ]

    @row_button("Test the connection")
    def test(self, request: HttpRequest, number: PhoneNumber) -> str:
        result = check_connection(number, timezone.now())
        words = " ".join(
            f"{'✓' if each.is_ok else '✗'} {each.name}: {each.words}" for each in result.findings
        )
        if not result.is_ok:
            raise Refused(words)
        return words

    @list_button("Synchronise with Meta")
    def synchronise(self, request: HttpRequest) -> str:
        now, told = timezone.now(), []
        for waba in Waba.objects.filter(is_active=True).order_by("name"):
            try:
                told.append(f"{waba}: {sync_numbers_of(waba, now)} numbers.")
            except CloudApiError as error:
                raise Refused(f"{waba}: {error}") from None
        return " ".join(told) or "There is no active business account yet."

    @display(description="status", ordering="status", label=STATUS_COLOURS)
    def shown_status(self, number: PhoneNumber) -> str:
        return number.status

    @display(description="quality", ordering="quality_rating", label=HEALTH_COLOURS)
    def shown_quality(self, number: PhoneNumber) -> str:
        return number.quality_rating

    @display(description="health")
    def shown_health(self, number: PhoneNumber) -> SafeString:
        return shown_json(number.health)


@admin.register(BusinessProfile)
class BusinessProfileAdmin(HistoryAdmin[BusinessProfile]):
    list_display = ["number", "about", "email", "vertical", "synced_at"]
    list_filter = ["vertical"]
    search_fields = ["number__verified_name", "number__display_phone_number", "about", "email"]
    list_select_related = ["number"]
    fields = ["number", *PROFILE_FIELDS]


@admin.register(AccountEvent)
class AccountEventAdmin(HistoryAdmin[AccountEvent]):
    list_display = ["at", "field", "kind", "waba", "number", "summary"]
    list_filter = ["field", "waba", "number"]
    search_fields = ["field", "kind", "summary", "number__display_phone_number", "waba__name"]
    date_hierarchy = "at"
    ordering = ["-at"]
    list_select_related = ["waba", "number"]
    fields = ["at", "field", "kind", "waba", "number", "summary", "content"]
    readonly_fields = ["content"]

    @display(description="content")
    def content(self, event: AccountEvent) -> SafeString:
        return shown_json(event.data)

    def get_queryset(self, request: HttpRequest) -> QuerySet[AccountEvent]:
        return super().get_queryset(request).select_related("waba", "number")
