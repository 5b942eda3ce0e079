"""As many sorties as before, made about as long as each other.

The longest that any may take is bisected between the mean and what the longest takes: within it
each sortie flies as far as it can, and there must be no more of them. That is done by forecasts
first, which learn from the flights of what they found; only where these do not come near what they
promise is each step flown. Cuts are only made at places that there are; all together take no more
than a little longer.
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
# By forecasts a step costs next to nothing; so often they learn from the flights.
FORECAST_BISECTIONS, LESSONS = 12, 3


class Task(Protocol):
    """A task that is cut: its places behind an item, forecasts of its parts, and its parts."""

    def places(self, begun: int) -> list[int]:
        """The items behind one at which the task can be left."""

    def about_s(self, begun: int, places: Sequence[int]) -> Array:
        """Forecasts of the sorties from behind an item to each of the places, none less than one
        before."""

    def part(self, begun: int, until: int | None) -> Plan:
        """The sortie from behind one item up to another; None: to the end."""

    def lasts(self, plan: Plan) -> bool:
        """Whether the battery lasts for it."""


def evened(ends: tuple[int, ...], task: Task, takes_s: TakesS) -> tuple[int, ...]:
    """The items at which the sorties end, but the last, instead of these; these if none better."""
    cuts = _Cuts(task, takes_s)
    before = cuts.times_s(ends)
    mean_s, whole_s = sum(before) / len(before), sum(before)
    best, low = _by_forecasts(cuts, ends, mean_s)
    high = max(cuts.times_s(best))
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


def _by_forecasts(
    cuts: "_Cuts", ends: tuple[int, ...], mean_s: float
) -> tuple[tuple[int, ...], float]:
    """The best ends that forecasts lead to, and what the longest takes at least, as they tell."""
    most_s = LONGER * sum(cuts.times_s(ends))
    best, tried, low = ends, ends, mean_s
    for _ in range(LESSONS):
        cuts.learn(tried)
        found, longest_s = cuts.forecast(len(ends), mean_s, max(cuts.times_s(best)), most_s)
        low = max(mean_s, longest_s - WITHIN / 2.0 * mean_s)
        if found is None or found == tried:
            break
        tried, times = found, cuts.times_s(found)
        if sum(times) <= most_s and max(times) < max(cuts.times_s(best)) and cuts.last(found):
            best = found
        if max(cuts.times_s(best)) - low <= WITHIN * mean_s:
            break
    return best, low


class _Cuts:
    """Ways to cut one task, each part timed once."""

    def __init__(self, task: Task, takes_s: TakesS) -> None:
        self._task, self._takes_s = task, takes_s
        self._seconds: dict[tuple[int, int | None], float] = {}
        self._last: dict[tuple[int, int | None], bool] = {}
        # What each sortie takes beyond its forecast.
        self._beyond_s: list[float] = []

    @property
    def timed(self) -> int:
        """How many flights have been timed."""
        return len(self._seconds)

    def times_s(self, ends: Sequence[int]) -> list[float]:
        """Of the sorties up to each of these items, and of the rest."""
        return [self._time_s(*part) for part in _parts(ends)]

    def last(self, ends: Sequence[int]) -> bool:
        """Whether the battery lasts for each of them."""
        return all(self._lasts(*part) for part in _parts(ends))

    def learn(self, ends: Sequence[int]) -> None:
        """Compare the forecasts with the flights of the sorties up to these items."""
        told = self._forecasts_s(ends)
        self._beyond_s = [a - b for a, b in zip(self.times_s(ends), told, strict=True)]

    def forecast(
        self, count: int, low: float, high: float, together_s: float
    ) -> tuple[tuple[int, ...] | None, float]:
        """The ends of so many sorties, and a rest, the longest of which is forecast to be the
        shortest, and how long that is."""
        best: tuple[int, ...] | None = None
        for _ in range(FORECAST_BISECTIONS):
            most_s = (low + high) / 2.0
            found = self._forecast_within(most_s, count)
            times = [] if found is None else self._learnt_s(found)
            if found is None or max(times) > most_s or sum(times) > together_s:
                low = most_s
            else:
                best, high = found, most_s
        return best, high

    def within(self, most_s: float, count: int) -> tuple[int, ...] | None:
        """The ends of so many sorties, and a rest, none of which takes longer; None for none."""
        ends: list[int] = []
        begun = -1
        for _ in range(count):
            until = self._furthest(begun, len(ends), most_s)
            if until is None:
                return None
            ends.append(until)
            begun = until
        return tuple(ends) if self._fits(begun, None, most_s) else None

    def _furthest(self, begun: int, number: int, most_s: float) -> int | None:
        places = self._task.places(begun)
        # Something is left for those behind it.
        if len(places) < 2:
            return None
        near = self._likely(begun, places, number, most_s)
        last = last_that(lambda k: self._fits(begun, places[k], most_s), len(places) - 1, near=near)
        return None if last is None else places[last]

    def _forecast_within(self, most_s: float, count: int) -> tuple[int, ...] | None:
        ends: list[int] = []
        begun = -1
        for number in range(count):
            places = self._task.places(begun)
            likely = min(self._likely(begun, places, number, most_s), len(places) - 2)
            if likely < 0:
                return None
            begun = places[likely]
            ends.append(begun)
        return tuple(ends)

    def _likely(self, begun: int, places: list[int], number: int, most_s: float) -> int:
        """The last of the places up to which a sortie is forecast to take no longer."""
        about_s = self._task.about_s(begun, places) + self._beyond_s[number]
        return int((about_s <= most_s).sum()) - 1

    def _learnt_s(self, ends: Sequence[int]) -> list[float]:
        told = self._forecasts_s(ends)
        return [a + b for a, b in zip(told, self._beyond_s, strict=True)]

    def _forecasts_s(self, ends: Sequence[int]) -> list[float]:
        last = self._task.places(-1)[-1]
        return [
            float(self._task.about_s(begun, (last if until is None else until,))[0])
            for begun, until in _parts(ends)
        ]

    def _fits(self, begun: int, until: int | None, most_s: float) -> bool:
        return self._time_s(begun, until) <= most_s and self._lasts(begun, until)

    def _lasts(self, begun: int, until: int | None) -> bool:
        key = begun, until
        if key not in self._last:
            self._last[key] = self._task.lasts(self._task.part(begun, until))
        return self._last[key]

    def _time_s(self, begun: int, until: int | None) -> float:
        key = begun, until
        if key not in self._seconds:
            self._seconds[key] = self._takes_s(self._task.part(begun, until))
        return self._seconds[key]


def _parts(ends: Sequence[int]) -> list[tuple[int, int | None]]:
    """What each sortie begins behind and ends at; None: the end."""
    return list(zip((-1, *ends), (*ends, None), strict=True))


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
