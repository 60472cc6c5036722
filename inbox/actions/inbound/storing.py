"""Stores new messages of a batch and works them into their conversations' rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Max, Min

from accounts.models import Channel
from inbox.actions.inbound.arrivals import Media, NewMessage, Source
from inbox.actions.inbound.threads import Threads
from inbox.actions.previews import preview_author, preview_text
from inbox.actions.session_windows import Key, closing_times, open_windows
from inbox.models import Attachment, Bell, Contact, Conversation, Message

PHONE_APP = Message.Author.PHONE_APP
HUMAN = Conversation.Floor.HUMAN
PLACEHOLDER = "media_placeholder"
LINK_QUOTES = """
UPDATE inbox_message m SET quoted_id = q.id FROM inbox_message q
WHERE q.id = ANY(%s) AND m.quoted_provider_id = q.provider_id AND m.channel_id = q.channel_id
  AND m.quoted_id IS NULL AND m.quoted_provider_id <> ''
RETURNING m.conversation_id, m.id
"""


@dataclass(frozen=True, slots=True)
class Placed:
    """A new message with the contact and channel that it belongs to."""

    news: NewMessage
    contact: Contact
    channel: Channel

    @property
    def key(self) -> Key:
        return (self.contact.pk, self.channel.pk)

    @property
    def is_imported(self) -> bool:
        return self.news.source == Source.HISTORY

    @property
    def is_placeholder(self) -> bool:
        """Stands for a file of the past, which comes in a later webhook."""
        return self.news.content.payload.get("type") == PLACEHOLDER

    @property
    def opens_window(self) -> bool:
        return not self.news.is_ours and self.news.source in {Source.LIVE, Source.STANDBY}


def store_messages(placed: Sequence[Placed], threads: Threads) -> list[Message]:
    """The messages that were not known yet, stored with files, quotes and bells.

    Their conversations are locked, so no other process stores the same ones meanwhile.
    """
    fresh = unknown(sorted(placed, key=lambda each: each.news.at))
    if not fresh:
        return []
    rows = [_row(each, threads) for each in fresh]
    _link_to_quoted(rows)
    Message.objects.bulk_create(rows)
    pairs = list(zip(fresh, rows, strict=True))
    Attachment.objects.bulk_create(
        _attachment(row, each.news) for each, row in pairs if each.news.content.media
    )
    Bell.objects.bulk_create(
        Bell(message=row, created_at=threads.at)
        for each, row in pairs
        if each.news.source == Source.LIVE
    )
    _open_windows(fresh, threads)
    echoes = _last_echoes(rows)
    for each, row in pairs:
        _work_in(row, each, threads, echoes)
    return rows


def link_quotes(message_ids: Iterable[int]) -> list[tuple[int, int]]:
    """Messages that quoted these before we knew them: (conversation id, message id)."""
    with connection.cursor() as cursor:
        cursor.execute(LINK_QUOTES, [list(message_ids)])
        return list(cursor.fetchall())


def unknown(placed: Iterable[Placed]) -> list[Placed]:
    """Each message once, without those that are stored already."""
    first: dict[tuple[int, str], Placed] = {}
    for each in placed:
        key = (each.channel.pk, each.news.provider_id)
        if key not in first or first[key].is_placeholder:
            first[key] = each
    if not first:
        return []
    rows = Message.objects.filter(
        channel__in={channel for channel, _ in first},
        provider_id__in={provider_id for _, provider_id in first},
    )
    known = set(rows.values_list("channel_id", "provider_id"))
    return [each for key, each in first.items() if key not in known]


def fill_placeholders(placed: Iterable[Placed]) -> None:
    """History names a file first and brings it in a later webhook."""
    for each in placed:
        content = each.news.content
        if not (each.is_imported and content.media):
            continue
        rows = Message.objects.filter(channel=each.channel, provider_id=each.news.provider_id)
        row = rows.filter(payload__type=PLACEHOLDER).defer("search").first()
        if row is not None:
            row.kind, row.text, row.payload = content.kind, content.text, content.payload
            row.save(update_fields=["kind", "text", "payload"])
            _attachment(row, each.news).save()


def _row(each: Placed, threads: Threads) -> Message:
    news = each.news
    thread = threads.of(each.key, imported=each.is_imported)
    assert thread is not None  # noqa: S101 - begin_missing made it
    ours = {
        "direction": Message.Direction.OUT,
        "author_kind": PHONE_APP,
        "author_name": PHONE_APP.label,
        "sent_at": news.at,
        "rank": Message.RANKS[news.status],
    }
    theirs = {
        "direction": Message.Direction.IN,
        "author_kind": Message.Author.CUSTOMER,
        "author_name": str(each.contact)[:120],
    }
    return Message(
        conversation=thread,
        channel=each.channel,
        kind=news.content.kind,
        text=news.content.text,
        payload=news.content.payload,
        provider_id=news.provider_id,
        status=news.status,
        quoted_provider_id=news.quoted_provider_id,
        is_forwarded=news.is_forwarded,
        at=news.at,
        created_at=threads.at,
        **(ours if news.is_ours else theirs),
    )


def _link_to_quoted(rows: list[Message]) -> None:
    wanted = {row.quoted_provider_id for row in rows} - {""}
    if not wanted:
        return
    found = Message.objects.filter(provider_id__in=wanted)
    known = {
        (channel, provider_id): pk
        for channel, provider_id, pk in found.values_list("channel_id", "provider_id", "pk")
    }
    for row in rows:
        row.quoted_id = known.get((row.channel_id, row.quoted_provider_id))


def _attachment(row: Message, news: NewMessage) -> Attachment:
    media = news.content.media
    assert media is not None  # noqa: S101 - asked by the caller
    return Attachment(
        message=row,
        kind=row.kind,
        mime_type=media.mime_type,
        filename=media.filename,
        sha256=media.sha256,
        provider_media_id=media.media_id,
        state=Attachment.State.FAILED if media.error else Attachment.State.PENDING,
        error=media.error,
        is_voice=media.is_voice,
        is_animated=media.is_animated,
    )


def _open_windows(fresh: list[Placed], threads: Threads) -> None:
    openings: dict[Key, datetime] = {}
    for each in fresh:
        if each.opens_window:
            openings[each.key] = max(each.news.at, openings.get(each.key, each.news.at))
    open_windows(openings)
    threads.open_windows(closing_times(openings))


def _last_echoes(rows: list[Message]) -> dict[int, datetime]:
    """When the phone app last answered in each conversation, as far as these may come before."""
    echoes = Message.objects.filter(
        conversation__in={row.conversation_id for row in rows},
        author_kind=PHONE_APP,
        at__gte=min(row.at for row in rows),
    )
    found = echoes.values_list("conversation").annotate(last=Max("at")).order_by()
    return dict(found)


def _work_in(row: Message, each: Placed, threads: Threads, echoes: dict[int, datetime]) -> None:
    """Counters, preview and the marks that lists show, whatever the order of arrival."""
    thread = threads.rows[row.conversation_id]
    threads.changed.add(thread.pk)
    thread.message_count += 1
    if thread.message_count == 1 or row.at >= thread.last_message_at:
        _show(thread, row, each.news.content.media)
    if each.news.source == Source.ECHO:
        if thread.floor != HUMAN:
            threads.taken.add(thread.pk)
        _answered(thread, echoes.get(thread.pk, row.at))
    elif each.news.source == Source.LIVE:
        _wrote(thread, row.at, echoes.get(thread.pk))


def _show(thread: Conversation, row: Message, media: Media | None) -> None:
    thread.last_message_at = row.at
    thread.preview_author = preview_author(row)
    thread.preview_failed = row.status == Message.Status.FAILED
    thread.preview = preview_text(
        row.kind,
        row.text,
        is_voice=bool(media and media.is_voice),
        filename=media.filename if media else "",
    )


def _wrote(thread: Conversation, at: datetime, last_echo: datetime | None) -> None:
    """The customer wrote: unread for everybody, waiting unless the phone app answered since."""
    thread.inbound_count += 1
    thread.snoozed_until = None
    if last_echo is None or last_echo < at:
        thread.waiting_since = min(thread.waiting_since or at, at)
    thread.last_inbound_at = max(thread.last_inbound_at or at, at)


def _answered(thread: Conversation, last_echo: datetime) -> None:
    """Somebody answered in the phone app: people speak here now."""
    thread.floor = HUMAN
    if thread.waiting_since is None or thread.waiting_since > last_echo:
        return
    unanswered = thread.messages.filter(direction=Message.Direction.IN, at__gt=last_echo)
    unanswered = unanswered.exclude(kind=Message.Kind.SYSTEM)
    thread.waiting_since = unanswered.aggregate(first=Min("at"))["first"]
