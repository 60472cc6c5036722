"""The conversations that a batch touches: found, begun, locked in the order of their ids, saved.

Every process locks contacts first, then conversations, then messages, each by id, so that two
batches never wait for each other in a circle.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.db.models import Q

from accounts.models import Channel
from inbox.actions.session_windows import Key, closing_times
from inbox.models import Assignment, Conversation, Event, Participant

OPEN = Conversation.Status.OPEN
BOT = Conversation.Floor.BOT
IMPORTED = "Imported from the WhatsApp Business app"
CLOSED = {"status": "closed", "close_reason": IMPORTED}
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


class Threads:
    """The locked conversations of one transaction.

    rows: by id. begun, changed, taken, turned: ids of those that are new, that must be saved,
    whose floor people took, and whose window opened or closed.
    """

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.rows: dict[int, Conversation] = {}
        self._open: dict[Key, Conversation] = {}
        self._imported: dict[Key, Conversation] = {}
        self.begun: set[int] = set()
        self.changed: set[int] = set()
        self.taken: set[int] = set()
        self.turned: set[int] = set()

    def lock(self, keys: Iterable[Key] = (), ids: Iterable[int] = ()) -> None:
        """Lock the open and the imported conversations of the keys, and others by id."""
        known = set(keys)
        wanted = Q(pk__in=set(ids))
        if known:
            contacts, channels = zip(*known, strict=True)
            standing = Q(status=OPEN) | Q(close_reason=IMPORTED)
            wanted |= standing & Q(contact__in=set(contacts), channel__in=set(channels))
        rows = Conversation.objects.filter(wanted).order_by("pk").select_for_update(no_key=True)
        self._add(row for row in rows if row.pk not in self.rows)

    def of(self, key: Key, *, imported: bool = False) -> Conversation | None:
        """The open conversation of (contact, channel), or the one that holds its history."""
        return (self._imported if imported else self._open).get(key)

    def last_of(self, key: Key) -> Conversation | None:
        """The newest of a contact's locked conversations on a channel, whatever its status."""
        rows = [row for row in self.rows.values() if (row.contact_id, row.channel_id) == key]
        return max(rows, key=lambda row: (row.last_message_at, row.pk), default=None)

    def begin(self, rows: list[Conversation]) -> None:
        """Begin conversations. Raises IntegrityError when another process was quicker."""
        self._add(Conversation.objects.bulk_create(rows))
        self.begun |= {row.pk for row in rows}

    def _add(self, rows: Iterable[Conversation]) -> None:
        for row in rows:
            self.rows[row.pk] = row
            key = (row.contact_id, row.channel_id)
            if row.status == OPEN:
                self._open[key] = row
            elif row.close_reason == IMPORTED:
                self._imported[key] = row

    def open_windows(self, closing: Mapping[Key, datetime]) -> None:
        """Take over the stored windows; one that opens will be announced when it closes."""
        for row in self.rows.values():
            closes_at = closing.get((row.contact_id, row.channel_id))
            if closes_at is None or row.status != OPEN or closes_at == row.window_closes_at:
                continue
            if row.window.is_open(self.at) != (closes_at > self.at):
                self.turned.add(row.pk)
            row.window_closes_at = closes_at
            row.window_closed_announced = closes_at <= self.at and row.window_closed_announced
            self.changed.add(row.pk)

    def save(self) -> None:
        """Write every changed row with one statement."""
        rows = [self.rows[pk] for pk in sorted(self.changed)]
        if not rows:
            return
        columns = ", ".join(f"{name} = v.{name}" for name in SAVED)
        types = ", ".join(f"%s::{kind}[]" for kind in SAVED.values())
        values = [[getattr(row, name) for row in rows] for name in SAVED]
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE inbox_conversation c SET {columns}"  # noqa: S608 - names from above
                f" FROM unnest(%s::bigint[], {types}) AS v(id, {', '.join(SAVED)})"
                " WHERE c.id = v.id",
                [[row.pk for row in rows], *values],
            )


def begin_missing(
    threads: Threads,
    begun: Iterable[Key],
    imports: Iterable[Key],
    channels: Mapping[int, Channel],
) -> None:
    """Begin what is not there: open ones, where a bot may speak, and closed ones for history.

    When somebody begins the same one at the same time, ours waits for that commit and uses it.
    """
    for _ in range(TRIES):
        missing = [key for key in sorted(set(begun)) if threads.of(key) is None]
        if not missing:
            break
        rows = [_new(key, channels[key[1]], threads.at, floor=BOT) for key in missing]
        try:
            with transaction.atomic():
                threads.begin(rows)
            break
        except IntegrityError:
            threads.lock(missing)
    missing = [key for key in sorted(set(imports)) if threads.of(key, imported=True) is None]
    threads.begin([_new(key, channels[key[1]], threads.at, **CLOSED) for key in missing])
    if not threads.begun:
        return
    new = [threads.rows[pk] for pk in sorted(threads.begun)]
    _introduce(new, threads.at)
    threads.open_windows(closing_times((row.contact_id, row.channel_id) for row in new))


def _new(key: Key, channel: Channel, at: datetime, **fields: str) -> Conversation:
    return Conversation(
        contact_id=key[0],
        channel=channel,
        team=channel.default_team,
        opened_at=at,
        last_message_at=at,
        closed_at=at if "status" in fields else None,
        **fields,
    )


def _introduce(rows: list[Conversation], at: datetime) -> None:
    """Who takes part in a conversation from its first moment."""
    Participant.objects.bulk_create(
        Participant(
            conversation=row,
            role=Participant.Role.CUSTOMER,
            contact_id=row.contact_id,
            joined_at=at,
        )
        for row in rows
    )
    open_rows = [row for row in rows if row.status == OPEN]
    Assignment.objects.bulk_create(
        Assignment(conversation=row, team_id=row.team_id, at=at)
        for row in open_rows
        if row.team_id is not None
    )
    Event.objects.bulk_create(
        Event(conversation=row, kind="opened", at=at, data={"channel": row.channel.name})
        for row in open_rows
    )
