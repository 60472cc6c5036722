"""How fast messages may leave: a budget a number for both directions, and one a pair.

Pure: the time is passed in, in seconds of a clock that only runs forward. Meta, "Throughput"
(80 messages a second, 1,000 after the upgrade, 20 beside the phone app, in and out together)
and "About the platform" (to one person a burst of 45, then one in 6 seconds).
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from accounts.models import PhoneNumber

STANDARD, HIGH, BESIDE_PHONE_APP = 80.0, 1000.0, 20.0
# Meta counts where messages arrive, a little later than they leave and never evenly so.
FILL = 0.988  # of the rate, in the long run
SECOND = 1.004  # seconds in which the rate is never passed
BURST = 0.1  # of a second's messages may leave at once, after a pause
LEAST = 0.1  # of the rate is left to us, however much comes in
SLOWEST = 0.02
RECOVERY = 0.02  # of the full rate, a second
PAIR_EVERY, PAIR_BURST = 6.0, 45
PAIRS_KEPT = 20_000


def rate_of(number: PhoneNumber | None) -> float:
    """Messages a second that Meta lets through."""
    if number is None:
        return STANDARD
    if number.is_on_business_app:
        return BESIDE_PHONE_APP
    return HIGH if number.throughput == "HIGH" else STANDARD


@dataclass
class NumberPace:
    """A token bucket that spreads messages, and a count of the last second that is never passed.

    inbound: how many came in within the last second. A refusal for throughput slows both, and
    time makes them fast again.
    """

    rate: float
    at: float
    tokens: float = 1.0
    factor: float = 1.0
    inbound: int = 0
    slowed_at: float = float("-inf")
    counted: deque[tuple[float, int]] = field(default_factory=deque)
    recent: int = 0

    @property
    def share(self) -> float:
        """Messages a second that are left for those that leave."""
        return max(self.rate * LEAST, self.rate - self.inbound) * self.factor

    @property
    def most(self) -> int:
        """That may leave within a second; what a customer writes may not be counted yet."""
        return max(1, int(self.share) - bool(self.inbound))

    def advance(self, now: float) -> None:
        """Let time pass."""
        passed = max(0.0, now - self.at)
        self.at = now
        self.factor = min(1.0, self.factor + passed * RECOVERY)
        pace = self.share * FILL
        self.tokens = min(max(1.0, pace * BURST), self.tokens + passed * pace)
        while self.counted and self.counted[0][0] <= now - SECOND:
            self.recent -= self.counted.popleft()[1]

    def allowance(self, now: float) -> int:
        """How many messages may leave at this moment."""
        self.advance(now)
        left_of_second = self.most - self.recent
        return max(0, min(int(self.tokens), left_of_second))

    def wait(self, now: float) -> float:
        """Seconds until one more may leave; 0 is now."""
        if self.allowance(now):
            return 0.0
        for_token = (1 - self.tokens) / (self.share * FILL)
        is_full = self.recent >= self.most
        for_second = self.counted[0][0] + SECOND - now if is_full and self.counted else 0.0
        return max(for_token, for_second, 0.0)

    def take(self, count: int) -> None:
        """Count messages that are about to leave; each says when it does."""
        self.recent += count
        self.tokens -= count

    def leave(self, now: float, count: int = 1) -> None:
        """Messages that were taken leave now: a busy process may be late, and Meta counts then."""
        self.counted.append((now, count))

    def slow_down(self, now: float, *, began_at: float) -> bool:
        """Meta refused a message that left then, as too much: half of the pace, nothing saved up.

        What left before the last slow-down is the same news once more. Gives whether it is news.
        """
        if began_at < self.slowed_at:
            return False
        self.slowed_at = now
        self.factor = max(SLOWEST, self.factor / 2)
        self.tokens = min(self.tokens, 0.0)
        return True


@dataclass
class PairPaces:
    """When each (number, customer) may be written to again."""

    full_at: dict[str, float] = field(default_factory=dict)
    blocked_until: dict[str, float] = field(default_factory=dict)

    def wait(self, pair: str, now: float) -> float:
        """Seconds until one more may leave; 0 is now."""
        limit = self.full_at.get(pair, now) + PAIR_EVERY - PAIR_EVERY * PAIR_BURST
        return max(0.0, limit - now, self.blocked_until.get(pair, now) - now)

    def take(self, pair: str, now: float) -> None:
        """Count one message that leaves."""
        self.full_at[pair] = max(self.full_at.get(pair, now), now) + PAIR_EVERY
        if len(self.full_at) > PAIRS_KEPT:
            self.full_at = {key: at for key, at in self.full_at.items() if at > now}

    def recall(self, pair: str, ages: Iterable[float], now: float) -> None:
        """Count what another sender let leave, so many seconds ago, the oldest first."""
        self.full_at.pop(pair, None)
        for age in ages:
            self.take(pair, now - age)

    def block(self, pair: str, seconds: float, now: float) -> None:
        """Meta says that it was too much for this person."""
        self.blocked_until = {key: at for key, at in self.blocked_until.items() if at > now}
        self.blocked_until[pair] = now + seconds
