"""The webhook journal, its quarantine with replay, and what waits for its message."""

import json
from contextlib import suppress

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString

from core.admin.base import HistoryAdmin, raw_text, shown_json
from core.admin.buttons import Refused, row_button
from core.admin.looks import display
from inbox.actions.quarantine import ReplayFailed, discard_quarantined, replay_quarantined
from inbox.admin.conversations import person
from inbox.models import EarlyEvent, QuarantinedEvent, WebhookDelivery

SHOWN = 200_000
STATES = {"replayed": "success", "discarded": "info", "waits": "danger"}


def pretty(text: str) -> str:
    """Indented where it is JSON, as it is where not; very long ones are cut."""
    with suppress(ValueError, RecursionError):
        text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    return text if len(text) <= SHOWN else text[:SHOWN] + "\n…"


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(HistoryAdmin[WebhookDelivery]):
    list_display = ["id", "received_at", "app", "state", "events", "applied_at"]
    list_filter = ["state", "app"]
    search_fields = ["pk"]
    search_help_text = "The delivery's number."
    date_hierarchy = "received_at"
    ordering = ["-pk"]
    list_select_related = ["app"]
    fields = ["received_at", "app", "state", "events", "applied_at", "lease_until", "shown_body"]
    readonly_fields = ["shown_body"]

    @display(description="body")
    def shown_body(self, delivery: WebhookDelivery) -> SafeString:
        return raw_text(pretty(bytes(delivery.body).decode(errors="replace")))

    def get_queryset(self, request: HttpRequest) -> QuerySet[WebhookDelivery]:
        return super().get_queryset(request).defer("body")


class ResolvedFilter(admin.SimpleListFilter):
    """Unresolved ones first of all: they are why one comes here."""

    title = "state"
    parameter_name = "is"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [("waiting", "Waits"), ("replayed", "Replayed"), ("discarded", "Discarded")]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[QuarantinedEvent]
    ) -> QuerySet[QuarantinedEvent]:
        match self.value():
            case "waiting":
                return queryset.filter(resolved_at=None)
            case "replayed":
                return queryset.filter(resolved_at__isnull=False, discarded_at=None)
            case "discarded":
                return queryset.filter(discarded_at__isnull=False)
        return queryset


def is_waiting(event: QuarantinedEvent) -> bool:
    return event.resolved_at is None


@admin.register(QuarantinedEvent)
class QuarantinedEventAdmin(HistoryAdmin[QuarantinedEvent]):
    list_display = ["id", "created_at", "reason", "excerpt", "state", "replays", "buttons"]
    list_filter = [ResolvedFilter, "reason"]
    search_fields = ["reason", "detail", "content"]
    date_hierarchy = "created_at"
    ordering = ["-pk"]
    actions = ["replay_selected", "discard_selected"]
    fields = [
        "created_at",
        "reason",
        "detail",
        "state",
        "replays",
        "resolved_at",
        "delivery",
        "shown_content",
    ]
    readonly_fields = ["state", "shown_content"]

    @display(description="detail")
    def excerpt(self, event: QuarantinedEvent) -> str:
        return event.detail[:80]

    @display(description="state", label=STATES)
    def state(self, event: QuarantinedEvent) -> str:
        if event.discarded_at:
            return "discarded"
        return "replayed" if event.resolved_at else "waits"

    @display(description="content")
    def shown_content(self, event: QuarantinedEvent) -> SafeString:
        return raw_text(pretty(event.content))

    @row_button("Replay", shown=is_waiting)
    def replay(self, request: HttpRequest, event: QuarantinedEvent) -> str:
        try:
            replay_quarantined(event=event, by=person(request), at=timezone.now())
        except ReplayFailed as failure:
            raise Refused(f"It still cannot be applied: {failure}") from None
        return "Applied. The conversation shows it now."

    @row_button("Discard", shown=is_waiting)
    def discard(self, request: HttpRequest, event: QuarantinedEvent) -> str:
        discard_quarantined(event=event, by=person(request), at=timezone.now())
        return "Discarded. It stays readable here."

    @admin.action(description="Replay")
    def replay_selected(self, request: HttpRequest, queryset: QuerySet[QuarantinedEvent]) -> None:
        self.press_each(request, queryset.filter(resolved_at=None), self.replay, "replayed")

    @admin.action(description="Discard")
    def discard_selected(self, request: HttpRequest, queryset: QuerySet[QuarantinedEvent]) -> None:
        self.press_each(request, queryset.filter(resolved_at=None), self.discard, "discarded")


@admin.register(EarlyEvent)
class EarlyEventAdmin(HistoryAdmin[EarlyEvent]):
    """Spoke of a message that had not come yet; joined by itself when it does."""

    list_display = ["received_at", "kind", "provider_id", "phone_number_id", "at"]
    list_filter = ["kind"]
    search_fields = ["provider_id", "phone_number_id"]
    date_hierarchy = "received_at"
    ordering = ["-pk"]
    fields = ["received_at", "at", "kind", "provider_id", "phone_number_id", "shown_content"]
    readonly_fields = ["shown_content"]

    @display(description="content")
    def shown_content(self, event: EarlyEvent) -> SafeString:
        return shown_json(event.content)
