"""The admin's first page: what waits, what is stuck, and how the numbers are."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.models import PhoneNumber, Team
from inbox.models import (
    Attachment,
    Bell,
    Conversation,
    Message,
    OutboxEntry,
    QuarantinedEvent,
    WebhookDelivery,
)
from inbox.queries.views import awake, closing

STUCK = timedelta(minutes=1)
SHOWN_AT_MOST = 1000
WELL = Q(status="CONNECTED", is_paused=False) & ~Q(quality_rating="RED")


@dataclass(frozen=True, slots=True)
class Card:
    """One figure. tone: "good", "warn", "bad" or "" for plain."""

    title: str
    value: str
    detail: str
    url: str
    tone: str = ""


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Called by unfold for the index page."""
    now = timezone.now()
    context["cards"] = [
        waiting_card(now),
        closing_card(now),
        quarantine_card(),
        outbox_card(now),
        failed_card(now),
        journal_card(now),
    ]
    context["teams"] = team_rows(now)
    context["numbers"] = number_rows(now)
    return context


def waiting_card(now: datetime) -> Card:
    rows = Conversation.objects.filter(awake(now), waiting_since__isnull=False)
    figures = rows.aggregate(count=Count("pk"), oldest=Min("waiting_since"))
    oldest = figures["oldest"]
    return Card(
        "Customers waiting",
        str(figures["count"]),
        f"longest for {duration(now - oldest)}" if oldest else "nobody waits",
        changelist("inbox_conversation", "status__exact=open&o=8"),
    )


def closing_card(now: datetime) -> Card:
    count = Conversation.objects.filter(awake(now), closing(now)).count()
    return Card(
        "Windows closing soon",
        str(count),
        "within four hours, unanswered",
        "/",
        "warn" if count else "",
    )


def quarantine_card() -> Card:
    count = unresolved()
    return Card(
        "In quarantine",
        at_most(count),
        "webhook parts that could not be applied" if count else "everything was applied",
        changelist("inbox_quarantinedevent", "is=waiting"),
        "bad" if count else "good",
    )


def outbox_card(now: datetime) -> Card:
    states = OutboxEntry.State
    figures = OutboxEntry.objects.aggregate(
        unsent=Count("pk", filter=~Q(state=states.UNKNOWN)),
        unknown=Count("pk", filter=Q(state=states.UNKNOWN)),
        oldest=Min("created_at", filter=Q(state=states.QUEUED, not_before__lte=now)),
    )
    oldest = figures["oldest"]
    is_stuck = oldest is not None and now - oldest > STUCK
    detail = f"oldest {duration(now - oldest)} old" if oldest else "nothing waits"
    if figures["unknown"]:
        detail += f", {figures['unknown']} without an answer"
    tone = "bad" if is_stuck else "warn" if figures["unknown"] else "good"
    return Card(
        "Unsent messages", str(figures["unsent"]), detail, changelist("inbox_outboxentry"), tone
    )


def failed_card(now: datetime) -> Card:
    count = failed_today(now)
    return Card(
        "Failed today",
        at_most(count),
        "messages that did not arrive" if count else "no message failed",
        changelist("inbox_message", "status__exact=failed"),
        "bad" if count else "good",
    )


def journal_card(now: datetime) -> Card:
    stored = WebhookDelivery.objects.filter(state=WebhookDelivery.State.STORED)
    figures = stored.aggregate(count=Count("pk"), oldest=Min("received_at"))
    oldest = figures["oldest"]
    bells = Bell.objects.count()
    files = Attachment.objects.filter(state=Attachment.State.PENDING).count()
    return Card(
        "Webhooks to apply",
        str(figures["count"]),
        f"{bells} for bots, {files} files to fetch",
        changelist("inbox_webhookdelivery", "state__exact=stored"),
        "bad" if oldest is not None and now - oldest > STUCK else "good",
    )


def team_rows(now: datetime) -> list[dict[str, Any]]:
    """Each team's queue: open, unassigned, waiting, and the longest wait."""
    waits = Q(waiting_since__isnull=False)
    figures = (
        Conversation.objects.filter(awake(now))
        .values("team_id")
        .annotate(
            open=Count("pk"),
            unassigned=Count("pk", filter=Q(assignee=None)),
            waiting=Count("pk", filter=waits),
            oldest=Min("waiting_since"),
        )
    )
    rows: list[dict[str, Any]] = [dict(row) for row in figures.order_by()]
    by_team: dict[int | None, dict[str, Any]] = {row["team_id"]: row for row in rows}
    teams: list[tuple[int | None, str]] = [
        (team.pk, team.name) for team in Team.objects.order_by("name")
    ]
    if None in by_team:
        teams.append((None, "No team"))
    return [_team_row(pk, name, by_team.get(pk), now) for pk, name in teams]


def _team_row(
    pk: int | None, name: str, figures: dict[str, Any] | None, now: datetime
) -> dict[str, Any]:
    oldest = figures["oldest"] if figures else None
    where = f"team__id__exact={pk}" if pk else "team__isnull=True"
    return {
        "name": name,
        "open": figures["open"] if figures else 0,
        "unassigned": figures["unassigned"] if figures else 0,
        "waiting": figures["waiting"] if figures else 0,
        "longest": duration(now - oldest) if oldest else "–",
        "url": changelist("inbox_conversation", f"status__exact=open&{where}"),
    }


def number_rows(now: datetime) -> list[dict[str, Any]]:
    """Each number's health as Meta and Sash see it."""
    return [
        {
            "name": str(number),
            "number": number.display_phone_number,
            "status": "Paused: the token was refused" if number.is_paused else number.status,
            "quality": number.quality_rating,
            "limit": number.messaging_limit or "–",
            "heard": f"{duration(now - number.last_webhook_at)} ago"
            if number.last_webhook_at
            else "never",
            "is_well": not number.is_paused
            and number.status == "CONNECTED"
            and number.quality_rating != "RED",
            "url": reverse("admin:accounts_phonenumber_change", args=[number.pk]),
        }
        for number in PhoneNumber.objects.order_by("pk")[:50]
    ]


def quarantine_badge(request: HttpRequest) -> str:
    count = unresolved()
    return at_most(count) if count else ""


def failed_badge(request: HttpRequest) -> str:
    count = failed_today(timezone.now())
    return at_most(count) if count else ""


def number_badge(request: HttpRequest) -> str:
    ill = PhoneNumber.objects.exclude(WELL).count()
    return str(ill) if ill else ""


def unresolved() -> int:
    return QuarantinedEvent.objects.filter(resolved_at=None)[: SHOWN_AT_MOST + 1].count()


def failed_today(now: datetime) -> int:
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = Message.objects.filter(status=Message.Status.FAILED, failed_at__gte=midnight)
    return rows[: SHOWN_AT_MOST + 1].count()


def at_most(count: int) -> str:
    return f"{SHOWN_AT_MOST}+" if count > SHOWN_AT_MOST else str(count)


def duration(span: timedelta) -> str:
    """A rough span in one unit: "40 s", "3 min", "5 h", "2 d"."""
    seconds = max(int(span.total_seconds()), 0)
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def changelist(model: str, query: str = "") -> str:
    return reverse(f"admin:{model}_changelist") + (f"?{query}" if query else "")
