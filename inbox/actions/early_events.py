"""Statuses, reactions, edits and revocations that come before the message that they speak of.

They may overtake the answer to our own call, which tells us the message's id, and Meta's
deliveries come in any order.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

import orjson
from django.db import transaction

from accounts.models import Channel
from core.rows import as_json, fetch
from inbox.actions import pushes
from inbox.actions.inbound.arrivals import MessageChange, StatusChange
from inbox.actions.inbound.changes import Change, apply_changes
from inbox.actions.inbound.storing import Stored, link_quotes
from inbox.actions.inbound.threads import Threads
from inbox.models import EarlyEvent, Message

CLASSES: dict[str, type[StatusChange] | type[MessageChange]] = {
    EarlyEvent.Kind.STATUS: StatusChange,
    EarlyEvent.Kind.REACTION: MessageChange,
    EarlyEvent.Kind.EDIT: MessageChange,
    EarlyEvent.Kind.REVOKE: MessageChange,
}
ORPHANS = """
SELECT DISTINCT m.id FROM inbox_earlyevent e
JOIN accounts_phonenumber n ON n.phone_number_id = e.phone_number_id
JOIN accounts_channel c ON c.number_id = n.id
JOIN inbox_message m ON m.provider_id = e.provider_id AND m.channel_id = c.id
WHERE e.received_at > now() - interval '1 hour'
LIMIT 500
"""
WAITING = """
SELECT 1 FROM inbox_earlyevent
WHERE provider_id = ANY(ARRAY(SELECT json_array_elements_text(%s))) LIMIT 1
"""


def keep_early(changes: Iterable[Change]) -> None:
    """Keep changes whose message is not known yet; a duplicate is kept once."""
    rows: dict[str, EarlyEvent] = {}
    for change in changes:
        content = _content(change)
        text = orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
        digest = hashlib.sha256(text).hexdigest()
        rows[digest] = EarlyEvent(
            phone_number_id=change.number[:40],
            provider_id=change.provider_id,
            kind=change.kind,
            content=content,
            digest=digest,
            at=change.at,
        )
    if ordered := [rows[digest] for digest in sorted(rows)]:
        EarlyEvent.objects.bulk_create(ordered, ignore_conflicts=True)


def take_early(messages: Iterable[Message | Stored]) -> list[tuple[int, Change]]:
    """(message id, change) of everything that waited for these; it waits no longer."""
    by_provider_id = {row.provider_id: row for row in messages if row.provider_id}
    if not by_provider_id or not fetch(WAITING, as_json(by_provider_id)):
        return []
    rows = EarlyEvent.objects.filter(provider_id__in=list(by_provider_id)).order_by("pk")
    waiting = list(rows.select_for_update())
    if not waiting:
        return []
    numbers = _numbers({row.channel_id for row in by_provider_id.values()})
    taken = []
    for row in waiting:
        message = by_provider_id[row.provider_id]
        if numbers.get(message.channel_id) == row.phone_number_id:
            taken.append((row.pk, message.pk, _change(row)))
    EarlyEvent.objects.filter(pk__in=[pk for pk, _, _ in taken]).delete()
    return [(message, change) for _, message, change in taken]


@transaction.atomic
def join_early_events(message_ids: Iterable[int], *, at: datetime) -> None:
    """Apply what waited for messages whose provider id has just been saved.

    Locks the conversations before the messages, so call it when your own transaction that
    saved the ids is over. Also ties messages that quote these to them.
    """
    messages = list(Message.objects.filter(pk__in=list(message_ids)))
    if not messages:
        return
    provider_ids = [row.provider_id for row in messages if row.provider_id]
    waiting = EarlyEvent.objects.filter(provider_id__in=provider_ids)
    threads = Threads(at)
    if waiting.exists():
        threads.lock(ids={row.conversation_id for row in messages})
        threads.shown = set(threads.rows)
    touched = apply_changes(take_early(messages), threads)
    touched += link_quotes(row.pk for row in messages)
    threads.save()
    push_touched(touched, threads)


def join_orphans(*, at: datetime) -> int:
    """Join what missed its message by a hair, both having been written at the same time."""
    ids = [pk for (pk,) in fetch(ORPHANS)]
    if ids:
        join_early_events(ids, at=at)
    return len(ids)


def push_touched(touched: Iterable[tuple[int, int]], threads: Threads) -> None:
    """Tell the pages about bubbles, rows and windows, once a conversation."""
    changes: dict[int, set[int]] = {pk: set() for pk in threads.changed}
    for conversation, message in touched:
        changes.setdefault(conversation, set()).add(message)
    pushes.messages_changed(changes, taken=threads.taken, turned=threads.turned)


def _numbers(channel_ids: Iterable[int]) -> dict[int, str]:
    rows = Channel.objects.filter(pk__in=list(channel_ids), number__isnull=False)
    return dict(rows.values_list("pk", "number__phone_number_id"))


def _content(change: Change) -> dict[str, Any]:
    content = asdict(change)
    content.pop("person")
    return content | {"at": change.at.isoformat(), "kind": str(change.kind)}


def _change(row: EarlyEvent) -> Change:
    cls = CLASSES[row.kind]
    names = {each.name for each in fields(cls)}
    values = {name: value for name, value in row.content.items() if name in names}
    values["at"] = datetime.fromisoformat(row.content["at"])
    if cls is StatusChange:
        return StatusChange(**values | {"status": Message.Status(values["status"])})
    kind, author = EarlyEvent.Kind(values["kind"]), Message.Author(values["author"])
    return MessageChange(**values | {"kind": kind, "author": author})
