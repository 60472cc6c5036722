"""What an answer of the provider does to a message, many at a time."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from accounts.actions.numbers import pause_number
from inbox.actions import pushes
from inbox.actions.early_events import join_early_events
from inbox.actions.retries import fail_message
from inbox.actions.sweeps import ASK_AFTER
from inbox.actions.windows import close_window
from inbox.failures.delays import retry_delay
from inbox.identities import wa_id_key
from inbox.models import Attempt, Conversation, Identity, Message, OutboxEntry
from inbox.transports import Accepted, Outcome, Refused, Unknown

State, Status = OutboxEntry.State, Message.Status
WINDOW_CLOSED_AT_META = 131047


LOCK = (
    # Outbox rows before messages, each by id, as every writer of many takes them.
    "SELECT FROM inbox_outboxentry WHERE message_id = ANY(%s) ORDER BY message_id FOR UPDATE",
    "SELECT FROM inbox_message WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
)
ACCEPT = """
WITH told AS (
    SELECT * FROM unnest(%(messages)s::bigint[], %(attempts)s::bigint[], %(provider_ids)s::text[])
        AS d (message_id, attempt_id, provider_id)
),
ended AS (
    UPDATE inbox_attempt a SET outcome = 'accepted', finished_at = %(at)s, http_status = 200,
        provider_id = told.provider_id, error_code = NULL, error_detail = ''
    FROM told WHERE a.id = told.attempt_id
),
gone AS (DELETE FROM inbox_outboxentry WHERE message_id = ANY(%(messages)s))
UPDATE inbox_message m SET provider_id = coalesce(m.provider_id, told.provider_id),
    status = CASE WHEN m.rank < %(rank)s THEN 'accepted' ELSE m.status END,
    rank = greatest(m.rank, %(rank)s)
FROM told WHERE m.id = told.message_id
RETURNING m.id, m.conversation_id, m.kind
"""
WAITED_FOR = """
SELECT provider_id FROM inbox_earlyevent WHERE provider_id = ANY(%(ids)s)
UNION
SELECT quoted_provider_id FROM inbox_message
WHERE quoted_id IS NULL AND quoted_provider_id <> '' AND quoted_provider_id = ANY(%(ids)s)
"""
QUEUE_AGAIN = """
UPDATE inbox_outboxentry SET state = 'queued', claimed_by = '', lease_until = NULL,
    not_before = now() + make_interval(secs => %s)
WHERE message_id = %s
"""


@dataclass(frozen=True, slots=True)
class Result:
    """How a call ended. attempt_id None: it was not even begun (an upload failed)."""

    message_id: int
    attempt_id: int | None
    outcome: Outcome


def settle_attempts(*, results: Sequence[Result], at: datetime) -> None:
    """Write the ends of calls, and join what overtook their answers. Twice does no harm."""
    accepted = _settle_all(results, at)
    if waited_for := _waited_for(accepted):
        join_early_events(waited_for, at=at)


@transaction.atomic
def _settle_all(results: Sequence[Result], at: datetime) -> dict[str, int]:
    """Provider id -> message id of what was accepted."""
    accepted = [(r, r.outcome) for r in results if isinstance(r.outcome, Accepted)]
    others = [r for r in results if not isinstance(r.outcome, Accepted)]
    entries = _lock([r.message_id for r in results], others)
    changed = _accept(accepted, at)
    for result in others:
        if message := _settle_other(result, entries.get(result.message_id), at):
            changed.setdefault(message.conversation_id, []).append(message.pk)
    if changed:
        pushes.messages_changed(changed)
    return {outcome.provider_id: result.message_id for result, outcome in accepted}


def _lock(message_ids: list[int], others: Sequence[Result]) -> dict[int, OutboxEntry]:
    """Lock what is about to change. Gives the outbox rows of what was not accepted."""
    ids = [result.message_id for result in others]
    if ids:  # a failure shows in the conversation's row
        conversations = Message.objects.filter(pk__in=ids).values("conversation")
        locked = Conversation.objects.select_for_update().filter(pk__in=conversations)
        list(locked.order_by("pk").values_list("pk"))
    with connection.cursor() as cursor:
        for statement in LOCK:
            cursor.execute(statement, [message_ids])
    return OutboxEntry.objects.in_bulk(ids) if ids else {}


def _waited_for(accepted: Mapping[str, int]) -> list[int]:
    """Messages that news or quotes came for before their id: few, so most are not read again."""
    if not accepted:
        return []
    with connection.cursor() as cursor:
        cursor.execute(WAITED_FOR, {"ids": list(accepted)})
        return sorted(accepted[provider_id] for (provider_id,) in cursor.fetchall())


def _accept(accepted: Sequence[tuple[Result, Accepted]], at: datetime) -> dict[int, list[int]]:
    """Conversation id -> messages that changed."""
    if not accepted:
        return {}
    told: dict[str, Any] = {
        "messages": [result.message_id for result, _ in accepted],
        "attempts": [result.attempt_id for result, _ in accepted],
        "provider_ids": [outcome.provider_id for _, outcome in accepted],
    }
    with connection.cursor() as cursor:
        cursor.execute(ACCEPT, told | {"at": at, "rank": Message.RANKS[Status.ACCEPTED]})
        rows = cursor.fetchall()
    if identities := {r.message_id: o.identities for r, o in accepted if o.identities}:
        _learn_identities(identities)
    changed: dict[int, list[int]] = {}
    for pk, conversation_id, kind in rows:
        if kind != Message.Kind.REACTION:
            changed.setdefault(conversation_id, []).append(pk)
    return changed


def _settle_other(result: Result, entry: OutboxEntry | None, at: datetime) -> Message | None:
    """Refused or unknown. Gives the message if people see a change."""
    outcome = result.outcome
    if isinstance(outcome, Accepted):
        raise TypeError("accepted results are settled together")
    if not _close_attempt(result, outcome, entry, at):
        return None
    message = (
        Message.objects.select_for_update(of=("self",))
        .select_related("conversation", "channel__number__waba", "quoted")
        .get(pk=result.message_id)
    )
    if entry is None or message.status not in (Status.QUEUED, Status.SENDING, Status.UNKNOWN):
        return None
    if isinstance(outcome, Unknown):
        return _leave_unknown(message, entry, at)
    return _refuse(message, entry, outcome, at)


def _close_attempt(
    result: Result, outcome: Refused | Unknown, entry: OutboxEntry | None, at: datetime
) -> bool:
    """Write the end of the attempt. False where it decides nothing about the message any more:
    it was settled before, another attempt came after it, or somebody queued the message anew."""
    refused = isinstance(outcome, Refused)
    end = {
        "outcome": Attempt.Outcome.REFUSED if refused else Attempt.Outcome.UNKNOWN,
        "finished_at": at,
        "http_status": outcome.http_status,
        "error_code": outcome.code,
        "error_detail": outcome.detail[:1000],
    }
    is_held = entry is not None and entry.state in (State.CLAIMED, State.UNKNOWN)
    attempts = Attempt.objects.filter(message=result.message_id)
    if result.attempt_id is not None:
        unsettled = (Attempt.Outcome.STARTED, Attempt.Outcome.UNKNOWN)
        news = attempts.filter(pk=result.attempt_id, outcome__in=unsettled).update(**end)
        return bool(news) and is_held and not attempts.filter(pk__gt=result.attempt_id).exists()
    if is_held:  # an upload that failed: the attempt ended before it began
        number = (attempts.aggregate(last=Max("number"))["last"] or 0) + 1
        Attempt.objects.create(message_id=result.message_id, number=number, started_at=at, **end)
    return is_held


def _leave_unknown(message: Message, entry: OutboxEntry, at: datetime) -> Message | None:
    if message.status == Status.UNKNOWN:
        return None
    _set_status(message, Status.UNKNOWN)
    entry.state = State.UNKNOWN
    entry.lease_until, entry.claimed_by = None, ""
    entry.not_before = at + ASK_AFTER
    entry.save(update_fields=["state", "lease_until", "claimed_by", "not_before"])
    return message if message.kind != Message.Kind.REACTION else None


def _refuse(
    message: Message, entry: OutboxEntry, outcome: Refused, at: datetime
) -> Message | None:
    wait = 0.0
    if outcome.is_unauthorised and message.channel.number is not None:
        pause_number(number=message.channel.number, reason=outcome.detail, at=at)
    elif outcome.may_retry:
        tries = max(entry.tries, 1)
        wait = retry_delay(outcome.code, tries, outcome.retry_after, random.uniform)
    else:
        entry.delete()
        fail_message(message, outcome.code, outcome.detail, at)
        if outcome.code == WINDOW_CLOSED_AT_META:
            close_window(conversation=message.conversation, at=at)
        return message if message.kind != Message.Kind.REACTION else None
    _set_status(message, Status.QUEUED)
    with connection.cursor() as cursor:
        cursor.execute(QUEUE_AGAIN, [wait, entry.pk])
    return None


def _set_status(message: Message, status: Message.Status) -> None:
    if message.status == status:
        return
    message.status = status
    message.rank = Message.RANKS[status]
    message.save(update_fields=["status", "rank"])


def _learn_identities(told: Mapping[int, Mapping[str, str]]) -> None:
    """Meta's own spelling of an address is the one to use from now on.

    An address that another contact has is left there: contacts are never merged silently.
    """
    messages = Message.objects.filter(pk__in=list(told))
    contacts = dict(messages.values_list("pk", "conversation__contact"))
    rows = Identity.objects.filter(contact__in=set(contacts.values()))
    known = set(rows.values_list("contact", "kind", "value"))
    for pk, identities in told.items():
        for kind, value in identities.items():
            if (contacts[pk], kind, value) not in known:
                _learn(contacts[pk], kind, value)


def _learn(contact_id: int, kind: str, value: str) -> None:
    key = wa_id_key(value) if kind == Identity.Kind.WA_ID else value
    Identity.objects.bulk_create(
        [Identity(contact_id=contact_id, kind=kind, key=key, value=value)], ignore_conflicts=True
    )
    Identity.objects.filter(contact=contact_id, kind=kind, key=key).update(value=value)
