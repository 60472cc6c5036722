"""Applies statuses, reactions, edits and revocations to messages that are known and locked."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import OuterRef, Subquery

from accounts.models import Channel
from core.rows import as_json, fetch
from inbox.actions import pushes
from inbox.actions.inbound.arrivals import MessageChange, StatusChange
from inbox.actions.inbound.threads import Threads
from inbox.actions.inbound.wishes import state
from inbox.actions.previews import preview_author, preview_of
from inbox.actions.reactions import take_back
from inbox.actions.session_windows import Key, closing_times, open_windows, refuse_windows
from inbox.actions.statuses import merge_statuses
from inbox.actions.waiting import count_waiting
from inbox.models import Consent, Conversation, EarlyEvent, Message

Kind = EarlyEvent.Kind
Change = StatusChange | MessageChange
Touched = list[tuple[int, int]]
Failed = list[tuple[Message, StatusChange]]
FAILED = Message.Status.FAILED
WINDOW_CLOSED = 131047
STOPPED_MARKETING = 131050
OURS = Message.Author.AGENT

REACT = """
INSERT INTO inbox_reaction AS r (message_id, author_kind, emoji, at)
SELECT * FROM json_to_recordset(%s)
    AS n (id bigint, side text, emoji text, at timestamptz) ORDER BY id, side
ON CONFLICT (message_id, author_kind) DO UPDATE
SET emoji = excluded.emoji, at = excluded.at, user_id = NULL WHERE excluded.at >= r.at
RETURNING message_id
"""


def touches_row(change: Change) -> bool:
    """May this change what lists show of the conversation, so that it must be locked?"""
    return not isinstance(change, StatusChange) or change.status == FAILED


def apply_changes(found: Sequence[tuple[int, Change]], threads: Threads) -> Touched:
    """(conversation id, message id) of what changed, of (message id, change).

    The conversations of changes that touch their rows are locked already; the messages are
    locked here, in the order of their ids.
    """
    statuses = [(pk, c) for pk, c in found if isinstance(c, StatusChange)]
    merged = merge_statuses(statuses, locked={pk for pk, _ in found})
    touched = list(merged)
    messages = _lock({pk for pk, change in found if touches_row(change)})
    loud = [(messages[pk], change) for pk, change in found if pk in messages]
    changes = [(m, c) for m, c in loud if isinstance(c, MessageChange)]
    touched += _react([pair for pair in changes if pair[1].kind == Kind.REACTION])
    touched += _rewrite([pair for pair in changes if pair[1].kind != Kind.REACTION])
    failed = [(m, c) for m, c in loud if isinstance(c, StatusChange) and c.status == FAILED]
    _refuse(failed, threads)
    _take_back(failed)
    _recount({pk for pk, _ in merged}, {message.conversation_id for message, _ in failed}, threads)
    _open_by_reactions([pair for pair in changes if _is_opening(pair[1])], threads)
    threads.shown |= {message.conversation_id for message, _ in loud}
    _refresh_previews(threads.shown & {conversation for conversation, _ in touched}, threads)
    return touched


def _lock(message_ids: set[int]) -> dict[int, Message]:
    if not message_ids:
        return {}
    rows = Message.objects.filter(pk__in=message_ids).order_by("pk")
    return {row.pk: row for row in rows.select_for_update(no_key=True)}


def _is_opening(change: MessageChange) -> bool:
    is_theirs = change.author == Message.Author.CUSTOMER
    return change.kind == Kind.REACTION and is_theirs and bool(change.emoji)


def _react(changes: Iterable[tuple[Message, MessageChange]]) -> Touched:
    """One reaction a side, the newest; one that was taken back stays without its emoji."""
    newest: dict[tuple[int, str], tuple[Message, MessageChange]] = {}
    for message, change in changes:
        side = change.author if change.author == Message.Author.CUSTOMER else OURS
        held = newest.get((message.pk, side))
        if held is None or change.at >= held[1].at:
            newest[message.pk, side] = (message, change)
    if not newest:
        return []
    rows = list(newest.values())
    said = [
        {"id": pk, "side": side, "emoji": change.emoji, "at": change.at}
        for (pk, side), (_, change) in newest.items()
    ]
    changed = {pk for (pk,) in fetch(REACT, as_json(said))}
    pushes.touch_messages(changed)
    return sorted({(m.conversation_id, m.pk) for m, _ in rows if m.pk in changed})


def _rewrite(changes: Iterable[tuple[Message, MessageChange]]) -> Touched:
    """Edits: the newest stands and the first text is kept. Revocations: the text stays here."""
    touched: Touched = []
    for message, change in sorted(changes, key=lambda pair: pair[1].at):
        if change.kind == Kind.REVOKE:
            message.revoked_at = _first(message.revoked_at, change.at)
            message.save(update_fields=["revoked_at"])
        elif message.edited_at is None or change.at >= message.edited_at:
            message.payload.setdefault("original_text", message.text)
            message.text, message.edited_at = change.text, change.at
            message.save(update_fields=["text", "payload", "edited_at"])
        else:
            continue
        touched.append((message.conversation_id, message.pk))
    return touched


def _first(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else min(one, other)


def _refuse(failed: Failed, threads: Threads) -> None:
    """What Meta's refusals say of the window and of marketing."""
    refusals: dict[Key, datetime] = {}
    for message, change in failed:
        thread = threads.rows.get(message.conversation_id)
        if thread is None:
            continue
        if change.error_code == WINDOW_CLOSED:
            refusals[thread.key] = max(change.at, refusals.get(thread.key, change.at))
        elif change.error_code == STOPPED_MARKETING:
            state(
                thread.contact_id,
                is_granted=False,
                source=Consent.Source.REFUSAL,
                at=change.at,
                recorded_at=threads.at,
                wording=change.error_detail,
            )
    refuse_windows(refusals)
    threads.open_windows(closing_times(refusals))


def _take_back(failed: Failed) -> None:
    """Reactions of ours that Meta took and then could not bring."""
    sent = {m.pk: c.at for m, c in failed if m.kind == Message.Kind.REACTION}
    if not sent:
        return
    rows = Message.objects.filter(pk__in=sent, status=Message.Status.FAILED).order_by("pk")
    for carrier in rows.select_related("quoted__conversation"):
        take_back(carrier, at=sent[carrier.pk])


def _recount(changed: set[int], failed: set[int], threads: Threads) -> None:
    """Who is unanswered again, and who is answered after all."""
    talks = changed & (failed | threads.revived) & threads.rows.keys()
    for pk, since in count_waiting(talks).items():
        thread = threads.rows[pk]
        if pk in failed:
            since = min(filter(None, (since, thread.waiting_since)), default=None)
        thread.waiting_since = since
        threads.changed.add(pk)


def _open_by_reactions(changes: list[tuple[Message, MessageChange]], threads: Threads) -> None:
    """Where the channel says so; Meta leaves open whether a reaction opens the window."""
    talks = {message.conversation_id for message, _ in changes} & threads.rows.keys()
    channels = {threads.rows[pk].channel_id for pk in talks}
    asked = Channel.objects.filter(pk__in=channels, reactions_open_window=True)
    opening = set(asked.values_list("pk", flat=True)) if channels else set()
    openings: dict[Key, datetime] = {}
    for message, change in changes:
        thread = threads.rows.get(message.conversation_id)
        if thread is not None and thread.channel_id in opening:
            openings[thread.key] = max(change.at, openings.get(thread.key, change.at))
    threads.open_windows(open_windows(openings))


def _refresh_previews(conversation_ids: Iterable[int], threads: Threads) -> None:
    """The line in the lists, where its message changed."""
    ids = sorted(set(conversation_ids) & threads.rows.keys())
    if not ids:
        return
    shown = (
        Message.objects.filter(conversation=OuterRef("pk"))
        .exclude(direction=Message.Direction.NOTE)
        .exclude(kind=Message.Kind.REACTION)
        .order_by("-at", "-pk")
    )
    newest = Conversation.objects.filter(pk__in=ids).values(
        newest=Subquery(shown.values("pk")[:1])
    )
    for message in Message.objects.filter(pk__in=newest):
        thread = threads.rows[message.conversation_id]
        thread.preview = preview_of(message)
        thread.preview_author = preview_author(message)
        thread.preview_failed = message.status == Message.Status.FAILED
        threads.changed.add(thread.pk)
