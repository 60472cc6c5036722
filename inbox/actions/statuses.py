"""The only place where Meta's statuses reach messages of ours.

Statuses come in any order, twice, or not at all: the rank only rises, each time is kept, the
earliest counts, and what was read was also delivered.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from core.rows import as_json, fetch
from inbox.actions.inbound.arrivals import StatusChange
from inbox.models import Attempt, Message, OutboxEntry

Status = Message.Status
RANKS = Message.RANKS
CALLBACK = re.compile(r"sash:([1-9]\d{0,17})")
REACHED = {Status.DELIVERED, Status.READ, Status.PLAYED}
SEEN = {Status.READ, Status.PLAYED}

# Messages are locked in the order of their ids.
MERGE = """
WITH held AS MATERIALIZED (
    SELECT id FROM inbox_message
    WHERE id = ANY(ARRAY(SELECT value::bigint FROM json_array_elements_text(%s)))
    ORDER BY id FOR NO KEY UPDATE)
UPDATE inbox_message m SET
    status = CASE WHEN n.rank > m.rank THEN n.status ELSE m.status END,
    rank = GREATEST(m.rank, n.rank),
    sent_at = LEAST(m.sent_at, n.sent_at),
    delivered_at = LEAST(m.delivered_at, n.delivered_at),
    read_at = LEAST(m.read_at, n.read_at),
    failed_at = LEAST(m.failed_at, n.failed_at),
    error_code = COALESCE(n.error_code, m.error_code),
    error_detail = CASE WHEN n.error_detail <> '' THEN n.error_detail ELSE m.error_detail END,
    pricing = CASE WHEN m.pricing = '{}' THEN n.pricing ELSE m.pricing END
FROM json_to_recordset(%s) AS n (
    id bigint, status text, rank int, sent_at timestamptz, delivered_at timestamptz,
    read_at timestamptz, failed_at timestamptz, error_code int, error_detail text, pricing jsonb)
    JOIN held ON held.id = n.id
WHERE m.id = n.id AND (
    n.rank > m.rank OR COALESCE(n.error_code <> m.error_code, n.error_code IS NOT NULL)
    OR (m.sent_at, m.delivered_at, m.read_at, m.failed_at) IS DISTINCT FROM
       (LEAST(m.sent_at, n.sent_at), LEAST(m.delivered_at, n.delivered_at),
        LEAST(m.read_at, n.read_at), LEAST(m.failed_at, n.failed_at))
    OR (m.pricing = '{}' AND n.pricing <> '{}'))
RETURNING m.conversation_id, m.id
"""


@dataclass(slots=True)
class Merged:
    """All statuses of one message in a batch, as one; a record of MERGE."""

    id: int
    status: Status
    rank: int
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    read_at: datetime | None = None
    failed_at: datetime | None = None
    error_code: int | None = None
    error_detail: str = ""
    pricing: dict[str, Any] = field(default_factory=dict)

    def add(self, change: StatusChange) -> None:
        rank = RANKS[change.status]
        if rank > self.rank:
            self.status, self.rank = change.status, rank
        if change.status == Status.SENT:
            self.sent_at = _earlier(self.sent_at, change.at)
        if change.status in REACHED:
            self.delivered_at = _earlier(self.delivered_at, change.at)
        if change.status in SEEN:
            self.read_at = _earlier(self.read_at, change.at)
        if change.status == Status.FAILED:
            self.failed_at = _earlier(self.failed_at, change.at)
            self.error_code = change.error_code or self.error_code
            self.error_detail = change.error_detail or self.error_detail
        self.pricing = self.pricing or change.pricing


def _earlier(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else min(one, other)


def merge_statuses(
    changes: Iterable[tuple[int, StatusChange]], locked: Collection[int]
) -> list[tuple[int, int]]:
    """(conversation id, message id) of what changed, of (message id, change).

    locked: ids of these and of all other messages that the transaction is about to change.
    """
    merged: dict[int, Merged] = {}
    for pk, change in changes:
        if pk not in merged:
            merged[pk] = Merged(pk, change.status, RANKS[change.status])
        merged[pk].add(change)
    if not merged:
        return []
    changed = fetch(MERGE, as_json(locked), as_json(merged.values()))
    return [(conversation, pk) for conversation, pk in changed]


def find_by_callback(
    changes: Iterable[StatusChange], channels: Mapping[str, int]
) -> dict[str, tuple[int, int]]:
    """Provider id -> (message id, conversation id) of messages whose provider id is not known yet.

    channels: phone number id -> channel id. An attempt that was settled with another id stays
    as it is: its news are about an earlier copy of the message.
    """
    wanted: dict[int, StatusChange] = {}
    for change in changes:
        if match := CALLBACK.fullmatch(change.callback):
            wanted.setdefault(int(match[1]), change)
    if not wanted:
        return {}
    rows = Message.objects.filter(
        pk__in=wanted, provider_id__isnull=True, direction=Message.Direction.OUT
    ).values_list("pk", "channel_id", "conversation_id")
    told = [change.provider_id for change in wanted.values()]
    attempts = Attempt.objects.filter(message__in=wanted, provider_id__in=told)
    tried = set(attempts.values_list("message_id", "provider_id"))
    return {
        wanted[pk].provider_id: (pk, conversation)
        for pk, channel, conversation in rows
        if channels.get(wanted[pk].number) == channel and (pk, wanted[pk].provider_id) not in tried
    }


def settle_unknown(found: dict[str, int]) -> None:
    """Give messages the provider ids that a status brought: they were sent after all.

    found: provider id -> message id. Their outbox rows go, and the last attempt is accepted.
    """
    if not found:
        return
    # Taken before the messages, in the order of the sender, which may just be settling them.
    entries = OutboxEntry.objects.filter(message__in=list(found.values())).order_by("pk")
    list(entries.select_for_update().values_list("pk"))
    for provider_id, pk in sorted(found.items(), key=lambda item: item[1]):
        Message.objects.filter(pk=pk, provider_id__isnull=True).update(provider_id=provider_id)
        last = Attempt.objects.filter(message=pk).order_by("-number").first()
        if last is not None:
            last.outcome = Attempt.Outcome.ACCEPTED
            last.provider_id = provider_id
            last.finished_at = last.finished_at or timezone.now()
            last.save(update_fields=["outcome", "provider_id", "finished_at"])
    entries.delete()
