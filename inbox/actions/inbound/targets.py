"""Which messages the statuses, reactions, edits and revocations of a batch speak of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from inbox.actions.inbound.arrivals import StatusChange
from inbox.actions.inbound.changes import Change, touches_row
from inbox.actions.inbound.storing import Name, Stored
from inbox.actions.statuses import find_by_callback
from inbox.models import Message

FAILED = Message.Status.FAILED


@dataclass(slots=True)
class Targets:
    """The messages that are known, and the conversations that must be locked for them.

    channels: phone number id -> channel id. known: messages by (channel id, provider id).
    settled: provider id -> (message id, conversation id), of messages whose provider id a
    status brings only now. revived: conversations whose failed messages there is news of.
    """

    channels: Mapping[str, int]
    changes: list[Change]
    known: dict[Name, Stored]
    settled: dict[str, tuple[int, int]] = field(default_factory=dict)
    conversations: set[int] = field(default_factory=set)
    revived: set[int] = field(default_factory=set)

    def find(self) -> None:
        """Say which conversations must be locked, without locking anything yet."""
        lost: list[StatusChange] = []
        for change in self.changes:
            message = self.known.get(self._name(change))
            if message is None:
                if isinstance(change, StatusChange):
                    lost.append(change)
            elif message.status == FAILED:
                self.revived.add(message.conversation_id)
            elif touches_row(change):
                self.conversations.add(message.conversation_id)
        self.settled = find_by_callback(lost, self.channels)
        self.conversations |= {conversation for _, conversation in self.settled.values()}
        self.conversations |= self.revived

    def add(self, rows: Iterable[Stored]) -> None:
        """Messages that the same batch stored."""
        self.known |= {(row.channel_id, row.provider_id): row for row in rows}

    def split(self) -> tuple[list[tuple[int, Change]], list[Change]]:
        """(message id, change) of those that are known, and the changes that came too early."""
        found: list[tuple[int, Change]] = []
        early: list[Change] = []
        for change in self.changes:
            message = self.known.get(self._name(change))
            pk = message.pk if message else None
            if pk is None and isinstance(change, StatusChange):
                pk, _ = self.settled.get(change.provider_id, (None, 0))
            if pk is None:
                early.append(change)
            else:
                found.append((pk, change))
        return found, early

    def _name(self, change: Change) -> Name:
        return (self.channels[change.number], change.provider_id)
