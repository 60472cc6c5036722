"""When a number sends nothing for a while, since whatever it sends ends in trouble.

Pure: the time is passed in, in seconds of a clock that only runs forward. A call that ends in
trouble leaves a message of which nobody knows whether it went, so it is better not begun.
"""

from collections import deque
from dataclasses import dataclass, field
from itertools import takewhile

STUCK_AFTER = 5.0  # seconds without an answer
LOOK_BACK = 3.0
LEAST_TROUBLES = 5
WORST_SHARE = 0.2  # of good ends, beside those in trouble
PROBE_EVERY = 8.0


@dataclass
class Circuit:
    """The calls of one number: those on their way, and how the last ones ended."""

    flying: dict[int, float] = field(default_factory=dict)
    ends: deque[tuple[float, bool]] = field(default_factory=deque)
    is_open: bool = False
    since: float = float("-inf")
    probed_at: float = float("-inf")

    def begin(self, key: int, now: float) -> None:
        """A call is made. While the circuit is open it is a probe."""
        self.flying[key] = now
        self.probed_at = now

    def end(self, key: int, now: float, *, is_good: bool) -> None:
        """A call ended; good is any answer by which Meta shows that it works, a refusal too."""
        self.flying.pop(key, None)
        self.ends.append((now, is_good))
        if self.is_open and is_good:
            self._turn(now, is_open=False)

    def look(self, now: float) -> bool:
        """Is it open? Asked often, since a hanging call never tells."""
        while self.ends and self.ends[0][0] < now - LOOK_BACK:
            self.ends.popleft()
        if not self.is_open:
            stuck = takewhile(lambda began: began < now - STUCK_AFTER, self.flying.values())
            bad = sum(began >= self.since for began in stuck)
            bad += sum(not is_good for _, is_good in self.ends)
            good = sum(is_good for _, is_good in self.ends)
            if bad >= LEAST_TROUBLES and good < bad * WORST_SHARE:
                self._turn(now, is_open=True)
        return self.is_open

    def may_probe(self, now: float) -> bool:
        """While open: is it time to see whether it works again?"""
        return now - self.probed_at >= PROBE_EVERY

    def _turn(self, now: float, *, is_open: bool) -> None:
        self.is_open, self.since = is_open, now
        self.ends.clear()
