"""Zones of a district on a local plane, and how probable it is that something is in one."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import shapely

from onboard.rules.hours import ALWAYS, Hours

Array = npt.NDArray[np.float64]
RINGS, SPOKES = 4, 12


def _unit_samples() -> Array:
    """Equally probable samples of the standard normal in two dimensions, (48, 2).

    Rings at the middles of equal shares of the Rayleigh distribution, turned against each other.
    """
    shares = (np.arange(RINGS) + 0.5) / RINGS
    radii = np.sqrt(-2.0 * np.log(1.0 - shares))
    turns = np.arange(SPOKES) / SPOKES + np.arange(RINGS)[:, None] / (RINGS * SPOKES)
    angles = math.tau * turns
    return np.stack((radii[:, None] * np.cos(angles), radii[:, None] * np.sin(angles)), -1).reshape(
        -1, 2
    )


UNIT_SAMPLES = _unit_samples()
# So that a covariance of a place that is exactly known has a root.
ALMOST_NOTHING = 1e-9 * np.eye(2)
CLOSE_ENOUGH_M = 1e-6
FARTHEST_SAMPLE = float(np.hypot(*UNIT_SAMPLES.T).max())


@dataclass(frozen=True, slots=True)
class Zone:
    """One or more polygons of a kind, in metres east and north. `id` is a feature's id.

    `hours` are those in which it is to be looked at.
    """

    id: str
    shape: shapely.Geometry
    hours: Hours = ALWAYS


SomeZone = TypeVar("SomeZone", bound=Zone)


@dataclass(frozen=True, slots=True)
class Zones:
    """The zones that rules look at. Empty where there is no district."""

    carriageways: tuple[Zone, ...] = ()
    closed_areas: tuple[Zone, ...] = ()
    watched_areas: tuple[Zone, ...] = ()
    closed_waters: tuple[Zone, ...] = ()
    pastures: tuple[Zone, ...] = ()
    crossings: tuple[Zone, ...] = ()
    waters: tuple[Zone, ...] = ()
    dark_areas: tuple[Zone, ...] = ()
    still_areas: tuple[Zone, ...] = ()
    _union: dict[str, shapely.Geometry] = field(default_factory=dict)

    def on_carriageway(self, en_m: Array, covariances_m2: Array) -> Array:
        """The probability (n,) that each place (n, 2) with covariance (n, 2, 2) is on a road."""
        return probability_within(self.all_roads(), en_m, covariances_m2)

    def carriageway_at(self, en_m: Array) -> str | None:
        """The id of the road that is nearest to a place."""
        point = shapely.Point(en_m)
        nearest = min(
            self.carriageways, key=lambda zone: shapely.distance(zone.shape, point), default=None
        )
        return None if nearest is None else nearest.id

    def near_crossing(self, en_m: Array, within_m: float) -> npt.NDArray[np.bool_]:
        """Whether each place (n, 2) is at a crossing of two roads, or so near to one."""
        near = shapely.dwithin(self._all_crossings(), shapely.points(en_m), within_m)
        return np.atleast_1d(near)

    def off_road_areas(self) -> tuple[Zone, ...]:
        """The closed areas without the roads that lead through them."""
        return self._without_all_roads(self.closed_areas)

    def open_waters(self) -> tuple[Zone, ...]:
        """The waters without the bridges that lead over them."""
        return self._without_all_roads(self.waters)

    def dark_places(self) -> tuple[Zone, ...]:
        """The areas in which no light is expected, without the roads through them."""
        return self._without_all_roads(self.dark_areas)

    def _without_all_roads(self, zones: tuple[Zone, ...]) -> tuple[Zone, ...]:
        off_road = [replace(zone, shape=self._without_roads(zone)) for zone in zones]
        return tuple(zone for zone in off_road if not shapely.is_empty(zone.shape))

    def _without_roads(self, zone: Zone) -> shapely.Geometry:
        name = f"off-road {id(zone)}"
        if name not in self._union:
            shape = shapely.difference(zone.shape, self.all_roads())
            shapely.prepare(shape)
            self._union[name] = shape
        return self._union[name]

    def in_pasture(self, en_m: Array, covariances_m2: Array) -> Array:
        """The probability (n,) that each place (n, 2) with covariance (n, 2, 2) is in a pasture."""
        return probability_within(self._all_pastures(), en_m, covariances_m2)

    def _all_pastures(self) -> shapely.Geometry:
        if "pastures" not in self._union:
            union = shapely.union_all([zone.shape for zone in self.pastures])
            shapely.prepare(union)
            self._union["pastures"] = union
        return self._union["pastures"]

    def _all_crossings(self) -> shapely.Geometry:
        if "crossings" not in self._union:
            shapes = np.array([zone.shape for zone in self.carriageways], dtype=object)
            first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
            once = first < second
            shared = [
                shapely.intersection(shapes[a], shapes[b])
                for a, b in zip(first[once], second[once], strict=True)
            ]
            # At one for pedestrians vehicles wait as well.
            shared += [zone.shape for zone in self.crossings]
            crossings = shapely.union_all(shared)
            shapely.prepare(crossings)
            self._union["crossings"] = crossings
        return self._union["crossings"]

    def all_roads(self) -> shapely.Geometry:
        """Every carriageway as one shape."""
        # Made when first asked for: a place near a crossing is on either of two roads.
        if "roads" not in self._union:
            union = shapely.union_all([zone.shape for zone in self.carriageways])
            shapely.prepare(union)
            self._union["roads"] = union
        return self._union["roads"]


def reached(zones: Sequence[SomeZone], en_m: Array, covariances_m2: Array) -> list[SomeZone]:
    """The zones that any of the places may lie within; in all others none has a probability."""
    if not zones or not len(en_m):
        return []
    reach_m = _reach_m(covariances_m2)
    # What is not a number reaches nothing.
    low, high = np.fmin.reduce(en_m - reach_m), np.fmax.reduce(en_m + reach_m)
    shapes = np.array([zone.shape for zone in zones], dtype=object)
    bounds = shapely.bounds(shapes)
    near = np.flatnonzero(((bounds[:, :2] <= high) & (bounds[:, 2:] >= low)).all(axis=1))
    if not len(near):
        return []
    # The bounds of a road that lies aslant are wide: its outline itself says more.
    shapely.prepare(shapes[near])
    near = near[shapely.intersects(shapes[near], shapely.box(*low, *high))]
    return [zones[index] for index in near.tolist()]


def probability_within(shape: shapely.Geometry, en_m: Array, covariances_m2: Array) -> Array:
    """The probability (n,) that Gaussian places (n, 2), (n, 2, 2) lie within a shape.

    Each is the share of 48 samples that do, so it is a multiple of 1/48.
    """
    probabilities = np.zeros(len(en_m))
    near = _near(shape, en_m, covariances_m2)
    if len(near):
        roots = np.linalg.cholesky(covariances_m2[near] + ALMOST_NOTHING)
        points = en_m[near, None, :] + UNIT_SAMPLES @ roots.transpose(0, 2, 1)
        inside = shapely.contains_xy(shape, points[..., 0], points[..., 1])
        probabilities[near] = np.count_nonzero(inside, axis=1) / len(UNIT_SAMPLES)
    return probabilities


def _near(shape: shapely.Geometry, en_m: Array, covariances_m2: Array) -> npt.NDArray[np.int64]:
    """The indices of the places that can have a sample within the shape at all."""
    bounds, reach_m = shapely.bounds(shape), _reach_m(covariances_m2)
    in_bounds = (en_m + reach_m >= bounds[:2]) & (en_m - reach_m <= bounds[2:])
    near = np.flatnonzero(in_bounds.all(axis=1))
    if not len(near):
        return near
    # A road that lies aslant has wide bounds. One distance costs less than a place's samples.
    shapely.prepare(shape)
    within_m = reach_m[near, 0] + CLOSE_ENOUGH_M
    return near[shapely.dwithin(shape, shapely.points(en_m[near]), within_m)]


def _reach_m(covariances_m2: Array) -> Array:
    """How far the farthest sample of each may be, (n, 1)."""
    variances = covariances_m2[:, 0, 0] + covariances_m2[:, 1, 1]
    return np.asarray(FARTHEST_SAMPLE * np.sqrt(variances)[:, None])
