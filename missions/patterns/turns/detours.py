"""The shortest turn that goes where it may: a Dubins way, with longer runs, or round what is in it.

Where neither helps, the turn is led by places round the obstacles, passed along their edges: a
search over such states, best first, in which a way is held against the ground only when its turn
has come.
"""

import heapq
import itertools
import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from missions.patterns.turns.dubins import DubinsWay, dubins_lengths, dubins_ways

Array = npt.NDArray[np.float64]
Turn = tuple[DubinsWay, ...]

FINE_RAD = 0.2
# Straights before and behind a turn, in radii, the shorter sum first.
RUNS = sorted(itertools.product((0.0, 0.5, 1.0, 2.0), repeat=2), key=sum)
# How far off an obstacle a turn is led, in radii, by how many places at most, of how many looks.
OFF_RADII, MOST_PLACES, MOST_LOOKS = 0.3, 90, 300
# Looks at the ground in all, after which only the plain turns are tried.
MOST_LOOKS_IN_ALL = 4000
# Words tried between two states, the shortest first.
WORDS_TRIED = 3


class Turns:
    """Turns of one radius; `may_fly` judges a line, `allowed` is where it has to stay, if given."""

    def __init__(
        self,
        radius_m: float,
        may_fly: Callable[[BaseGeometry], bool],
        obstacles: BaseGeometry,
        allowed: BaseGeometry | None = None,
    ) -> None:
        self._radius_m, self._ground = radius_m, may_fly
        self._looks = 0
        self._via = _states_round(obstacles, radius_m, allowed)
        self._between = dubins_lengths(self._via, self._via, radius_m) if len(self._via) else None
        self._known: dict[tuple[int, int], DubinsWay | None] = {}

    def turn(self, a: Array, b: Array) -> Turn | None:
        """The ways from state `a` to state `b`, None where none was found."""
        patient = self._looks < MOST_LOOKS_IN_ALL
        for out, into in RUNS if patient else RUNS[:1]:
            first, last = along(a, out * self._radius_m), along(b, -into * self._radius_m)
            way = self._free(first, last)
            if way is not None and self._runs_are_free(a, first, last, b):
                return _with_runs(a, first, way, last, b)
        return self._led(a, b) if patient else None

    def _may_fly(self, line: LineString) -> bool:
        self._looks += 1
        return self._ground(line)

    def _runs_are_free(self, a: Array, first: Array, last: Array, b: Array) -> bool:
        runs = [(p, q) for p, q in ((a, first), (last, b)) if math.dist(p[:2], q[:2]) > 1e-6]
        return all(self._may_fly(LineString((p[:2], q[:2]))) for p, q in runs)

    def _free(self, a: Array, b: Array) -> DubinsWay | None:
        for way in dubins_ways(a, b, self._radius_m)[:WORDS_TRIED]:
            states = way.states(FINE_RAD)
            if len(states) < 2 or self._may_fly(LineString(states[:, :2])):
                return way
        return None

    def _led(self, a: Array, b: Array) -> Turn | None:
        """Best first over the places round the obstacles; -1 is `a`, the last index is `b`."""
        if self._between is None:
            return None
        goal = len(self._via)
        into = np.append(dubins_lengths(self._via, b[None], self._radius_m)[:, 0], 0.0)
        outs = np.append(dubins_lengths(a[None], self._via, self._radius_m)[0], np.inf)
        reached: dict[int, Turn] = {}
        queue = [(out + into[i], float(out), int(i), -1) for i, out in enumerate(outs[:-1])]
        heapq.heapify(queue)
        for _ in range(MOST_LOOKS):
            if not queue:
                return None
            _, cost, index, before = heapq.heappop(queue)
            if index in reached:
                continue
            way = self._edge(a, b, before, index)
            if way is None:
                continue
            reached[index] = (*reached.get(before, ()), way)
            if index == goal:
                return reached[index]
            heapq.heappush(queue, (cost + into[index], cost + float(into[index]), goal, index))
            for other, length in enumerate(self._between[index]):
                if other not in reached and other != index:
                    after = cost + float(length)
                    heapq.heappush(queue, (after + into[other], after, other, index))
        return None

    def _edge(self, a: Array, b: Array, before: int, index: int) -> DubinsWay | None:
        if before < 0:
            return self._free(a, self._via[index])
        if index == len(self._via):
            return self._free(self._via[before], b)
        if (before, index) not in self._known:
            self._known[before, index] = self._free(self._via[before], self._via[index])
        return self._known[before, index]


def along(state: Array, distance_m: float) -> Array:
    """The state so far ahead, straight on."""
    course = state[2]
    moved = (distance_m * math.sin(course), distance_m * math.cos(course), 0.0)
    return np.asarray(state + np.array(moved))


def straight(a: Array, b: Array, radius_m: float) -> DubinsWay:
    """The way from one state to another that lies straight ahead."""
    start = (float(a[0]), float(a[1]), float(a[2]))
    length = math.dist(a[:2], b[:2])
    return DubinsWay(word="SSS", parts_m=(length, 0.0, 0.0), start=start, radius_m=radius_m)


def _with_runs(a: Array, first: Array, way: DubinsWay, last: Array, b: Array) -> Turn:
    before = (straight(a, first, way.radius_m),) if math.dist(a[:2], first[:2]) > 1e-6 else ()
    behind = (straight(last, b, way.radius_m),) if math.dist(last[:2], b[:2]) > 1e-6 else ()
    return (*before, way, *behind)


def _states_round(obstacles: BaseGeometry, radius_m: float, allowed: BaseGeometry | None) -> Array:
    """Places round each obstacle and inside of the edge, along them in both directions."""
    off = OFF_RADII * radius_m
    rings = [part.convex_hull.buffer(off, quad_segs=2) for part in shapely.get_parts(obstacles)]
    rings = [ring.simplify(off / 4.0) for ring in rings]
    if allowed is not None:
        inner = shapely.get_parts(allowed.buffer(-off))
        rings += [part.simplify(off).segmentize(2.0 * radius_m) for part in inner]
    rows = [row for ring in rings for row in _both_ways(ring)]
    if len(rows) > MOST_PLACES:
        rows = rows[:: math.ceil(len(rows) / MOST_PLACES)]
    return np.array(rows).reshape(-1, 3)


def _both_ways(shape: BaseGeometry) -> list[tuple[float, float, float]]:
    """The corners of a polygon's outline, each with the courses along it."""
    if shape.is_empty:
        return []
    ring = shapely.get_coordinates(shapely.get_exterior_ring(shape))[:-1]
    ahead, behind = np.roll(ring, -1, axis=0), np.roll(ring, 1, axis=0)
    courses = np.arctan2(*(ahead - behind).T)
    states = [(e, n, c) for (e, n), c in zip(ring, courses, strict=True)]
    return states + [(e, n, course + math.pi) for e, n, course in states]
