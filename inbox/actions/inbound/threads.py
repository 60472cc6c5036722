"""The conversations that a batch touches: found, begun, locked in the order of their ids, saved.

Every process locks contacts first, then conversations, then messages, each by id, so that two
batches never wait for each other in a circle.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from core.rows import as_json, fetch
from inbox.actions.session_windows import Key
from inbox.models import Conversation

OPEN = str(Conversation.Status.OPEN)
CLOSED = str(Conversation.Status.CLOSED)
BOT, HUMAN = str(Conversation.Floor.BOT), str(Conversation.Floor.HUMAN)
IMPORTED = "Imported from the WhatsApp Business app"
TRIES = 5
SAVED = {
    "last_message_at": "timestamptz",
    "last_inbound_at": "timestamptz",
    "preview": "text",
    "preview_author": "text",
    "preview_failed": "boolean",
    "inbound_count": "int",
    "message_count": "int",
    "waiting_since": "timestamptz",
    "window_closes_at": "timestamptz",
    "window_closed_announced": "boolean",
    "floor": "text",
    "snoozed_until": "timestamptz",
}
COLUMNS = ", ".join(("id", "contact_id", "channel_id", "status", "close_reason", *SAVED))

LOCK = f"""
SELECT {COLUMNS} FROM inbox_conversation WHERE id = ANY(ARRAY(
    SELECT c.id FROM json_to_recordset(%s) AS k (contact bigint, channel bigint)
    JOIN inbox_conversation c ON c.contact_id = k.contact AND c.channel_id = k.channel
        AND (c.status = 'open' OR c.close_reason = '{IMPORTED}')
    UNION SELECT value::bigint FROM json_array_elements_text(%s)))
ORDER BY id FOR NO KEY UPDATE
"""  # noqa: S608 - names from above

# Open ones where a bot may speak, or closed ones for history, with who takes part in them from
# their first moment. What somebody else begins at the same time is waited for, and left out.
BEGIN = f"""
WITH k AS (
    SELECT k.*, h.default_team_id, h.name, w.closes_at, %(status)s = 'open' AS is_open
    FROM (
        SELECT contact AS contact_id, channel AS channel_id
        FROM json_to_recordset(%(keys)s) AS k (contact bigint, channel bigint)) k
    JOIN accounts_channel h ON h.id = k.channel_id
    LEFT JOIN inbox_sessionwindow w
        ON w.contact_id = k.contact_id AND w.channel_id = k.channel_id),
begun AS (
    INSERT INTO inbox_conversation (
        contact_id, channel_id, team_id, status, floor, priority, opened_at, closed_at,
        close_reason, last_message_at, preview, preview_author, preview_failed, inbound_count,
        message_count, window_closes_at, window_closed_announced, seq)
    SELECT contact_id, channel_id, default_team_id, %(status)s, %(floor)s, 0, %(at)s,
        CASE WHEN is_open THEN NULL ELSE %(at)s END, %(reason)s, %(at)s, '', '', false, 0, 0,
        CASE WHEN is_open THEN closes_at END,
        NOT is_open OR coalesce(closes_at <= %(at)s, true), 0
    FROM k ORDER BY contact_id, channel_id
    ON CONFLICT (contact_id, channel_id) WHERE status = 'open' DO NOTHING
    RETURNING *),
joined AS (
    INSERT INTO inbox_participant (conversation_id, role, contact_id, name, joined_at)
    SELECT id, 'customer', contact_id, '', %(at)s FROM begun),
given AS (
    INSERT INTO inbox_assignment (conversation_id, team_id, note, at)
    SELECT id, team_id, '', %(at)s FROM begun
    WHERE status = 'open' AND team_id IS NOT NULL),
told AS (
    INSERT INTO inbox_event (conversation_id, kind, at, data, provider_id, seq)
    SELECT b.id, 'opened', %(at)s, jsonb_build_object('channel', k.name), '', 0
    FROM begun b JOIN k USING (contact_id, channel_id) WHERE b.status = 'open')
SELECT {COLUMNS} FROM begun
"""  # noqa: S608 - names from above

SAVE = f"""
UPDATE inbox_conversation c SET {", ".join(f"{name} = v.{name}" for name in SAVED)}
FROM json_to_recordset(%s) AS v (
    pk bigint, {", ".join(f"{name} {kind}" for name, kind in SAVED.items())})
WHERE c.id = v.pk
"""  # noqa: S608 - names from above


@dataclass(slots=True)
class Thread:
    """What a batch needs of a conversation's row, in the order of COLUMNS."""

    pk: int
    contact_id: int
    channel_id: int
    status: str
    close_reason: str
    last_message_at: datetime
    last_inbound_at: datetime | None
    preview: str
    preview_author: str
    preview_failed: bool
    inbound_count: int
    message_count: int
    waiting_since: datetime | None
    window_closes_at: datetime | None
    window_closed_announced: bool
    floor: str
    snoozed_until: datetime | None

    @property
    def key(self) -> Key:
        return (self.contact_id, self.channel_id)


class Threads:
    """The locked conversations of one transaction.

    rows: by id. changed, taken, turned, shown, revived: ids of those that must be saved, whose
    floor people took, whose window opened or closed, whose line in the lists may be another,
    and a failed message of which may have come through.
    """

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.rows: dict[int, Thread] = {}
        self._open: dict[Key, Thread] = {}
        self._imported: dict[Key, Thread] = {}
        self.changed: set[int] = set()
        self.taken: set[int] = set()
        self.turned: set[int] = set()
        self.shown: set[int] = set()
        self.revived: set[int] = set()

    def lock(self, keys: Iterable[Key] = (), ids: Iterable[int] = ()) -> None:
        """Lock the open and the imported conversations of the keys, and others by id."""
        known, others = set(keys), set(ids)
        if known or others:
            self._add(fetch(LOCK, _as_rows(known), as_json(others)))

    def of(self, key: Key, *, imported: bool = False) -> Thread | None:
        """The open conversation of (contact, channel), or the one that holds its history."""
        return (self._imported if imported else self._open).get(key)

    def last_of(self, key: Key) -> Thread | None:
        """The newest of a contact's locked conversations on a channel, whatever its status."""
        rows = [row for row in self.rows.values() if row.key == key]
        return max(rows, key=lambda row: (row.last_message_at, row.pk), default=None)

    def begin_missing(self, keys: Iterable[Key], imports: Iterable[Key]) -> None:
        """Begin what is not there: open ones, and closed ones for history.

        When somebody begins the same one at the same time, theirs is used.
        """
        wanted = set(keys)
        for _ in range(TRIES):
            missing = sorted(key for key in wanted if key not in self._open)
            if not missing:
                break
            begun = self._begin(missing, status=OPEN, floor=BOT, reason="")
            if begun < len(missing):
                self.lock(missing)
        missing = sorted(key for key in set(imports) if key not in self._imported)
        if missing:
            self._begin(missing, status=CLOSED, floor=HUMAN, reason=IMPORTED)

    def _begin(self, keys: list[Key], **fields: str) -> int:
        rows = fetch(BEGIN, keys=_as_rows(keys), at=self.at, **fields)
        self._add(rows)
        begun = [self.rows[row[0]] for row in rows]
        self.turned |= {row.pk for row in begun if _is_open(row.window_closes_at, self.at)}
        return len(begun)

    def _add(self, rows: Iterable[tuple[object, ...]]) -> None:
        for values in rows:
            row = Thread(*values)  # type: ignore[arg-type]
            if row.pk in self.rows:
                continue
            self.rows[row.pk] = row
            if row.status == OPEN:
                self._open[row.key] = row
            elif row.close_reason == IMPORTED:
                self._imported[row.key] = row

    def open_windows(self, closing: Mapping[Key, datetime]) -> None:
        """Take over the stored windows; one that opens will be announced when it closes."""
        for key, closes_at in closing.items():
            row = self._open.get(key)
            if row is None or closes_at == row.window_closes_at:
                continue
            if _is_open(row.window_closes_at, self.at) != (closes_at > self.at):
                self.turned.add(row.pk)
            row.window_closes_at = closes_at
            row.window_closed_announced = closes_at <= self.at and row.window_closed_announced
            self.changed.add(row.pk)

    def save(self) -> None:
        """Write every changed row with one statement."""
        if rows := [self.rows[pk] for pk in sorted(self.changed)]:
            fetch(SAVE, as_json(rows))


def _as_rows(keys: Iterable[Key]) -> str:
    return as_json({"contact": contact, "channel": channel} for contact, channel in keys)


def _is_open(closes_at: datetime | None, at: datetime) -> bool:
    return closes_at is not None and at < closes_at
