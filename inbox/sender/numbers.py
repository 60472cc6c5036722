"""What each channel that is with this sender may send at this moment, and what waits for it."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from accounts.models import Channel
from inbox.actions.attempts import Call
from inbox.actions.turns import LEASE, Turn
from inbox.failures.delays import PAIR_LIMIT, retry_delay
from inbox.models import OutboxEntry
from inbox.outbox import Claim, Slot
from inbox.queries.paces import PairHistory
from inbox.sender.circuit import Circuit
from inbox.sender.pacing import RECOVERY, NumberPace, PairPaces, rate_of
from inbox.transports import Accepted, Outcome, Refused

# Seconds of a number's rate that are begun before they may leave, so that none waits for us:
# at least, and at most where a look into the queue takes long.
AHEAD, MOST_AHEAD = 0.15, 1.0
LEAST_AHEAD = 4
# The turn ends this much earlier for us than for those who wait for it.
EARLY = 1.0
LANES = sorted(OutboxEntry.Lane, reverse=True)
# Refusals because of too much at once, for the number or for the whole account.
TOO_FAST = {4, 80007, 130429}


@dataclass
class Number:
    """One channel: what was begun and waits to leave, what is on its way, and how fast."""

    pace: NumberPace
    circuit: Circuit = field(default_factory=Circuit)
    waiting: list[tuple[int, int, Call]] = field(default_factory=list)
    until: float = 0.0
    is_leaving: bool = False
    is_dry: bool = False
    probe_lane: int = 0
    lead: float = AHEAD

    @property
    def ahead(self) -> int:
        return max(LEAST_AHEAD, int(self.pace.share * self.lead))

    def room(self, lane: int) -> int:
        """How many more of this lane may be begun; what is less urgent is not in the way.

        What is on its way is limited too, so that a number whose calls hang leaves the others
        their connections; people's replies may go a little beyond that.
        """
        before = sum(urgency <= lane for urgency, _, _ in self.waiting)
        most = max(self.pace.rate, 2 * LEAST_AHEAD)
        most *= 1.0 if lane == OutboxEntry.Lane.BULK else 1.25
        return min(self.ahead - before, int(most) - len(self.circuit.flying) - len(self.waiting))

    def quotas(self, now: float) -> dict[int, int]:
        """Lane -> rows to claim."""
        if self.is_leaving or self.is_dry or now > self.until:
            return {}
        if self.circuit.look(now):
            return self._probe(now)
        rooms = {lane: self.room(lane) for lane in LANES}
        return {lane: room for lane, room in rooms.items() if room > 0}

    def _probe(self, now: float) -> dict[int, int]:
        """One message alone, of a broadcast rather than a person's."""
        if self.waiting or not self.circuit.may_probe(now):
            return {}
        lane = LANES[self.probe_lane % len(LANES)]
        self.probe_lane += 1
        return {lane: 1}

    @property
    def is_low(self) -> bool:
        return len(self.waiting) <= self.ahead // 2

    def take_due(self, now: float) -> list[Call]:
        """Calls that may be made at this moment, counted."""
        count = min(self.pace.allowance(now), len(self.waiting))
        if count:
            self.pace.take(count)
        return [heapq.heappop(self.waiting)[2] for _ in range(count)]


class Numbers:
    """All channels that are with this sender, fed by what leaves, comes in, and Meta answers."""

    def __init__(self, most: int) -> None:
        self.channels: dict[int, Channel] = {}
        self.mine: dict[int, Number] = {}
        self.pairs = PairPaces()
        self._most = most
        self._lead = AHEAD

    def deal(
        self, turns: Iterable[Turn], history: PairHistory, *, asked: float, now: float
    ) -> list[Call]:
        """Take the turns that were given when we asked. Gives calls that may not be made now."""
        kept = {turn.channel_id: turn for turn in turns}
        lost = [self.mine.pop(pk) for pk in set(self.mine) - set(kept)]
        for pk, turn in kept.items():
            channel = self.channels.get(pk)
            rate = rate_of(channel.number if channel else None)
            if pk not in self.mine:
                self.mine[pk] = Number(NumberPace(rate, now))
                self.mine[pk].pace.take(turn.recent)
                self.mine[pk].pace.leave(now, turn.recent)
            number = self.mine[pk]
            number.pace.rate, number.until = rate, asked + LEASE - EARLY
            told = turn.factor + turn.slowed * RECOVERY
            number.pace.factor = min(number.pace.factor, told)
            number.is_leaving = turn.is_leaving
        for pair, ages in history.ages.items():
            self.pairs.recall(pair, ages, now)
        for pair, seconds in history.blocked.items():
            self.pairs.block(pair, seconds, now)
        return [call for number in lost for _, _, call in number.waiting]

    def recent(self, now: float) -> dict[int, int]:
        """Channel id -> messages that left within the last second."""
        for number in self.mine.values():
            number.pace.advance(now)
        return {pk: number.pace.recent for pk, number in self.mine.items()}

    def busy(self) -> list[int]:
        """Channels of which begun calls wait here."""
        return [pk for pk, number in self.mine.items() if number.waiting]

    def wet(self, channel_ids: Iterable[int] | None = None) -> None:
        """There may be something to claim again, of these or of all."""
        for pk in self.mine if channel_ids is None else channel_ids:
            if pk in self.mine:
                self.mine[pk].is_dry = False

    def wants(self) -> bool:
        """Does a number whose queue was not empty run out of begun calls?"""
        return any(n.is_low and not n.is_dry and not n.is_leaving for n in self.mine.values())

    def quotas(self, held: int, now: float, *, is_news: bool) -> dict[Slot, int]:
        """Rows to claim of each channel and lane; no more in all than there are connections.

        Without news only of channels that run out of begun calls.
        """
        free = self._most - held
        found: dict[Slot, int] = {}
        for pk, number in self.mine.items():
            is_due = pk in self.channels and (is_news or number.is_low)
            wanted = number.quotas(now) if is_due else {}
            if wanted and free > 0:
                found |= {(pk, lane): min(count, free) for lane, count in wanted.items()}
                free -= max(wanted.values())
        return found

    def note(self, quotas: Mapping[Slot, int], claims: Iterable[Claim], *, seconds: float) -> None:
        """What a look into the queue gave: who got less than they asked for has no more."""
        self._lead = min(MOST_AHEAD, max(AHEAD, 2 * seconds, self._lead * 0.9))
        for number in self.mine.values():
            number.lead = self._lead
        got: dict[int, int] = {}
        for claim in claims:
            got[claim.channel_id] = got.get(claim.channel_id, 0) + 1
        for pk in {pk for pk, _ in quotas}:
            most = max(count for (channel, _), count in quotas.items() if channel == pk)
            if pk in self.mine:
                is_dry = got.get(pk, 0) < most
                self.mine[pk].is_dry = is_dry and not self.mine[pk].circuit.is_open
        # Channels take turns at being served first.
        if self.mine:
            first = next(iter(self.mine))
            self.mine[first] = self.mine.pop(first)

    def add(self, call: Call, now: float) -> bool:
        """A begun call waits for its moment. False: its channel is not with us any more."""
        number = self.mine.get(call.channel_id)
        if number is None:
            return False
        heapq.heappush(number.waiting, (call.lane, call.message_id, call))
        return True

    def take_due(self, now: float) -> tuple[list[Call], float | None]:
        """Calls of all channels that may be made at this moment, and seconds until there may be
        more; None: nothing waits."""
        calls: list[Call] = []
        waits: list[float] = []
        for number in self.mine.values():
            if number.waiting and now <= number.until:
                calls += number.take_due(now)
                if number.waiting:
                    waits.append(number.pace.wait(now))
        return calls, min(waits, default=None)

    def sending(self) -> list[int]:
        """Channels from which something left just now, or is about to."""
        return [pk for pk, number in self.mine.items() if number.waiting or number.pace.recent]

    def count_inbound(self, counts: Mapping[int, int]) -> None:
        """What came in within the last second."""
        for pk, count in counts.items():
            if pk in self.mine:
                self.mine[pk].pace.inbound = count

    def begin(self, call: Call, now: float) -> None:
        """A call that was due is made."""
        if number := self.mine.get(call.channel_id):
            number.circuit.begin(call.message_id, now)

    def leave(self, call: Call, now: float) -> None:
        """Its body goes to the wire at this moment, or never will."""
        if number := self.mine.get(call.channel_id):
            number.pace.leave(now)

    def stalled(self, now: float) -> list[int]:
        """Channels that send nothing, since all that they sent ended in trouble."""
        return [pk for pk, number in self.mine.items() if number.circuit.look(now)]

    def withdraw(self, channel_ids: Iterable[int]) -> list[Call]:
        """Begun calls that are not to be made."""
        calls = []
        for pk in channel_ids:
            number = self.mine[pk]
            calls += [call for _, _, call in number.waiting]
            number.waiting = []
        return calls

    def learn(self, call: Call, outcome: Outcome, *, began_at: float, now: float) -> float | None:
        """What Meta's answer says about the pace. Gives the factor if it is a new one."""
        number = self.mine.get(call.channel_id)
        answered = isinstance(outcome, Accepted) or (
            isinstance(outcome, Refused) and outcome.http_status is not None
        )
        if number is not None:
            number.circuit.end(call.message_id, now, is_good=answered)
        if not isinstance(outcome, Refused):
            return None
        if outcome.is_unauthorised:
            self.channels.pop(call.channel_id, None)
        if outcome.code == PAIR_LIMIT:
            wait = retry_delay(PAIR_LIMIT, call.tries, outcome.retry_after, max)
            self.pairs.block(call.pair, wait, now)
        is_too_fast = outcome.code in TOO_FAST or outcome.http_status == 429
        if is_too_fast and number and number.pace.slow_down(now, began_at=began_at):
            return number.pace.factor
        return None
