"""What an answer of the provider does to a message, many at a time."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F, Max

from accounts.actions.numbers import pause_number
from inbox.actions import pushes
from inbox.actions.early_events import join_early_events
from inbox.actions.retries import fail_message
from inbox.actions.sweeps import ASK_AFTER
from inbox.actions.windows import close_window
from inbox.failures.delays import retry_delay
from inbox.identities import wa_id_key
from inbox.models import Attempt, Conversation, EarlyEvent, Identity, Message, OutboxEntry
from inbox.transports import Accepted, Outcome, Refused, Unknown

State, Status = OutboxEntry.State, Message.Status
WINDOW_CLOSED_AT_META = 131047


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
    conversations = Message.objects.filter(pk__in=[r.message_id for r in others])
    locked = Conversation.objects.select_for_update().filter(
        pk__in=conversations.values("conversation")
    )
    list(locked.order_by("pk").values_list("pk"))
    entries = _lock_entries([r.message_id for r in results])
    changed = _accept(accepted, at)
    for result in others:
        if message := _settle_other(result, entries.get(result.message_id), at):
            changed.setdefault(message.conversation_id, []).append(message.pk)
    if changed:
        pushes.messages_changed(changed)
    return {outcome.provider_id: result.message_id for result, outcome in accepted}


def _waited_for(accepted: Mapping[str, int]) -> list[int]:
    """Messages that news or quotes came for before their id: few, so most are not read again."""
    ids = list(accepted)
    early = EarlyEvent.objects.filter(provider_id__in=ids).values_list("provider_id", flat=True)
    quotes = Message.objects.filter(quoted__isnull=True, quoted_provider_id__in=ids)
    found = {*early, *quotes.values_list("quoted_provider_id", flat=True)} if ids else set()
    return sorted(accepted[provider_id] for provider_id in found)


def _lock_entries(message_ids: Iterable[int]) -> dict[int, OutboxEntry]:
    rows = OutboxEntry.objects.select_for_update().filter(pk__in=list(message_ids))
    return {entry.pk: entry for entry in rows.order_by("pk")}


def _accept(accepted: Sequence[tuple[Result, Accepted]], at: datetime) -> dict[int, list[int]]:
    """Conversation id -> messages that changed."""
    if not accepted:
        return {}
    ids = [result.message_id for result, _ in accepted]
    provider_ids = [outcome.provider_id for _, outcome in accepted]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE inbox_attempt a SET outcome = 'accepted', finished_at = %s, http_status = 200,"
            " provider_id = d.provider_id, error_code = NULL, error_detail = ''"
            " FROM unnest(%s::bigint[], %s::text[]) AS d (id, provider_id) WHERE a.id = d.id",
            [at, [result.attempt_id for result, _ in accepted], provider_ids],
        )
        # Rows in id order, as every writer of many messages takes them.
        cursor.execute(
            "SELECT FROM inbox_message WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [ids]
        )
        cursor.execute(
            "UPDATE inbox_message m SET provider_id = coalesce(m.provider_id, d.provider_id),"
            " status = CASE WHEN m.rank < %s THEN 'accepted' ELSE m.status END,"
            " rank = greatest(m.rank, %s)"
            " FROM unnest(%s::bigint[], %s::text[]) AS d (id, provider_id)"
            " WHERE m.id = d.id RETURNING m.id, m.conversation_id, m.channel_id, m.kind",
            [*[Message.RANKS[Status.ACCEPTED]] * 2, ids, provider_ids],
        )
        rows = cursor.fetchall()
    OutboxEntry.objects.filter(pk__in=ids).delete()
    _learn_identities({r.message_id: o.identities for r, o in accepted if o.identities})
    changed: dict[int, list[int]] = {}
    for pk, conversation_id, _, kind in rows:
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
    return _refuse(message, entry, outcome, at, was_upload=result.attempt_id is None)


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
        OutboxEntry.objects.filter(pk=result.message_id).update(tries=F("tries") + 1)
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
    message: Message, entry: OutboxEntry, outcome: Refused, at: datetime, *, was_upload: bool
) -> Message | None:
    wait = timedelta(0)
    if outcome.is_unauthorised and message.channel.number is not None:
        pause_number(number=message.channel.number, reason=outcome.detail, at=at)
    elif outcome.may_retry:
        tries = entry.tries + 1 if was_upload else max(entry.tries, 1)
        seconds = retry_delay(outcome.code, tries, outcome.retry_after, random.uniform)
        wait = timedelta(seconds=seconds)
    else:
        entry.delete()
        fail_message(message, outcome.code, outcome.detail, at)
        if outcome.code == WINDOW_CLOSED_AT_META:
            close_window(conversation=message.conversation, at=at)
        return message if message.kind != Message.Kind.REACTION else None
    _set_status(message, Status.QUEUED)
    entry.state = State.QUEUED
    entry.lease_until, entry.claimed_by = None, ""
    entry.not_before = at + wait
    entry.save(update_fields=["state", "lease_until", "claimed_by", "not_before"])
    return None


def _set_status(message: Message, status: Message.Status) -> None:
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
