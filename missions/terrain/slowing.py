"""Where a way that follows the ground is flown slower, so that it stays below the ceiling.

A slower vehicle climbs and descends more steeply over the ground. Only the stretch on which it has
to climb or descend is slowed, by a fifth or more at a time, until the whole way is below the
ceiling; where even the slowest is not enough, nothing is gained by it and the speed is kept.

A speed is commanded at a waypoint, and takes its way to be had: what is slowed begins so much
earlier, and ends so much later, as the vehicle needs to stop in.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from missions.terrain.capture import highest_behind, stopping_m
from missions.terrain.tile import Array

SLOWEST_M_S = 1.0
SLOWER_BY = 0.8
# A check samples the same leg at other places, and PX4 goes on to the next point a little early.
MARGIN_M = 3.0
# Two slow stretches nearer than this are one.
APART_M = 60.0


@dataclass(slots=True, kw_only=True)
class Speeds:
    """The speed from each sample of a way to the next; `along_m` is how far each is: (n,)."""

    along_m: Array
    mission_m_s: float
    acceleration_m_s2: float
    needed: Array = field(init=False)
    kept: npt.NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        self.needed = np.full(len(self.along_m), self.mission_m_s)
        self.kept = np.zeros(len(self.along_m), dtype=bool)

    @property
    def room_m(self) -> float:
        """What the vehicle needs to stop in, at the mission's speed."""
        return float(stopping_m(self.mission_m_s, self.acceleration_m_s2))

    @property
    def commanded(self) -> Array:
        """The speeds that are asked for: slow already before it is needed, and still behind it."""
        if not self.slowed.any():
            return self.needed
        wide = -self._widened(-self.needed, self.room_m)
        # A short stretch between two slow ones is not worth two commands.
        closed = -self._widened(-wide, APART_M)
        return np.minimum(wide, self._widened(closed, APART_M))

    @property
    def arriving(self) -> Array:
        """The speed that each sample may be come to with: a faster one is not lost at once."""
        return highest_behind(self.along_m, self._incoming(), self.room_m)

    @property
    def slowed(self) -> npt.NDArray[np.bool_]:
        """Where the way must be flown slower than the mission."""
        found: npt.NDArray[np.bool_] = self.needed < self.mission_m_s
        return found

    def slower(self, first: int, last: int) -> bool:
        """Slow the way from one sample to another; whether that was still possible."""
        part = slice(first, max(last, first + 1))
        free = ~self.kept[part] & (self.needed[part] > SLOWEST_M_S)
        if not free.any():
            return False
        less = np.maximum(SLOWEST_M_S, SLOWER_BY * self.needed[part])
        self.needed[part] = np.where(free, np.minimum(self.needed[part], less), self.needed[part])
        return True

    def keep(self, first: int, last: int) -> None:
        """Give up on the way from one sample to another: it is flown at the mission's speed."""
        self.kept[first : last + 1] = True
        self.needed[first : last + 1] = self.mission_m_s

    def _incoming(self) -> Array:
        """The speed of the way that ends at each sample."""
        speeds = self.commanded
        return np.concatenate((speeds[:1], speeds[:-1]))

    def _widened(self, values: Array, reach_m: float) -> Array:
        """The greatest value within reach on either side."""
        back = highest_behind(self.along_m, values, reach_m)
        turned = highest_behind(-self.along_m[::-1], values[::-1], reach_m)[::-1]
        widest: Array = np.maximum(back, turned)
        return widest


@dataclass(frozen=True, slots=True, kw_only=True)
class Flown:
    """A way as it was laid at some speeds: floor, the floor lifted, and the highest it is flown.

    All heights above sea level, shapes (n,); `stops` are the samples at which points stand,
    `least_m` the lowest that a way without slopes would be flown at, `roof_m` the ceiling.
    """

    floor_m: Array
    lifted_m: Array
    high_m: Array
    least_m: Array
    roof_m: Array
    stops: npt.NDArray[np.int64]

    @property
    def over_m(self) -> Array:
        """How far above the roof it is flown, where anything below it could be flown; else 0."""
        over = self.high_m - self.roof_m + MARGIN_M
        found: Array = np.where(self.least_m + MARGIN_M <= self.roof_m, np.maximum(over, 0.0), 0.0)
        return found

    @property
    def too_high(self) -> list[slice]:
        """Each run of samples above the roof."""
        bad = np.concatenate(([False], self.over_m > 0.0, [False]))
        borders = np.flatnonzero(np.diff(bad.astype(np.int8))).tolist()
        return [slice(a, b) for a, b in zip(borders[::2], borders[1::2], strict=True)]

    def whole_about(self, sample: int) -> tuple[int, int]:
        """All that climbs or descends, and is too high, about a sample."""
        runs = (one for one in self.too_high if one.start <= sample < one.stop)
        run = next(runs, slice(sample, sample + 1))
        return self.slope_about(run.start)[0], self.slope_about(run.stop - 1)[1]

    def cause(self, sample: int) -> tuple[int, int]:
        """The stretch whose slope makes a sample high; else the one between the points about it."""
        first, last = self.slope_about(sample)
        if first == last:
            return self._between_stops(sample)
        # A descent has to be steeper before the sample, a climb behind it.
        if self.lifted_m[first] > self.lifted_m[sample] >= self.lifted_m[last]:
            return first, sample
        if self.lifted_m[last] > self.lifted_m[sample] >= self.lifted_m[first]:
            return sample, last
        return first, last

    @property
    def resting(self) -> npt.NDArray[np.bool_]:
        """Where the way is as low as it may be."""
        found: npt.NDArray[np.bool_] = self.lifted_m <= self.floor_m + MARGIN_M
        return found

    def slope_about(self, sample: int) -> tuple[int, int]:
        """From where to where about a sample the way only climbs and descends; else the sample."""
        resting = np.flatnonzero(self.resting)
        after = int(np.searchsorted(resting, sample))
        if after < len(resting) and resting[after] == sample:
            return sample, sample
        first = int(resting[after - 1]) if after else 0
        return first, int(resting[after]) if after < len(resting) else len(self.lifted_m) - 1

    def _between_stops(self, sample: int) -> tuple[int, int]:
        after = int(np.searchsorted(self.stops, sample, side="right"))
        first = int(self.stops[max(after - 2, 0)])
        return first, int(self.stops[min(after, len(self.stops) - 1)])


def slow_where_too_high(speeds: Speeds, flown: Flown, begun: Flown) -> bool:
    """Slow what makes the way too high; False where nothing is left to be done.

    `begun` is the way at the mission's speed: what is one climb or descent there is given up as a
    whole, for what is flown slowly in a part of it would be lost in the rest.
    """
    again = False
    over_m = flown.over_m
    for run in flown.too_high:
        sample = run.start + int(np.argmax(over_m[run]))
        if speeds.kept[sample]:
            continue
        again = True
        first, last = flown.cause(sample)
        if not speeds.slower(first, last):
            whole = begun.whole_about(sample)
            first, last = min(first, whole[0]), max(last, whole[1])
            # What was slowed for it on the level before and behind.
            alone = speeds.slowed & begun.resting
            while first > 0 and alone[first - 1]:
                first -= 1
            while last < len(alone) - 1 and alone[last]:
                last += 1
            speeds.keep(first, last)
    return again
