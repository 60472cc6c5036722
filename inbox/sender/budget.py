"""What each channel may send at this moment, kept from answer to answer."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from accounts.models import Channel
from inbox.actions.attempts import Call
from inbox.failures.delays import PAIR_LIMIT, retry_delay
from inbox.outbox import Claim, count_inbound, newest_message_id, sending_channels
from inbox.sender.database import Database
from inbox.sender.pacing import NumberPace, PairPaces, rate_of
from inbox.transports import Outcome, Refused

REFRESH_EVERY = 1.0
# Refusals because of too much at once, for the number or for the whole account.
TOO_FAST = {4, 80007, 130429}


class Budget:
    """Paces of numbers and pairs, fed by what leaves, what comes in, and what Meta answers."""

    def __init__(self) -> None:
        self.channels: dict[int, Channel] = {}
        self.paces: dict[int, NumberPace] = {}
        self.pairs = PairPaces()
        self._strikes: dict[str, int] = {}
        self._newest: int | None = None
        self._refreshed = float("-inf")

    async def refresh(self, database: Database) -> None:
        """Once a second: which channels may send, and what came in meanwhile."""
        now = _now()
        if now - self._refreshed < REFRESH_EVERY:
            return
        rows = await database.run(sending_channels)
        self.channels = {channel.pk: channel for channel in rows}
        for pk, channel in self.channels.items():
            rate = rate_of(channel.number)
            self.paces.setdefault(pk, NumberPace(rate, now)).rate = rate
        if self._newest is None:
            self._newest = await database.run(newest_message_id)
        counts, self._newest = await database.run(count_inbound, self._newest)
        for pk, count in counts.items():
            if pk in self.paces:
                self.paces[pk].take(count)
        self._refreshed = now

    def quotas(self, free: int) -> dict[int, int]:
        """Channel id -> messages that may leave now, `free` at most."""
        now = _now()
        allowed = {pk: min(self.paces[pk].allowance(now), free) for pk in self.channels}
        return {pk: count for pk, count in allowed.items() if count > 0}

    def split(self, claims: Iterable[Claim]) -> tuple[list[int], dict[int, float]]:
        """Message ids that may go, and seconds to wait for those of a busy pair."""
        now, ready, waits = _now(), list[int](), dict[int, float]()
        for claim in claims:
            if wait := self.pairs.wait(claim.pair, now):
                waits[claim.message_id] = wait
                continue
            self.pairs.take(claim.pair, now)
            self.paces[claim.channel_id].take(1)
            ready.append(claim.message_id)
        return ready, waits

    def learn(self, call: Call, outcome: Outcome) -> None:
        """What Meta's answer says about the pace."""
        if not isinstance(outcome, Refused):
            self._strikes.pop(call.pair, None)
            return
        if outcome.is_unauthorised:
            self.channels.pop(call.channel_id, None)
        if outcome.code in TOO_FAST or outcome.http_status == 429:
            self.paces[call.channel_id].slow_down()
        if outcome.code == PAIR_LIMIT:
            strikes = self._strikes[call.pair] = self._strikes.get(call.pair, 0) + 1
            wait = retry_delay(PAIR_LIMIT, strikes, outcome.retry_after, max)
            self.pairs.block(call.pair, wait, _now())


def _now() -> float:
    return asyncio.get_running_loop().time()
