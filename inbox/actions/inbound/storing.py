"""Stores new messages of a batch and works them into their conversations' rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from core.rows import as_json, fetch
from inbox.actions.identities import Customer
from inbox.actions.inbound.arrivals import Media, NewMessage, Source
from inbox.actions.inbound.figures import work_in
from inbox.actions.inbound.threads import Threads
from inbox.actions.inbound.wishes import Heard, keep_wishes, wish_of
from inbox.actions.session_windows import Key, open_windows
from inbox.models import Attachment, Message
from inbox.wishes import Wish

IN, OUT = str(Message.Direction.IN), str(Message.Direction.OUT)
CUSTOMER, PHONE_APP = str(Message.Author.CUSTOMER), str(Message.Author.PHONE_APP)
PHONE_APP_NAME = str(Message.Author.PHONE_APP.label)
PLACEHOLDER = "media_placeholder"

KNOWN = """
SELECT channel_id, provider_id, id, conversation_id, status
FROM inbox_message WHERE provider_id = ANY(ARRAY(SELECT json_array_elements_text(%s)))
"""
COLUMNS = {
    "conversation_id": "bigint",
    "channel_id": "bigint",
    "direction": "text",
    "kind": "text",
    "author_kind": "text",
    "author_name": "text",
    "text": "text",
    "payload": "jsonb",
    "provider_id": "text",
    "status": "text",
    "rank": "int",
    "quoted_provider_id": "text",
    "is_forwarded": "boolean",
    "at": "timestamptz",
    "sent_at": "timestamptz",
}
FILE = {
    "mime_type": "text",
    "filename": "text",
    "sha256": "text",
    "provider_media_id": "text",
    "state": "text",
    "error": "text",
    "is_voice": "boolean",
    "is_animated": "boolean",
}
# What another process stored meanwhile is left out. Bells ring for what customers say now, where
# a bot speaks or still has a part.
STORE = f"""
WITH n AS (
    SELECT * FROM json_to_recordset(%s) AS n (
        {", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())},
        number int, rings boolean, file json)),
stored AS (
    INSERT INTO inbox_message (
        {", ".join(COLUMNS)}, quoted_id, error_detail, pricing, created_at, seq)
    SELECT {", ".join(f"n.{name}" for name in COLUMNS)}, q.id, '', '{{}}', %s, 0
    FROM n LEFT JOIN inbox_message q ON n.quoted_provider_id <> ''
        AND q.provider_id = n.quoted_provider_id AND q.channel_id = n.channel_id
    ORDER BY n.number
    ON CONFLICT (channel_id, provider_id) WHERE provider_id IS NOT NULL DO NOTHING
    RETURNING id, channel_id, provider_id, conversation_id, created_at),
rung AS (
    INSERT INTO inbox_bell (message_id, tries, created_at)
    SELECT s.id, 0, s.created_at FROM stored s JOIN n USING (channel_id, provider_id)
    JOIN inbox_conversation c ON c.id = s.conversation_id
    WHERE n.rings AND (c.floor = 'bot' OR EXISTS (
        SELECT FROM inbox_participant p
        WHERE p.conversation_id = c.id AND p.role = 'bot' AND p.left_at IS NULL))
    RETURNING message_id),
filed AS (
    INSERT INTO inbox_attachment (
        message_id, kind, {", ".join(FILE)}, stored_name, attempts, next_attempt_at)
    SELECT s.id, n.kind, {", ".join(f"f.{name}" for name in FILE)}, '', 0, s.created_at
    FROM stored s JOIN n USING (channel_id, provider_id), json_to_record(n.file)
        AS f ({", ".join(f"{name} {kind}" for name, kind in FILE.items())})
    WHERE n.file IS NOT NULL)
SELECT channel_id, provider_id, id, conversation_id, message_id IS NOT NULL
FROM stored LEFT JOIN rung ON message_id = id
"""  # noqa: S608 - names from above
LINK_QUOTES = """
UPDATE inbox_message m SET quoted_id = q.id FROM inbox_message q
WHERE q.id = ANY(ARRAY(SELECT value::bigint FROM json_array_elements_text(%s)))
  AND m.quoted_provider_id = q.provider_id AND m.channel_id = q.channel_id
  AND m.quoted_id IS NULL AND m.quoted_provider_id <> ''
RETURNING m.conversation_id, m.id
"""
Name = tuple[int, str]


class Stored(NamedTuple):
    """A message that we have.

    status: what it was when it was looked up. rings: it is new, and a bot has to look at it.
    """

    pk: int
    conversation_id: int
    channel_id: int
    provider_id: str
    status: str = ""
    rings: bool = False


@dataclass(slots=True)
class Placed:
    """A new message with the contact and channel that it belongs to.

    wish: what it asks with one word, which nobody has to answer.
    """

    news: NewMessage
    contact: Customer
    channel_id: int
    key: Key
    name: Name
    wish: Wish | None = None

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


def place(news: NewMessage, contact: Customer, channel_id: int) -> Placed:
    """A message where it belongs."""
    key, name = (contact.pk, channel_id), (channel_id, news.provider_id)
    return Placed(news, contact, channel_id, key, name, wish_of(news, contact.pk))


def find_messages(provider_ids: Iterable[str]) -> dict[Name, Stored]:
    """Messages by (channel id, provider id)."""
    wanted = list(set(provider_ids))
    rows = fetch(KNOWN, as_json(wanted)) if wanted else []
    return {
        (channel, provider_id): Stored(pk, conversation, channel, provider_id, status)
        for channel, provider_id, pk, conversation, status in rows
    }


def unknown(placed: Iterable[Placed], known: Mapping[Name, Stored]) -> list[Placed]:
    """Each message once, without those that are stored already; the oldest first."""
    first: dict[Name, Placed] = {}
    for each in placed:
        if each.name not in known and (each.name not in first or first[each.name].is_placeholder):
            first[each.name] = each
    return sorted(first.values(), key=lambda each: each.news.at)


def store_messages(fresh: Sequence[Placed], threads: Threads) -> list[Stored]:
    """Store messages that are not known yet, with files, quotes and bells.

    Their conversations are locked and there.
    """
    if not fresh:
        return []
    rows = [_row(each, threads) | {"number": number} for number, each in enumerate(fresh)]
    stored = {
        (channel, provider_id): Stored(pk, conversation, channel, provider_id, rings=rings)
        for channel, provider_id, pk, conversation, rings in fetch(
            STORE, as_json(rows), threads.at
        )
    }
    new = [(each, stored[each.name]) for each in fresh if each.name in stored]
    openings: dict[Key, datetime] = {}
    for each, _ in new:
        if each.opens_window:
            openings[each.key] = max(each.news.at, openings.get(each.key, each.news.at))
    threads.open_windows(open_windows(openings))
    work_in([(each.news, row.conversation_id, each.wish is None) for each, row in new], threads)
    keep_wishes(
        [
            Heard(each.news, each.wish, each.contact.pk, row.pk, row.conversation_id)
            for each, row in new
            if each.wish is not None
        ],
        threads.at,
    )
    return [row for _, row in new]


def link_quotes(message_ids: Iterable[int]) -> list[tuple[int, int]]:
    """Messages that quoted these before we knew them: (conversation id, message id)."""
    return [(talk, pk) for talk, pk in fetch(LINK_QUOTES, as_json(message_ids))]


def fill_placeholders(placed: Iterable[Placed]) -> None:
    """History names a file first and brings it in a later webhook."""
    for each in placed:
        content = each.news.content
        if not (each.is_imported and content.media):
            continue
        rows = Message.objects.filter(channel=each.channel_id, provider_id=each.news.provider_id)
        row = rows.filter(payload__type=PLACEHOLDER).first()
        if row is not None:
            row.kind, row.text, row.payload = content.kind, content.text, content.payload
            row.save(update_fields=["kind", "text", "payload"])
            Attachment.objects.create(message=row, kind=content.kind, **_file(content.media))


def _row(each: Placed, threads: Threads) -> dict[str, Any]:
    """A record of STORE."""
    news, content = each.news, each.news.content
    thread = threads.of(each.key, imported=each.is_imported)
    assert thread is not None  # noqa: S101 - begin_missing made it
    return {
        "conversation_id": thread.pk,
        "channel_id": each.channel_id,
        "direction": OUT if news.is_ours else IN,
        "kind": content.kind,
        "author_kind": PHONE_APP if news.is_ours else CUSTOMER,
        "author_name": PHONE_APP_NAME if news.is_ours else each.contact.name[:120],
        "text": content.text,
        "payload": content.payload,
        "provider_id": news.provider_id,
        "status": news.status,
        "rank": Message.RANKS[news.status],
        "quoted_provider_id": news.quoted_provider_id,
        "is_forwarded": news.is_forwarded,
        "at": news.at,
        "sent_at": news.at if news.is_ours else None,
        "rings": news.source == Source.LIVE and each.wish is None,
        "file": _file(content.media) if content.media else None,
    }


def _file(media: Media) -> dict[str, Any]:
    return {
        "mime_type": media.mime_type,
        "filename": media.filename,
        "sha256": media.sha256,
        "provider_media_id": media.media_id,
        "state": Attachment.State.FAILED if media.error else Attachment.State.PENDING,
        "error": media.error,
        "is_voice": media.is_voice,
        "is_animated": media.is_animated,
    }
