"""As many sorties as before, made about as long as each other.

The longest that any may take is bisected between the mean and what the longest takes: within it
each sortie flies as far as it can, and there must be no more of them. Cuts are only made at places
that there are; all together take no more than a little longer.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from missions.plan import Plan

Array = npt.NDArray[np.float64]
# Seconds of a plan from take-off to landing.
TakesS = Callable[[Plan], float]

# The longest is found to within this share of the mean.
WITHIN = 0.02
# Flights that are timed beyond those of so many bisections are not worth it.
MOST_TIMED, BISECTIONS = 400, 6
LONGER = 1.01


class Task(Protocol):
    """A task that is cut: its places behind an item, the way by each of them, and its parts."""

    def places(self, begun: int) -> list[int]:
        """The items behind one at which the task can be left."""

    def ways_m(self, begun: int, places: list[int]) -> Array:
        """Metres from home by where it was left on to each of the places, and home."""

    def part(self, begun: int, until: int | None) -> Plan:
        """The sortie from behind one item up to another; None: to the end."""

    def lasts(self, plan: Plan) -> bool:
        """Whether the battery lasts for it."""


def evened(ends: tuple[int, ...], task: Task, takes_s: TakesS) -> tuple[int, ...]:
    """The items at which the sorties end, but the last, instead of these; these if none better."""
    cuts = _Cuts(task, takes_s)
    before = cuts.times_s(ends)
    mean_s, longest_s, whole_s = sum(before) / len(before), max(before), sum(before)
    low, high, best = mean_s, longest_s, ends
    for _ in range(BISECTIONS):
        if not high - low > WITHIN * mean_s or cuts.timed > MOST_TIMED:
            break
        most_s = (low + high) / 2.0
        found = cuts.within(most_s, len(ends))
        times = [] if found is None else cuts.times_s(found)
        if found is None or sum(times) > LONGER * whole_s:
            low = most_s
            continue
        best, high = found, max(times)
    return best


class _Cuts:
    """Ways to cut one task, each part timed once."""

    def __init__(self, task: Task, takes_s: TakesS) -> None:
        self._task, self._takes_s = task, takes_s
        self._seconds: dict[tuple[int, int | None], float] = {}
        self._last: dict[tuple[int, int | None], bool] = {}
        self._m_per_s = 1.0

    @property
    def timed(self) -> int:
        """How many flights have been timed."""
        return len(self._seconds)

    def times_s(self, ends: Sequence[int]) -> list[float]:
        """Of the sorties up to each of these items, and of the rest."""
        return [self._time_s(a, b) for a, b in zip((-1, *ends), (*ends, None), strict=True)]

    def within(self, most_s: float, count: int) -> tuple[int, ...] | None:
        """The ends of so many sorties, and a rest, none of which takes longer; None for none."""
        ends: list[int] = []
        begun = -1
        for _ in range(count):
            until = self._furthest(begun, most_s)
            if until is None:
                return None
            ends.append(until)
            begun = until
        return tuple(ends) if self._fits(begun, None, most_s) else None

    def _furthest(self, begun: int, most_s: float) -> int | None:
        places = self._task.places(begun)
        # Something is left for those behind it.
        if len(places) < 2:
            return None
        ways_m = self._task.ways_m(begun, places)
        near = int((ways_m <= self._m_per_s * most_s).sum()) - 1
        last = last_that(lambda k: self._fits(begun, places[k], most_s), len(places) - 1, near=near)
        if last is None:
            return None
        self._m_per_s = float(ways_m[last]) / max(most_s, 1.0)
        return places[last]

    def _fits(self, begun: int, until: int | None, most_s: float) -> bool:
        if self._time_s(begun, until) > most_s:
            return False
        key = begun, until
        if key not in self._last:
            self._last[key] = self._task.lasts(self._task.part(begun, until))
        return self._last[key]

    def _time_s(self, begun: int, until: int | None) -> float:
        key = begun, until
        if key not in self._seconds:
            self._seconds[key] = self._takes_s(self._task.part(begun, until))
        return self._seconds[key]


def last_that(holds: Callable[[int], bool], count: int, *, near: int) -> int | None:
    """The last of so many up to which something holds, looked for about one; None for none."""
    low, high, step = -1, count, 1
    at = min(max(near, 0), count - 1)
    while high - low > 1:
        if holds(at):
            low, at = at, at + step
        else:
            high, at = at, at - step
        step *= 2
        at = at if low < at < high else (low + high) // 2
    return None if low < 0 else low
