"""How many messages came in within the last second, since Meta counts both directions."""

from collections.abc import Sequence
from time import monotonic

from inbox.queries.paces import inbound_of_last_second, newest_message_id

# A message may be committed so much later than its id was given.
SLACK = 2.0
# The most of the last looks counts, since between two of them more may come in.
HOLD = 0.2


class Inbound:
    """Remembers from where on to look, so that no look reads more than the last seconds."""

    def __init__(self) -> None:
        self._marks: list[tuple[float, int]] = []
        self._looks: list[tuple[float, dict[int, int]]] = []

    def look(self, channel_ids: Sequence[int]) -> dict[int, int]:
        """Channel id -> messages of a second, also where there was none."""
        now = monotonic()
        if not self._marks or now - self._marks[-1][0] >= SLACK:
            self._marks = [*self._marks[-1:], (now, newest_message_id())]
        counts = inbound_of_last_second(channel_ids, since=self._marks[0][1])
        self._looks = [look for look in self._looks if look[0] > now - HOLD] + [(now, counts)]
        return {pk: max(seen.get(pk, 0) for _, seen in self._looks) for pk in channel_ids}
