"""How long to wait before a lost link is tried again: soon at first, then less and less often."""

FIRST_S = 0.5
MOST_S = 8.0


class BackOff:
    """Doubling waits; a link that held for a while begins anew."""

    def __init__(self, *, first_s: float = FIRST_S, most_s: float = MOST_S) -> None:
        self._first_s = first_s
        self._most_s = most_s
        self._next_s = first_s

    def wait_s(self) -> float:
        """The wait before the next attempt."""
        wait_s, self._next_s = self._next_s, min(2.0 * self._next_s, self._most_s)
        return wait_s

    def held(self, lasted_s: float) -> None:
        """The link was open for so long; it counts as good where that outlasts the longest wait."""
        if lasted_s >= self._most_s:
            self._next_s = self._first_s
