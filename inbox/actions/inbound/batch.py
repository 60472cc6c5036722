"""Applies one batch of parts in one transaction: the only door from webhooks to the domain.

Whatever the order and however often its parts arrive, the same rows come of them.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import PhoneNumber
from core import metrics
from core.hints import hint
from core.rows import as_json, fetch
from inbox.actions.early_events import keep_early, push_touched, take_early
from inbox.actions.identities import Customer, find_or_create_contacts
from inbox.actions.inbound.arrivals import (
    AddressBookName,
    Arrival,
    Happening,
    MessageChange,
    NewMessage,
    Notice,
    Preference,
    StatusChange,
)
from inbox.actions.inbound.changes import Change, apply_changes
from inbox.actions.inbound.facts import (
    Known,
    apply_facts,
    apply_notices,
    latest_conversations,
    new_calls,
)
from inbox.actions.inbound.parts import Part
from inbox.actions.inbound.reading import read_part
from inbox.actions.inbound.shapes import Unreadable
from inbox.actions.inbound.storing import (
    Name,
    Placed,
    Stored,
    fill_placeholders,
    find_messages,
    link_quotes,
    place,
    store_messages,
    unknown,
)
from inbox.actions.inbound.targets import Targets
from inbox.actions.inbound.threads import Threads
from inbox.actions.statuses import settle_unknown

Statement = NewMessage | Happening | Preference | AddressBookName
HEARD_EVERY = timedelta(seconds=10)
CHANNELS = """
SELECT n.phone_number_id, c.id, n.id, coalesce(n.last_webhook_at <= %s, true)
FROM accounts_channel c JOIN accounts_phonenumber n ON n.id = c.number_id
WHERE n.phone_number_id = ANY(ARRAY(SELECT json_array_elements_text(%s)))
"""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A part that cannot be applied, and why."""

    part: Part
    reason: str
    detail: str


def apply_parts(parts: Iterable[Part], *, at: datetime) -> list[Rejected]:
    """Apply what can be applied, and give back the rest with reasons.

    Raises whatever the database raises; then nothing of the transaction that it runs in stands.
    """
    batch = Batch(at)
    batch.read(parts)
    with transaction.atomic(savepoint=False):
        batch.apply()
    return batch.rejected


class Batch:
    """The parts of one transaction, sorted by what they bring."""

    def __init__(self, at: datetime) -> None:
        self.threads = Threads(at)
        self.channels: dict[str, int] = {}
        self.due: list[int] = []
        self.rejected: list[Rejected] = []
        self.statements: list[Statement] = []
        self.changes: list[Change] = []
        self.notices: list[Notice] = []

    def read(self, parts: Iterable[Part]) -> None:
        arrivals: list[tuple[Part, Arrival]] = []
        for part in parts:
            try:
                arrivals.append((part, read_part(part)))
            except Unreadable as error:
                self.rejected.append(Rejected(part, error.reason, error.detail))
        numbers = {each.number for _, each in arrivals if not isinstance(each, Notice)}
        for number, channel, number_id, is_due in fetch(
            CHANNELS, self.threads.at - HEARD_EVERY, as_json(numbers)
        ):
            self.channels[number] = channel
            self.due += [number_id] * is_due
        for part, arrival in arrivals:
            self._sort(part, arrival)

    def _sort(self, part: Part, arrival: Arrival) -> None:
        if isinstance(arrival, Notice):
            self.notices.append(arrival)
        elif arrival.number not in self.channels:
            detail = f"no channel has the phone number id {arrival.number[:60]}"
            self.rejected.append(Rejected(part, "unknown_number", detail))
        elif isinstance(arrival, StatusChange | MessageChange):
            self.changes.append(arrival)
        else:
            self.statements.append(arrival)

    def apply(self) -> None:
        placed, known = self._place()
        messages = find_messages(
            [each.news.provider_id for each in placed] + [c.provider_id for c in self.changes]
        )
        fresh, targets = unknown(placed, messages), self._targets(messages)
        self._lock(fresh, known, targets)
        fill_placeholders(placed)
        rows = store_messages(fresh, self.threads)
        targets.add(rows)
        touched = [(row.conversation_id, row.pk) for row in rows]
        touched += self._change(rows, targets)
        apply_facts(known, self.threads)
        apply_notices(self.notices)
        self.threads.save()
        push_touched(touched, self.threads)
        self._hint(rows)

    def _place(self) -> tuple[list[Placed], list[Known]]:
        """Each statement with its contact and channel."""
        mentioned = [each.person for each in self.changes if each.person is not None]
        people = [each.person for each in self.statements]
        contacts: list[Customer] = []
        if people or mentioned:
            contacts = find_or_create_contacts(people, mentioned=mentioned)
        placed: list[Placed] = []
        known: list[Known] = []
        for each, contact in zip(self.statements, contacts, strict=True):
            channel = self.channels[each.number]
            if isinstance(each, NewMessage):
                placed.append(place(each, contact, channel))
            else:
                known.append(Known(each, contact, channel))
        return placed, known

    def _targets(self, messages: dict[Name, Stored]) -> Targets:
        targets = Targets(self.channels, self.changes, messages)
        targets.find()
        return targets

    def _lock(self, fresh: list[Placed], known: list[Known], targets: Targets) -> None:
        """Every conversation of the batch in one order, and those that begin with it."""
        begun = {each.key for each in fresh if not each.is_imported}
        begun |= {each.key for each in new_calls(known)}
        imports = {each.key for each in fresh if each.is_imported}
        spoken = {each.key for each in known}
        ids = targets.conversations | set(latest_conversations(spoken).values())
        self.threads.lock(begun | imports | spoken, ids)
        self.threads.begin_missing(begun, imports)
        self.threads.shown |= targets.conversations
        self.threads.revived |= targets.revived

    def _change(self, rows: list[Stored], targets: Targets) -> list[tuple[int, int]]:
        found, early = targets.split()
        settle_unknown({provider_id: pk for provider_id, (pk, _) in targets.settled.items()})
        touched = apply_changes(found + take_early(rows), self.threads)
        keep_early(early)
        pks = [row.pk for row in rows] + [pk for pk, _ in targets.settled.values()]
        return touched + (link_quotes(pks) if pks else [])

    def _hint(self, rows: list[Stored]) -> None:
        messages = [each for each in self.statements if isinstance(each, NewMessage)]
        if any(row.rings for row in rows):
            hint("bots.tasks.sweep_bells")
        if any(each.content.media for each in messages):
            hint("inbox.tasks.sweep_media")
        if self.due:
            transaction.on_commit(self._note_webhook, robust=True)
        kinds = Counter(type(each) for each in (*self.statements, *self.changes, *self.notices))
        for kind, count in kinds.items():
            metrics.APPLIED.labels(kind.__name__).inc(count)

    def _note_webhook(self) -> None:
        """When each number was last heard of, outside the batch: all batches share these rows."""
        at = self.threads.at
        rows = PhoneNumber.objects.filter(pk__in=self.due)
        rows.exclude(last_webhook_at__gt=at - HEARD_EVERY).update(last_webhook_at=at)
