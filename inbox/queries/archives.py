"""Reads for the archive's pages: which conversations are put away, and one frozen transcript."""

from dataclasses import dataclass

from django.db.models import Q

from accounts.models import User
from inbox.models import Archive
from inbox.queries.access import conversations_for
from inbox.queries.views import make_key, parse_key

PAGE = 40


@dataclass(frozen=True, slots=True)
class ArchivePage:
    """Standing archives, newest first, and where to go on."""

    archives: list[Archive]
    next_key: str


def list_archives(*, user: User, before: str = "", limit: int = PAGE) -> ArchivePage:
    """A page of the archived conversations that a person may see."""
    rows = Archive.objects.filter(
        restored_at__isnull=True, conversation__in=conversations_for(user)
    )
    if key := parse_key(before):
        rows = rows.filter(Q(archived_at__lt=key[0]) | Q(archived_at=key[0], pk__lt=key[1]))
    rows = rows.select_related(
        "conversation__contact", "conversation__team", "conversation__channel", "archived_by"
    )
    rows = rows.prefetch_related("conversation__contact__identities").defer("transcript")
    found = list(rows.order_by("-archived_at", "-pk")[: limit + 1])
    archives = found[:limit]
    last = archives[-1] if len(found) > limit else None
    return ArchivePage(archives, make_key(last.archived_at, last.pk) if last else "")
