"""Painted lines on the ground, as segments: lane marks, zebras, slab joints, plant rows, walks."""

import numpy as np
import numpy.typing as npt
import shapely

from sim.camera.palette import Bgr
from sim.district.features import Array, Place, Road
from sim.world.lanes import LANE_WIDTH_M

PAINT: Bgr = (205, 206, 206)
SLAB_JOINT: Bgr = (128, 132, 136)
PLANTS: Bgr = (72, 94, 82)
DASH_M, DASH_EVERY_M = 3.0, 9.0


class Marks:
    """Straight segments (n, 2, 2) metres of one colour and width."""

    def __init__(self, segments: Array, colour: Bgr, width_m: float) -> None:
        self.segments = segments
        self.colour = colour
        self.width_m = width_m
        self._least = segments.min(axis=1, initial=np.inf)
        self._most = segments.max(axis=1, initial=-np.inf)

    def within(self, extent: tuple[float, float, float, float]) -> Array:
        """Those that may touch a box (left, low, right, high)."""
        near = (self._most > extent[:2]).all(axis=1) & (self._least < extent[2:]).all(axis=1)
        kept: Array = self.segments[near]
        return kept


def road_marks(road: Road, crossings: shapely.Geometry) -> list[Marks]:
    """Centre and lane lines outside of crossings, and a zebra before each."""
    if road.road_class == "track":
        return []
    line = _Line(road.line)
    zebras: list[Array] = []
    if road.road_class in ("avenue", "street"):
        entries = shapely.LineString(road.line).intersection(shapely.boundary(crossings))
        zebras = [_zebra(line, road.width_m, _points(entries))]
    open_to = crossings if road.road_class in ("avenue", "street") else shapely.Polygon()
    if road.lanes_each_way == 1:
        lines = [_open(line.dashes(0.0), open_to)]
    else:
        inner = road.width_m / 2.0 - 1.3 - LANE_WIDTH_M
        lines = [_open(line.dashes(side * inner), open_to) for side in (-1.0, 1.0)]
        lines += [_open(line.dashes(side, gapless=True), open_to) for side in (-0.3, 0.3)]
    found = [Marks(np.concatenate(lines), PAINT, 0.2)]
    return found + [Marks(each, PAINT, 0.5) for each in zebras]


class _Line:
    """A polyline that can be asked for places along and beside it, many at once."""

    def __init__(self, points: Array) -> None:
        self._points = points
        steps = np.hypot(*np.diff(points, axis=0).T)
        self._along = np.concatenate(([0.0], np.cumsum(steps)))
        self.length_m = float(self._along[-1])

    def at(self, along_m: Array, aside_m: npt.ArrayLike) -> Array:
        ahead = np.clip(along_m + 0.5, 0.5, self.length_m)
        here, there = self._on(along_m), self._on(ahead)
        behind = self._on(ahead - 1.0)
        step = there - behind
        step /= np.maximum(np.hypot(*step.T), 1e-9)[:, None]
        left = np.stack((-step[:, 1], step[:, 0]), axis=-1)
        return here + left * np.asarray(aside_m, dtype=np.float64).reshape(-1, 1)

    def _on(self, along_m: Array) -> Array:
        axes = [np.interp(along_m, self._along, self._points[:, axis]) for axis in (0, 1)]
        return np.stack(axes, axis=-1)

    def dashes(self, aside_m: float, *, gapless: bool = False) -> Array:
        step = DASH_EVERY_M if not gapless else 6.0
        start = np.arange(1.0, self.length_m - step, step)
        end = start + (step if gapless else DASH_M)
        return np.stack((self.at(start, aside_m), self.at(end, aside_m)), axis=1)

    def project(self, points: Array) -> Array:
        line = shapely.LineString(self._points)
        return np.asarray(shapely.line_locate_point(line, shapely.points(points)))


def _open(segments: Array, crossings: shapely.Geometry) -> Array:
    middle = segments.mean(axis=1)
    kept: Array = segments[~shapely.contains_xy(crossings, middle)]
    return kept


def _zebra(line: _Line, width_m: float, entries: Array) -> Array:
    """Stripes along the road, 3 m long, one every metre across, at each entry."""
    aside = np.arange(-width_m / 2.0 + 0.8, width_m / 2.0 - 0.7, 1.0)
    along = np.repeat(line.project(entries), len(aside))
    across = np.tile(aside, len(entries))
    return np.stack((line.at(along - 1.5, across), line.at(along + 1.5, across)), axis=1)


def _points(geometry: shapely.Geometry) -> Array:
    return shapely.get_coordinates(geometry)


def place_marks(place: Place) -> list[Marks]:
    """Joints between a square's slabs every 4 m, a field's plant rows every 1.6 m."""
    shape = shapely.Polygon(place.ring)
    if place.kind in ("square", "embankment", "bazaar"):
        lines = np.concatenate([_ruled(shape, 4.0, side) for side in (0, 1)])
        return [Marks(lines, SLAB_JOINT, 0.2)]
    if place.kind == "hemp_field":
        return [Marks(_ruled(shape, 1.6, 0), PLANTS, 0.6)]
    return []


def _ruled(shape: shapely.Polygon, step_m: float, side: int) -> Array:
    """Parallel lines along one side of a shape's rectangle, cut to the shape."""
    corners = shapely.get_coordinates(shape.minimum_rotated_rectangle)[:4]
    a, b, c = corners[side], corners[(side + 1) % 4], corners[(side + 2) % 4]
    reach = float(np.hypot(*(c - b)))
    offsets = np.arange(step_m, reach, step_m)[:, None] * (c - b) / reach
    lines = shapely.linestrings(np.stack((a + offsets, b + offsets), axis=1))
    parts = shapely.get_parts(shapely.intersection(lines, shape))
    found = [shapely.get_coordinates(part) for part in parts if part.length > 0.0]
    return np.array([ends[[0, -1]] for ends in found]).reshape(-1, 2, 2)
