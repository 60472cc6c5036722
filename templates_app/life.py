"""The life of a template: which state follows which, and what each state allows.

Pure rules: no database, no clock. Meta decides and tells by webhook and list; we know two rules
by ourselves. A template that is flagged and not better within seven days is disabled. One that
is paused for its quality rests three hours, then six, and is disabled the third time (Meta,
"Template pausing"). What is disabled is neither sent nor edited (Meta, "Template management").
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

DRAFT = "DRAFT"  # ours alone: Meta does not know of it
PENDING = "PENDING"
APPROVED = "APPROVED"
REJECTED = "REJECTED"
FLAGGED = "FLAGGED"
PAUSED = "PAUSED"
DISABLED = "DISABLED"
PENDING_DELETION = "PENDING_DELETION"
DELETED = "DELETED"

SENDABLE = frozenset({APPROVED, FLAGGED})
EDITABLE = frozenset({DRAFT, APPROVED, REJECTED, PAUSED})
KEPT = frozenset({DISABLED, PENDING_DELETION, DELETED})  # cannot be deleted
FLAGGED_FOR = timedelta(days=7)
PAUSED_FOR = (timedelta(hours=3), timedelta(hours=6))
EDITS = ((timedelta(days=1), 1), (timedelta(days=30), 10))


@dataclass(frozen=True, slots=True)
class Life:
    """A state, and what its rules count. pauses: how often it was paused until now."""

    status: str
    flagged_at: datetime | None = None
    paused_until: datetime | None = None
    pauses: int = 0

    def told(
        self, status: str, at: datetime, *, pause: int = 0, is_for_quality: bool = True
    ) -> Life:
        """Meta says that it is in this state since `at`.

        pause: which pause, if Meta says so. One that is not for its quality (too much of it was
        sent) does not count, and ends when Meta says so.
        """
        if status == PAUSED and not is_for_quality and self.status != DISABLED:
            return Life(PAUSED, pauses=self.pauses)
        if status == PAUSED:
            return self._paused(at, pause)
        if status == FLAGGED:
            if self.status == DISABLED:
                return self  # its seven days are over; that it is still flagged is no news
            return Life(FLAGGED, self.flagged_at or at, pauses=self.pauses)
        return Life(status, pauses=self.pauses)

    def _paused(self, at: datetime, pause: int) -> Life:
        if self.status == DISABLED:
            return self
        is_another = self.status != PAUSED or pause > self.pauses
        pauses = max(self.pauses + is_another, pause)
        if pauses > len(PAUSED_FOR):
            return Life(DISABLED, pauses=pauses)
        if not is_another:
            return self
        return Life(PAUSED, paused_until=at + PAUSED_FOR[pauses - 1], pauses=pauses)

    def at(self, moment: datetime) -> Life:
        """What time alone has made of it."""
        return replace(self, status=DISABLED, flagged_at=None) if self.is_lost(moment) else self

    def is_lost(self, moment: datetime) -> bool:
        """Flagged, and its seven days are over."""
        if self.status != FLAGGED or self.flagged_at is None:
            return False
        return moment >= self.flagged_at + FLAGGED_FOR


def why_not_editable(status: str, edits: Iterable[datetime], at: datetime) -> str:
    """Why it cannot be edited now; empty when it can. edits: of the approved template so far.

    Meta: only approved, rejected and paused ones; an approved one once in 24 hours and ten
    times in 30 days.
    """
    if status not in EDITABLE:
        return _("Only approved, rejected and paused templates can be edited.")
    if status != APPROVED:
        return ""
    moments = list(edits)
    for span, most in EDITS:
        if sum(moment > at - span for moment in moments) >= most:
            return _(
                "An approved template may be edited once in 24 hours and ten times in 30 days."
            )
    return ""
