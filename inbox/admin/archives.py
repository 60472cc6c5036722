"""Archives, and the check that none was changed."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString

from core.admin.base import HistoryAdmin, shown_json
from core.admin.buttons import Refused, list_button
from core.admin.looks import display
from core.events import record
from inbox.actions.archives import Broken, verify_archives
from inbox.models import Archive


@admin.register(Archive)
class ArchiveAdmin(HistoryAdmin[Archive]):
    list_display = ["archived_at", "conversation", "contact", "archived_by", "restored_at"]
    list_filter = [("restored_at", admin.EmptyFieldListFilter)]
    search_fields = [
        "conversation__contact__name",
        "conversation__contact__profile_name",
        "digest__startswith",
    ]
    date_hierarchy = "archived_at"
    ordering = ["-archived_at"]
    list_select_related = ["conversation__contact", "archived_by"]
    fields = [
        "conversation",
        "archived_at",
        "archived_by",
        "restored_at",
        "restored_by",
        "previous_digest",
        "digest",
        "shown_transcript",
    ]
    readonly_fields = ["shown_transcript"]

    @display(description="contact")
    def contact(self, archive: Archive) -> str:
        return str(archive.conversation.contact)

    @display(description="transcript")
    def shown_transcript(self, archive: Archive) -> SafeString:
        return shown_json(archive.transcript)

    @list_button("Verify all archives")
    def verify(self, request: HttpRequest) -> str:
        broken = verify_archives()
        record(kind="archives.verified", actor=request.user, at=timezone.now(), broken=len(broken))
        if broken:
            raise Refused(" ".join(told(found) for found in broken[:20]))
        return "Every archive is as it was written."

    def get_queryset(self, request: HttpRequest) -> QuerySet[Archive]:
        return super().get_queryset(request).defer("transcript")


def told(found: Broken) -> str:
    where = f"Archive {found.archive_id}" if found.archive_id else "An archive"
    return f"{where} of conversation {found.conversation_id}: {found.reason}."
