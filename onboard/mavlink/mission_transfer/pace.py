"""How far ahead of the vehicle's requests an upload may run on the link at hand.

PX4 takes the item that it waits for whether it has asked for it or not, and passes over any other
without a word (mavlink_mission.cpp, `handle_mission_item_both`). So items may be pushed ahead in
their order: on a long link one round trip then brings many items, not one. An item that is lost
makes PX4 pass over all behind it and costs a round trip, so on a lossy link each is sent as often
as makes that rare.
"""

from collections import deque
from dataclasses import dataclass, field
from math import ceil, log

# On a link quicker than this, PX4's own request for each item is quick enough.
PROMPT_S = 0.08
# At most this many items a second, so that a slow radio is not flooded.
ITEM_EVERY_S = 0.04
AHEAD_AT_MOST = 24
COPIES_AT_MOST = 4
# Copies are added until an item is lost altogether less often than this.
LOST_ALTOGETHER = 0.02
WORTH_A_COPY = 0.04
FIRST_WAIT_S = 0.5
SHORTEST_WAIT_S = 0.2
LONGEST_WAIT_S = 3.0
WEIGHT_OF_NEW = 0.08
RECENT = 8


@dataclass(slots=True)
class Pace:
    """What has been measured of the link; round trips in seconds, `loss` a share 0..1."""

    shortest_s: float | None = None
    loss: float = 0.0
    _recent_s: deque[float] = field(default_factory=lambda: deque(maxlen=RECENT))

    @property
    def usual_s(self) -> float | None:
        """The round trip of late: the shortest of some, for losses only ever make one longer."""
        return min(self._recent_s, default=None)

    def round_trip(self, *, first_s: float, last_s: float) -> None:
        """An item has been answered, so long after it was said for the first and the last time.

        The answer is to the last where that is long enough ago for the link, else to an earlier.
        """
        shortest_s = first_s if self.shortest_s is None else min(self.shortest_s, first_s)
        self.shortest_s = shortest_s
        self._recent_s.append(last_s if last_s >= 0.9 * shortest_s else first_s)

    def arrived(self, *, lost: bool) -> None:
        """One message that was due has come, or is known to be lost."""
        self.loss += WEIGHT_OF_NEW * ((1.0 if lost else 0.0) - self.loss)

    @property
    def ahead(self) -> int:
        """How many items may be on their way at once."""
        if self.usual_s is None or self.usual_s < PROMPT_S:
            return 1
        return min(AHEAD_AT_MOST, 2 + int(1.3 * self.usual_s / ITEM_EVERY_S))

    @property
    def copies(self) -> int:
        """How often each item is sent; once where the link is full: copies would fill it more."""
        if self.ahead == 1 or self.loss < WORTH_A_COPY or self._full:
            return 1
        return min(COPIES_AT_MOST, ceil(log(LOST_ALTOGETHER) / log(min(self.loss, 0.9))))

    @property
    def wait_s(self) -> float:
        """How long an answer may take before the item counts as lost."""
        if self.usual_s is None:
            return FIRST_WAIT_S
        return min(LONGEST_WAIT_S, max(SHORTEST_WAIT_S, 1.25 * self.usual_s + 0.05))

    @property
    def _full(self) -> bool:
        """Whether messages wait in a queue: the round trip has grown with what we send."""
        if self.usual_s is None or self.shortest_s is None:
            return False
        return self.usual_s > 3.0 * self.shortest_s + 0.1
