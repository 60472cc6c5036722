"""How long the pages of a crowd may take to ask for what they missed.

After a restart they all come back within seconds; each then asks for a page or two, which are
drawn one after the other.
"""

import math
import time

FORGOTTEN = 10.0  # seconds
UNNOTICED = 20  # pages that may ask at once
EACH = 5.0  # milliseconds of a page
LONGEST = 60_000


class Rush:
    """Counts who came lately."""

    def __init__(self) -> None:
        self.lately = 0.0
        self.at = time.monotonic()

    def enter(self) -> int:
        """One more: the milliseconds within which it may ask."""
        now = time.monotonic()
        self.lately = 1 + self.lately * math.exp((self.at - now) / FORGOTTEN)
        self.at = now
        return self.spread(self.lately)

    @staticmethod
    def spread(pages: float) -> int:
        """Milliseconds for so many: none for a few."""
        return min(LONGEST, round(max(0.0, pages - UNNOTICED) * EACH))
