"""Where walkers go: about an area, round a point, back and forth on a path, in a group."""

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from sim.world.objects import Array

TRIES = 24


class AreaRoam:
    """About a polygon, on straight ways that stay clear of its obstacles."""

    def __init__(
        self,
        area: BaseGeometry,
        *,
        obstacles: BaseGeometry | None = None,
        wait_s: tuple[float, float] = (0.0, 8.0),
        reach_m: float = 60.0,
    ) -> None:
        self._area = area
        self._obstacles = obstacles
        self._wait_s = wait_s
        self._reach_m = reach_m
        shapely.prepare(area)

    def sample(self, rng: np.random.Generator) -> Array:
        """A place in the area that is not inside an obstacle."""
        left, low, right, high = self._area.bounds
        while True:
            at = rng.uniform((left, low), (right, high))
            if self._free(shapely.Point(at)):
                return at

    def next_target(self, at: Array, rng: np.random.Generator) -> tuple[Array, float]:
        """A place within reach to which the way is clear; here, if none is found."""
        for _ in range(TRIES):
            target = at + rng.uniform(-self._reach_m, self._reach_m, 2)
            if self._free(shapely.LineString((at, target)), end=shapely.Point(target)):
                return target, float(rng.uniform(*self._wait_s))
        return at, 2.0

    def _free(self, way: BaseGeometry, end: shapely.Point | None = None) -> bool:
        if not self._area.contains(end or way):
            return False
        return self._obstacles is None or not self._obstacles.intersects(way)


class SpotRoam:
    """Near one spot, with small steps and long pauses: a group that stands, a herd that grazes."""

    def __init__(
        self, centre: Array, *, spread_m: float, wait_s: tuple[float, float] = (4.0, 25.0)
    ) -> None:
        self._centre = centre
        self._spread_m = spread_m
        self._wait_s = wait_s

    def next_target(self, at: Array, rng: np.random.Generator) -> tuple[Array, float]:
        """A place round the spot, evenly over its disc."""
        angle, share = rng.uniform(0.0, 2.0 * np.pi), np.sqrt(rng.random())
        offset = self._spread_m * share * np.array([np.sin(angle), np.cos(angle)])
        return self._centre + offset, float(rng.uniform(*self._wait_s))


class StripRoam:
    """On a strip along a line: cattle that linger on a road."""

    def __init__(
        self,
        centre: Array,
        direction: Array,
        *,
        half_length_m: float,
        half_width_m: float,
        wait_s: tuple[float, float] = (5.0, 20.0),
    ) -> None:
        self._centre = centre
        self._along = direction / np.hypot(*direction)
        self._across = np.array([self._along[1], -self._along[0]])
        self._half = np.array([half_length_m, half_width_m])
        self._wait_s = wait_s

    def next_target(self, at: Array, rng: np.random.Generator) -> tuple[Array, float]:
        """A place on the strip."""
        along, across = rng.uniform(-self._half, self._half)
        target = self._centre + along * self._along + across * self._across
        return target, float(rng.uniform(*self._wait_s))


class PathRoam:
    """Along a path's points, there and back without end; back no further than `turns_back_at`."""

    def __init__(self, path: Array, *, first: int = 0, turns_back_at: int = 0) -> None:
        self._path = path
        self._next = first
        self._step = 1
        self._turns_back_at = turns_back_at

    def next_target(self, at: Array, rng: np.random.Generator) -> tuple[Array, float]:
        """The path's next point; there is no waiting."""
        target: Array = self._path[self._next]
        if self._next == len(self._path) - 1:
            self._step = -1
        elif self._next <= self._turns_back_at and self._step < 0:
            self._step = 1
        self._next += self._step
        return target, 0.0
