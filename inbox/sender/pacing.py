"""How fast messages may leave: a budget a number for both directions, and one a pair.

Pure: the time is passed in, in seconds of a clock that only runs forward. Meta, "Throughput"
(80 messages a second, 1,000 after the upgrade, 20 beside the phone app, in and out together)
and "About the platform" (to one person a burst of 45, then one in 6 seconds).
"""

from dataclasses import dataclass, field

from accounts.models import PhoneNumber

STANDARD, HIGH, BESIDE_PHONE_APP = 80.0, 1000.0, 20.0
# A part of the rate may go at once, so the refill is that much less: no second is above it.
BURST = 0.02
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
    """A token bucket that a refusal for throughput slows, and time makes fast again."""

    rate: float
    at: float
    tokens: float = 1.0
    factor: float = 1.0

    @property
    def burst(self) -> float:
        return max(1.0, self.rate * self.factor * BURST)

    def advance(self, now: float) -> None:
        """Let time pass."""
        passed = max(0.0, now - self.at)
        self.at = now
        self.factor = min(1.0, self.factor + passed * RECOVERY)
        refill = max(self.rate * self.factor - self.burst, self.rate * self.factor * 0.5)
        self.tokens = min(self.burst, self.tokens + passed * refill)

    def allowance(self, now: float) -> int:
        """How many messages may leave at this moment."""
        self.advance(now)
        return max(0, int(self.tokens))

    def take(self, count: int) -> None:
        """Count messages that leave, or that came in: those may leave a debt of one second."""
        self.tokens = max(self.tokens - count, -self.rate)

    def slow_down(self) -> None:
        """Meta says that it was too much: half of it, and nothing that was saved up."""
        self.factor = max(SLOWEST, self.factor / 2)
        self.tokens = min(self.tokens, 0.0)


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

    def block(self, pair: str, seconds: float, now: float) -> None:
        """Meta says that it was too much for this person."""
        self.blocked_until = {key: at for key, at in self.blocked_until.items() if at > now}
        self.blocked_until[pair] = now + seconds
