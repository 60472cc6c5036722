"""Pages for message templates, as Meta holds them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.admin.businesses import WabaAdmin
from accounts.cloud_api import CloudApiError
from accounts.models import Waba
from core.admin.base import HistoryAdmin, shown_json
from core.admin.buttons import Refused, list_button, row_button
from core.admin.looks import display
from templates_app.models import MessageTemplate
from templates_app.sync import sync_templates

STATUS_COLOURS = {
    "Approved": "success",
    "Pending": "info",
    "In appeal": "info",
    "Flagged": "warning",
    "Paused": "warning",
    "Rejected": "danger",
    "Disabled": "danger",
}
QUALITY_COLOURS = {"GREEN": "success", "YELLOW": "warning", "RED": "danger"}


@admin.register(MessageTemplate)
class MessageTemplateAdmin(HistoryAdmin[MessageTemplate]):
    """Read here; they are written in Meta's WhatsApp Manager and synchronised."""

    list_display = [
        "name",
        "language",
        "category",
        "shown_status",
        "shown_quality",
        "waba",
        "synced_at",
    ]
    list_filter = ["status", "category", "language", "quality", "waba"]
    search_fields = ["name", "external_id", "reason"]
    date_hierarchy = "changed_at"
    ordering = ["name", "language"]
    list_select_related = ["waba"]
    fields = [
        "name",
        "language",
        "category",
        "status",
        "reason",
        "quality",
        "correct_category",
        "parameter_format",
        "content",
        "external_id",
        "waba",
        "changed_at",
        "synced_at",
    ]
    readonly_fields = ["content"]

    @display(description="status", ordering="status", label=STATUS_COLOURS)
    def shown_status(self, template: MessageTemplate) -> str:
        return template.get_status_display()

    @display(description="quality", ordering="quality", label=QUALITY_COLOURS)
    def shown_quality(self, template: MessageTemplate) -> str:
        return template.quality

    @display(description="content")
    def content(self, template: MessageTemplate) -> SafeString:
        return shown_json(template.components)

    @list_button("Synchronise with Meta")
    def synchronise(self, request: HttpRequest) -> str:
        told = [
            f"{waba}: {in_words(waba)}"
            for waba in Waba.objects.filter(is_active=True).order_by("name")
        ]
        return " ".join(told) or "There is no active business account yet."

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("waba")


class WabaWithTemplatesAdmin(WabaAdmin):
    """The business account's page, with what this floor of the house adds to it."""

    @row_button("Synchronise its templates")
    def synchronise_templates(self, request: HttpRequest, waba: Waba) -> str:
        return in_words(waba)


admin.site.unregister(Waba)
admin.site.register(Waba, WabaWithTemplatesAdmin)


def in_words(waba: Waba) -> str:
    """Synchronise one account's templates and tell what came of it. Raises Refused."""
    try:
        result = sync_templates(waba, timezone.now())
    except CloudApiError as error:
        raise Refused(f"{waba}: {error}") from None
    return (
        f"{result.seen} templates at Meta: {result.created} new, {result.changed} changed, "
        f"{result.gone} gone."
    )
