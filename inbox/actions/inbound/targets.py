"""Which messages the statuses, reactions, edits and revocations of a batch speak of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from inbox.actions.inbound.arrivals import StatusChange
from inbox.actions.inbound.changes import Change, touches_row
from inbox.actions.statuses import find_by_callback
from inbox.models import Message


@dataclass(slots=True)
class Targets:
    """The messages that are known, and the conversations that must be locked for them.

    channels: phone number id -> channel id. by_key: (channel id, provider id) -> message id.
    settled: provider id -> (message id, conversation id), of messages whose provider id a
    status brings only now.
    """

    channels: Mapping[str, int]
    changes: list[Change]
    by_key: dict[tuple[int, str], int] = field(default_factory=dict)
    settled: dict[str, tuple[int, int]] = field(default_factory=dict)
    conversations: set[int] = field(default_factory=set)

    def find(self) -> None:
        """Look them up, without locking anything yet."""
        if not self.changes:
            return
        loud = {change.provider_id for change in self.changes if touches_row(change)}
        rows = Message.objects.filter(provider_id__in={c.provider_id for c in self.changes})
        for pk, channel, provider_id, conversation, status in rows.values_list(
            "pk", "channel_id", "provider_id", "conversation_id", "status"
        ):
            self.by_key[channel, provider_id or ""] = pk
            if provider_id in loud or status == Message.Status.FAILED:
                self.conversations.add(conversation)
        lost = [c for c in self.changes if isinstance(c, StatusChange) and not self._has(c)]
        self.settled = find_by_callback(lost, self.channels)
        self.conversations |= {conversation for _, conversation in self.settled.values()}

    def add(self, rows: Iterable[Message]) -> None:
        """Messages that the same batch stored."""
        self.by_key |= {(row.channel_id, row.provider_id or ""): row.pk for row in rows}

    def split(self) -> tuple[list[tuple[int, Change]], list[Change]]:
        """(message id, change) of those that are known, and the changes that came too early."""
        found: list[tuple[int, Change]] = []
        early: list[Change] = []
        for change in self.changes:
            pk = self.by_key.get(self._key(change))
            if pk is None and isinstance(change, StatusChange):
                pk, _ = self.settled.get(change.provider_id, (None, 0))
            if pk is None:
                early.append(change)
            else:
                found.append((pk, change))
        return found, early

    def _key(self, change: Change) -> tuple[int, str]:
        return (self.channels[change.number], change.provider_id)

    def _has(self, change: Change) -> bool:
        return self._key(change) in self.by_key
