"""A way cut into stretches that different drones may fly: together they see what it saw.

A way sees a band beside each leg and a disc at each corner. It is cut within legs only, so that no
corner is lost: near the ends of long legs, where a drone may sensibly come from elsewhere, and in
between, so that work can be divided evenly.
"""

import itertools
import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from missions.fleet.leg_motion import flown_rows
from missions.patterns.inside import Point
from missions.vehicle import Vehicle

Array = npt.NDArray[np.float64]

# A cut is this far from the corners of its leg, in swaths, or a quarter of the leg.
OFF_CORNERS_SWATHS = 0.25
SHORTEST_PART = 0.35
SAME_M = 1e-6


@dataclass(frozen=True, slots=True)
class Stretches:
    """The way's points, (n, 2) metres, and how far along it each is and each stretch begins and
    ends: stretch i is from `cuts_m[i]` to `cuts_m[i + 1]`."""

    points: Array
    points_m: Array
    cuts_m: Array
    # Ways between two distances: making even asks again and again for those of most runs.
    known: dict[tuple[float, float], list[Point]] = field(default_factory=dict, compare=False)

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.cuts_m) - 1

    def nodes(self) -> Array:
        """Where the cuts are, (count + 1, 2) metres."""
        sides = [np.interp(self.cuts_m, self.points_m, self.points[:, i]) for i in (0, 1)]
        return np.column_stack(sides)

    def seconds(self, vehicle: Vehicle, speed_m_s: float) -> Array:
        """How long each stretch takes as part of the whole way."""
        still = np.column_stack((self.points, np.zeros(len(self.points))))
        rows = np.vstack(([0.0, *still[0]], flown_rows(still, vehicle, speed_m_s)))
        times: Array = np.diff(np.interp(self.cuts_m, along_m(rows[:, 1:3]), rows[:, 0]))
        return np.maximum(times, 0.0)

    def between(self, first_m: float, last_m: float) -> list[Point]:
        """The way from one distance along it to another, which may be before."""
        key = first_m, last_m
        if key not in self.known:
            self.known[key] = self._between(first_m, last_m)
        return self.known[key]

    def _between(self, first_m: float, last_m: float) -> list[Point]:
        low, high = min(first_m, last_m), max(first_m, last_m)
        begin, end = np.searchsorted(self.points_m, (low + SAME_M, high - SAME_M))
        inner = [(x, y) for x, y in self.points[begin:end].tolist()]
        ordered = [self._at(low), *inner, self._at(high)]
        return ordered if first_m <= last_m else ordered[::-1]

    def _at(self, along: float) -> Point:
        after = min(int(np.searchsorted(self.points_m, along)), len(self.points_m) - 1)
        leg = [max(after - 1, 0), after]
        (begins_m, ends_m), ((a, b), (x, y)) = (
            self.points_m[leg].tolist(),
            self.points[leg].tolist(),
        )
        length_m = ends_m - begins_m
        share = min(max((along - begins_m) / length_m, 0.0), 1.0) if length_m > 0.0 else 0.0
        return a + share * (x - a), b + share * (y - b)


def along_m(points: Array) -> Array:
    """How far along a way each of its points is."""
    steps = np.hypot(*np.diff(points, axis=0).T)
    return np.concatenate(([0.0], np.cumsum(steps)))


def cut_way(points: Array, *, swath_m: float, most: int) -> Stretches:
    """A way in about `most` stretches, none much shorter than the others."""
    moved = np.hypot(*np.diff(points, axis=0).T) > SAME_M
    points = points[np.concatenate(([True], moved))]
    along = along_m(points)
    part_m = max(float(along[-1]) / max(most, 1), SAME_M)
    cuts = [0.0]
    for start, end in itertools.pairwise(along):
        for at in _cuts_of_leg(float(start), float(end), part_m, swath_m):
            if at - cuts[-1] >= SHORTEST_PART * part_m:
                cuts.append(at)
    whole = float(along[-1])
    if len(cuts) > 1 and whole - cuts[-1] < SHORTEST_PART * part_m:
        cuts.pop()
    return Stretches(points, along, np.array([*cuts, whole]))


def _cuts_of_leg(start: float, end: float, part_m: float, swath_m: float) -> list[float]:
    length = end - start
    off = min(OFF_CORNERS_SWATHS * swath_m, length / 4.0)
    if length < min(part_m, swath_m):
        return [(start + end) / 2.0]
    pieces = max(1, math.ceil((length - 2.0 * off) / part_m))
    return [start + off + (length - 2.0 * off) * i / pieces for i in range(pieces + 1)]


def straightened(points: Array) -> Array:
    """A way without points on straight legs, and without legs of no length."""
    places = points.tolist()
    kept = [places[0]]
    for (x, y), (after_x, after_y) in itertools.pairwise(places[1:]):
        into_x, into_y, on_x, on_y = x - kept[-1][0], y - kept[-1][1], after_x - x, after_y - y
        into_m = math.hypot(into_x, into_y)
        turn = abs(into_x * on_y - into_y * on_x)
        straight = turn <= 1e-9 * into_m * math.hypot(on_x, on_y)
        straight = straight and into_x * on_x + into_y * on_y > 0.0
        if into_m > SAME_M and not straight:
            kept.append([x, y])
    return np.array([*kept, places[-1]])
