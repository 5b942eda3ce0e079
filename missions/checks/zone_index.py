"""Which of many zones covers a place, and which are touched by a leg: fast, and exact.

Zones are polygons or multipolygons on a plane, in metres, or of longitude and latitude in degrees.
A border belongs to its zone. Many points are looked up in a grid by a compiled kernel, which leaves
to GEOS (shapely) what rounding could decide; few points are asked of GEOS alone.
"""

from collections.abc import Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

if TYPE_CHECKING:
    from missions.checks.zones.grid import Grid

Floats = npt.NDArray[np.float64]
Longs = npt.NDArray[np.int64]

# Fewer points than this are answered before the kernel is loaded.
MANY_POINTS = 5_000
NOBODY, NOT_DECIDED = -1, -2
ROUND = 360.0


class ZoneIndex:
    """An index of zones. With `degrees`, x is a longitude and y a latitude: a ring that goes from
    179 to -179 crosses the antimeridian, and so does a leg; longitudes past 180 are understood.

    A ring that crosses itself is repaired. An empty zone covers nothing and keeps its place.

    Raises:
        ValueError: a zone has a coordinate that is not finite.
    """

    def __init__(
        self, polygons: Sequence[Polygon | MultiPolygon], *, degrees: bool = False
    ) -> None:
        self._degrees = degrees
        shapes = np.array([_valid(polygon) for polygon in polygons], dtype=object)
        self._zones = np.arange(len(shapes))
        if degrees and len(shapes):
            shapes = np.array([_unwrapped(shape) for shape in shapes], dtype=object)
            shapes, self._zones = _all_round(shapes)
        self._shapes = shapes
        self._tree = shapely.STRtree(shapes)
        shapely.prepare(shapes)

    def covers(self, points: npt.ArrayLike) -> Longs:
        """The lowest index of a zone that covers each point, shape (n, 2), or -1; NaN gives -1."""
        asked = np.ascontiguousarray(points, dtype=np.float64).reshape(-1, 2)
        if self._degrees:
            asked = np.stack((_once_round(asked[:, 0]), asked[:, 1]), axis=1)
        if len(asked) < MANY_POINTS or shapely.is_empty(self._shapes).all():
            return self._exactly(asked)
        found = self._grid.first_covering(asked)
        open_ones = np.nonzero(found == NOT_DECIDED)[0]
        found[open_ones] = self._exactly(asked[open_ones])
        known = found >= 0
        found[known] = self._zones[found[known]]
        return found

    def legs_touching(self, legs: npt.ArrayLike) -> Longs:
        """Pairs of a leg and a zone that it touches, shape (k, 2), in order of legs, then zones.

        `legs` has shape (m, 2, 2): both ends of each. One without length is a point.
        """
        ends = np.asarray(legs, dtype=np.float64).reshape(-1, 2, 2).copy()
        if self._degrees:
            ends[:, 0, 0] = _once_round(ends[:, 0, 0])
            ends[:, 1, 0] = ends[:, 0, 0] + _shorter(ends[:, 1, 0] - ends[:, 0, 0])
        whole = np.nonzero(np.isfinite(ends).all(axis=(1, 2)))[0]
        lines = np.atleast_1d(np.asarray(shapely.linestrings(ends[whole]), dtype=object))
        near, zone = self._tree.query(lines)
        touching = shapely.intersects(self._shapes[zone], lines[near])
        pairs = np.stack((whole[near[touching]], self._zones[zone[touching]]), axis=1)
        return np.unique(pairs, axis=0) if len(pairs) else pairs.astype(np.int64)

    @cached_property
    def _grid(self) -> "Grid":
        # Whoever asks for few points need not load the compiler.
        from missions.checks.zones.grid import Grid

        return Grid.of(list(self._shapes))

    def _exactly(self, points: Floats) -> Longs:
        found = np.full(len(points), len(self._zones) + 1, dtype=np.int64)
        whole = np.nonzero(np.isfinite(points).all(axis=1))[0]
        near, zone = self._tree.query(shapely.points(points[whole]))
        near = whole[near]
        inside = shapely.intersects_xy(self._shapes[zone], points[near, 0], points[near, 1])
        np.minimum.at(found, near[inside], self._zones[zone[inside]])
        found[found > len(self._zones)] = NOBODY
        return found


def _valid(polygon: Polygon | MultiPolygon) -> BaseGeometry:
    if not np.isfinite(shapely.get_coordinates(polygon)).all():
        raise ValueError("a zone has a coordinate that is not finite")
    if polygon.is_valid:
        return polygon
    repaired = shapely.make_valid(polygon)
    areas = [part for part in shapely.get_parts(repaired) if part.area > 0.0]
    return shapely.union_all(areas) if areas else Polygon()


def _once_round(longitudes: Floats) -> Floats:
    """Longitudes within -180..180; those within stay bit by bit as they are."""
    turned = longitudes - ROUND * np.round(longitudes / ROUND)
    return np.where(np.abs(longitudes) <= ROUND / 2.0, longitudes, turned)


def _shorter(difference: Floats) -> Floats:
    """The way from one longitude to another that is not the longer one."""
    return np.where(np.abs(difference) > ROUND / 2.0, _once_round(difference), difference)


def _unwrapped(shape: BaseGeometry) -> BaseGeometry:
    """The zone with its rings drawn on, where they cross the antimeridian."""
    west, _, east, _ = shape.bounds if not shape.is_empty else (0.0,) * 4
    if east - west <= ROUND / 2.0:
        return shape
    polygons = [_unwrapped_polygon(part) for part in shapely.get_parts(shape)]
    return shapely.union_all([_valid(polygon) for polygon in polygons])


def _unwrapped_polygon(polygon: Polygon) -> Polygon:
    outer = _unwrapped_ring(shapely.get_coordinates(polygon.exterior))
    middle = outer[:, 0].mean()
    holes = []
    for hole in polygon.interiors:
        ring = _unwrapped_ring(shapely.get_coordinates(hole))
        ring[:, 0] += ROUND * np.round((middle - ring[:, 0].mean()) / ROUND)
        holes.append(ring)
    return Polygon(outer, holes)


def _unwrapped_ring(ring: Floats) -> Floats:
    steps = _shorter(np.diff(ring[:, 0]))
    if abs(steps.sum()) > ROUND / 2.0:
        # It goes all the way round: it is meant as it is written.
        return ring
    return np.column_stack((ring[0, 0] + np.concatenate(([0.0], np.cumsum(steps))), ring[:, 1]))


def _all_round(shapes: npt.NDArray[np.object_]) -> tuple[npt.NDArray[np.object_], Longs]:
    """The zones again a turn to the west and to the east, wherever a place or leg could meet them;
    and the zone of each."""
    bounds = shapely.bounds(shapes)
    every, zones = [shapes], [np.arange(len(shapes))]
    for turn in (-ROUND, ROUND):
        reach = (bounds[:, 0] + turn <= ROUND) & (bounds[:, 2] + turn >= -ROUND)
        every.append(shapely.transform(shapes[reach], partial(np.add, (turn, 0.0))))
        zones.append(np.nonzero(reach)[0])
    order = np.argsort(np.concatenate(zones), kind="stable")
    return np.concatenate(every)[order], np.concatenate(zones)[order]
