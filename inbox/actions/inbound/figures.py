"""Works new messages into the figures that lists show of their conversations."""

from collections.abc import Sequence
from datetime import datetime

from core.rows import as_json, fetch
from inbox.actions.inbound.arrivals import NewMessage, Source
from inbox.actions.inbound.threads import HUMAN, Thread, Threads
from inbox.actions.previews import preview_text
from inbox.models import Message

PHONE_APP_NAME = str(Message.Author.PHONE_APP.label)
FAILED = Message.Status.FAILED
New = tuple[NewMessage, int, bool]

ECHOES = """
SELECT conversation_id, max(at) FROM inbox_message
WHERE conversation_id = ANY(ARRAY(SELECT value::bigint FROM json_array_elements_text(%s)))
    AND author_kind = 'phone_app' AND at >= %s
GROUP BY conversation_id
"""
UNANSWERED = """
SELECT min(at) FROM inbox_message
WHERE conversation_id = %s AND direction = 'in' AND kind <> 'system' AND at > %s
"""


def work_in(new: Sequence[New], threads: Threads) -> None:
    """Counters, preview and marks, whatever the order of arrival.

    new: stored messages, each with its conversation's id, and whether it waits for an answer;
    that conversation is locked.
    """
    if not new:
        return
    echoes = _last_echoes(new)
    for news, pk, waits in new:
        thread = threads.rows[pk]
        threads.changed.add(pk)
        thread.message_count += 1
        if thread.message_count == 1 or news.at >= thread.last_message_at:
            _show(thread, news)
            if thread.preview_failed:  # which an early status may clear
                threads.shown.add(pk)
        if news.source == Source.ECHO:
            if thread.floor != HUMAN:
                threads.taken.add(pk)
            _answered(thread, echoes.get(pk, news.at))
        elif news.source == Source.LIVE:
            _wrote(thread, news.at, echoes.get(pk), waits=waits)


def _last_echoes(new: Sequence[New]) -> dict[int, datetime]:
    """When the phone app last answered in each conversation, as far as these may come before."""
    oldest = min(news.at for news, _, _ in new)
    return dict(fetch(ECHOES, as_json({pk for _, pk, _ in new}), oldest))


def _show(thread: Thread, news: NewMessage) -> None:
    media = news.content.media
    thread.last_message_at = news.at
    thread.preview_author = PHONE_APP_NAME if news.is_ours else ""
    thread.preview_failed = news.status == FAILED
    thread.preview = preview_text(
        news.content.kind,
        news.content.text,
        is_voice=bool(media and media.is_voice),
        filename=media.filename if media else "",
    )


def _wrote(thread: Thread, at: datetime, last_echo: datetime | None, *, waits: bool) -> None:
    """The customer wrote: unread for everybody, waiting unless the phone app answered since."""
    thread.inbound_count += 1
    thread.snoozed_until = None
    if waits and (last_echo is None or last_echo < at):
        thread.waiting_since = min(thread.waiting_since or at, at)
    thread.last_inbound_at = max(thread.last_inbound_at or at, at)


def _answered(thread: Thread, last_echo: datetime) -> None:
    """Somebody answered in the phone app: people speak here now."""
    thread.floor = HUMAN
    if thread.waiting_since is not None and thread.waiting_since <= last_echo:
        ((thread.waiting_since,),) = fetch(UNANSWERED, thread.pk, last_echo)
