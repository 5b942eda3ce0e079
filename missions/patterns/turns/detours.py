"""The shortest turn that goes where it may: a Dubins way, with longer runs, or round what is in it.

Where no Dubins way is free, the turn goes by circles that fit (see `circles`).
"""

import itertools
import math
from collections.abc import Callable
from functools import cache

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from missions.patterns.turns.circles import TurningRoom
from missions.patterns.turns.corners import corners_of
from missions.patterns.turns.dubins import DubinsWay, dubins_ways_between

Array = npt.NDArray[np.float64]
Turn = tuple[DubinsWay, ...]

FINE_RAD = 0.2
# Straights before and behind a turn, in radii, the shorter sum first.
RUN_RADII = (0.0, 0.5, 1.0)
RUNS = sorted(
    itertools.product(range(len(RUN_RADII)), repeat=2),
    key=lambda both: RUN_RADII[both[0]] + RUN_RADII[both[1]],
)
# Words tried between two states, the shortest first.
WORDS_TRIED = 3
# A way of no length at all.
NOWHERE_M = 1e-9
# There is room for turns so far about, in radii.
WIDE_RADII = 12.0


class Turns:
    """Turns of one radius; `may_fly` judges a line, `allowed` is where it has to stay, if given:
    else it has room about the obstacles and `around`."""

    def __init__(
        self,
        radius_m: float,
        may_fly: Callable[[BaseGeometry], bool],
        obstacles: BaseGeometry,
        allowed: BaseGeometry | None = None,
        around: BaseGeometry | None = None,
    ) -> None:
        self._radius_m, self._ground = radius_m, may_fly
        self.room = (
            None
            if obstacles.is_empty and allowed is None
            else turning_room(radius_m, obstacles, allowed, around)
        )

    def turn(self, a: Array, b: Array) -> Turn | None:
        """The ways from state `a` to state `b`, None where none was found."""
        by_ways = self._by_ways(a, b)
        found = [by_ways] if by_ways is not None else []
        by_circles = self.room.turn(a, b) if self.room is not None and self._worth(found) else None
        if by_circles is not None:
            found.append(by_circles)
        return min(found, key=lambda turn: sum(way.length_m for way in turn), default=None)

    def _worth(self, found: list[Turn]) -> bool:
        """Whether circles may be shorter: not where the plain Dubins way is free."""
        return not found or len(found[0]) > 1

    def _by_ways(self, a: Array, b: Array) -> Turn | None:
        """With the shortest runs with which one of the first Dubins ways is free."""
        firsts = np.array([along(a, run * self._radius_m) for run in RUN_RADII])
        lasts = np.array([along(b, -run * self._radius_m) for run in RUN_RADII])
        ways = dubins_ways_between(firsts, lasts, self._radius_m)
        out_is_free = cache(lambda i: self._run_is_free(a, firsts[i]))
        into_is_free = cache(lambda j: self._run_is_free(lasts[j], b))
        for i, j in RUNS:
            if not (out_is_free(i) and into_is_free(j)):
                continue
            way = self._free(ways(i, j), lasts[j])
            if way is not None:
                return _with_runs(a, firsts[i], way, lasts[j], b)
        return None

    def _run_is_free(self, begin: Array, end: Array) -> bool:
        if math.dist(begin[:2], end[:2]) <= 1e-6:
            return True
        return self._ground(LineString((begin[:2], end[:2])))

    def _free(self, ways: list[DubinsWay], b: Array) -> DubinsWay | None:
        for way in ways[:WORDS_TRIED]:
            if self._keeps_off(way, b):
                return way
        return None

    def _keeps_off(self, way: DubinsWay, b: Array) -> bool:
        """Whether neither the way nor the corners that it is written as lead over an obstacle."""
        if self.room is None or way.length_m <= NOWHERE_M:
            return True
        corners = [way.start[:2], *corners_of(way), (float(b[0]), float(b[1]))]
        if not self._ground(LineString(corners)):
            return False
        states = way.states(FINE_RAD)
        return len(states) < 2 or self._ground(LineString(states[:, :2]))


def turning_room(
    radius_m: float,
    obstacles: BaseGeometry,
    allowed: BaseGeometry | None,
    around: BaseGeometry | None = None,
) -> TurningRoom:
    """Where circles fit between obstacles, about them and `around`, or within `allowed`."""
    if allowed is None:
        whole = obstacles if around is None else shapely.union(obstacles.envelope, around.envelope)
        wide = whole.envelope.buffer(WIDE_RADII * radius_m, join_style="mitre")
        return TurningRoom(wide.difference(obstacles), radius_m)
    ground = allowed if obstacles.is_empty else allowed.difference(obstacles)
    return TurningRoom(ground, radius_m)


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
