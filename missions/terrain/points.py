"""The points of a way that follows the ground: where they stand, each reached in time."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from missions.terrain.flown_heights import Rates, height_bounds
from missions.terrain.profile import Profile
from missions.terrain.tile import Array
from missions.vehicle import Vehicle

# What a change of height costs beyond its length at full rate (jerk and acceleration at both ends),
# and how near to a waypoint's height PX4 must be when it is there (NAV_MC_ALT_RAD is 0.8 m).
SETTLE_S, REACHED_M = 3.0, 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A point of the way: up to which given place, at which sample.

    One that is `level` is as high as the point before it.
    """

    given: int
    sample: int
    inserted: bool
    level: bool = False


def stops_of(
    passed: Sequence[bool],
    profile: Profile,
    floor: Array,
    lifted: Array,
    vehicle: Vehicle,
    tolerance_m: float,
    commanded: Array,
    radii_m: Array,
) -> Iterator[Stop]:
    """The points of the way; after a given place that is passed straight on, a level one.

    A point stands wherever another speed begins. `radii_m` are what the vehicle needs to stop in,
    as it comes to each sample.
    """
    flown = lifted + tolerance_m
    yield Stop(given=0, sample=0, inserted=False)
    for leg, straight_on in enumerate(passed):
        part = profile.of(leg)
        band = _Band(
            distance_m=profile.distance_m[part],
            floor_m=floor[part],
            roof_m=lifted[part] + 3.0 * tolerance_m,
            flown_m=flown[part],
        )
        first = band.level_end(float(radii_m[part.start])) if straight_on else 0
        if first:
            yield Stop(given=leg + 1, sample=part.start + first, inserted=True, level=True)
        for begin, end, speed in _runs(commanded[part], first):
            rates = Rates.of(vehicle, speed_m_s=speed)
            for sample in band.stops(begin, end, rates):
                yield Stop(given=leg + 1, sample=part.start + sample, inserted=True)
            if end < part.stop - part.start - 1:
                yield Stop(given=leg + 1, sample=part.start + end, inserted=True)
        yield Stop(given=leg + 1, sample=part.stop - 1, inserted=False)


def _runs(speeds: Array, first: int) -> Iterator[tuple[int, int, float]]:
    """From where to where of a leg's samples one speed is flown; the last sample begins no way."""
    last = len(speeds) - 1
    changes = (np.flatnonzero(np.diff(speeds[first:last])) + first + 1).tolist()
    for begin, end in itertools.pairwise((first, *changes, last)):
        yield begin, end, float(speeds[begin])


def in_time(
    flown: Array, stops: Sequence[Stop], along_m: Array, vehicle: Vehicle, commanded: Array
) -> tuple[list[Stop], Array]:
    """The points with heights, raised until each is reached by the time that the vehicle is there.

    What is raised can only clear the ground by more: climbs begin earlier, descents end later. A
    level point that is not needed, because the way is level there anyway, is left out.
    """
    at = np.array([stop.sample for stop in stops])
    level = np.flatnonzero([stop.level for stop in stops])
    heights, before = flown[at], np.empty(0)
    taken_s = np.diff(along_m[at]) / commanded[at[:-1]]
    while not np.array_equal(heights, before):
        before = heights
        heights = _raised(heights, taken_s, vehicle)
        heights[level] = heights[level - 1] = np.maximum(heights[level], heights[level - 1])
    same = commanded[at[level - 1]] == commanded[at[level]]
    idle = level[(heights[level + 1] == heights[level]) & same]
    kept = np.setdiff1d(np.arange(len(stops)), idle)
    return [stops[index] for index in kept], heights[kept]


def _raised(flown: Array, taken_s: Array, vehicle: Vehicle) -> Array:
    heights = flown.copy()
    seconds = np.maximum(taken_s - SETTLE_S, 0.0)
    up = REACHED_M + seconds * vehicle.climb_speed_m_s
    down = REACHED_M + seconds * vehicle.descent_speed_m_s
    for i in range(len(seconds) - 1, -1, -1):
        heights[i] = max(heights[i], heights[i + 1] - up[i])
    for i in range(len(seconds)):
        heights[i + 1] = max(heights[i + 1], heights[i] - down[i])
    return heights


@dataclass(frozen=True, slots=True, kw_only=True)
class _Band:
    """One leg's samples: how low and how high the flight may be, and where points would stand."""

    distance_m: Array
    floor_m: Array
    roof_m: Array
    flown_m: Array

    def level_end(self, reach_m: float) -> int:
        """The sample up to which the way is level: `reach_m` on, or half-way; 0 if there is none.

        A leg without a sample of its own is shorter than 10 m: too short to fly past its end.
        """
        level_m = min(reach_m, self.distance_m[-1] / 2.0)
        found = int(np.searchsorted(self.distance_m, level_m))
        return found if found < len(self.distance_m) - 1 else 0

    def stops(self, first: int, last: int, rates: Rates) -> Iterator[int]:
        """The samples at which points are inserted: each as far on as the last one allows."""
        at = first
        while (at := self._furthest(at, last, rates)) < last:
            yield at

    def _furthest(self, start: int, last: int, rates: Rates) -> int:
        """By doubling, then halving: whatever is answered holds, though a further one might too."""
        if self._holds(start, last, rates):
            return last
        good, reach = start + 1, 2
        while start + reach < last and self._holds(start, start + reach, rates):
            good, reach = start + reach, reach * 2
        bad = min(start + reach, last)
        while bad - good > 1:
            middle = (good + bad) // 2
            good, bad = (middle, bad) if self._holds(start, middle, rates) else (good, middle)
        return good

    def _holds(self, start: int, end: int, rates: Rates) -> bool:
        part = slice(start, end + 1)
        way = self.distance_m[part] - self.distance_m[start]
        low, high = height_bounds(self.flown_m[start], self.flown_m[end], way, way[-1], rates)
        inside = (low >= self.floor_m[part] - 1e-6) & (high <= self.roof_m[part] + 1e-6)
        return bool(inside.all())
