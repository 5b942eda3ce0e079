"""The sweep: angles are tried, the best few planned in full, the quickest one is the answer."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from shapely.geometry import Polygon

from missions.area import Area, middle, ring_geo
from missions.errors import BadInput
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveHome
from missions.path import Gaze, PathPoint, PatrolPath
from missions.patterns.ground import ZONE_CLEARANCE_M, flyable
from missions.patterns.inside import Inside, Point
from missions.patterns.sweep.mend import mend
from missions.patterns.sweep.order import best_order
from missions.patterns.sweep.passes import Layout, Pass, lay_out
from missions.patterns.sweep.way import Way
from missions.time_model import flight_time_s
from missions.vehicle import Vehicle

Array = npt.NDArray[np.float64]

UNIFORM_ANGLES = 12
EDGE_ANGLES = 6
PLANNED_IN_FULL = 4
ENOUGH_SEEN = 0.993


@dataclass(frozen=True, slots=True)
class _Candidate:
    way: list[Point]
    seen: float
    time_s: float


def sweep(
    area: Area,
    *,
    swath_m: float,
    height: HeightAboveHome,
    vehicle: Vehicle,
    speed_m_s: float,
    no_fly: tuple[Area, ...] = (),
    zone_clearance_m: float = ZONE_CLEARANCE_M,
    angle_rad: float | None = None,
    start: GeoPoint | None = None,
    gaze: Gaze | None = None,
    trigger_distance_m: float | None = None,
) -> PatrolPath:
    """Passes that show every part of the area, never outside it nor over a hole or no-fly zone.

    `swath_m` is the width between passes: the width seen, less the overlap wanted. `angle_rad` is
    the direction of the passes from east, to the left; without it the quickest is chosen. The path
    begins at the end nearest to `start`.

    Raises:
        BadInput: the area encloses nothing to fly in.
    """
    if not swath_m > 0.0:
        raise BadInput(where="swath", what=f"{swath_m} m is not above zero")
    plane = LocalPlane(_origin(area))
    polygon, notes = flyable(area, plane=plane, no_fly=no_fly, zone_clearance_m=zone_clearance_m)
    inside = Inside(polygon)
    home = plane.en(start) if start is not None else None
    angles = [angle_rad] if angle_rad is not None else _angles(polygon)
    layouts = _most_promising(polygon, angles, swath_m, vehicle, speed_m_s)
    candidates = [_fly(one, inside, swath_m, home, vehicle, speed_m_s) for one in layouts]
    best = min(candidates, key=lambda one: (one.seen < ENOUGH_SEEN, one.time_s))
    if best.seen < ENOUGH_SEEN:
        notes += (f"sees {best.seen:.1%} of the area",)
    points = ring_geo(plane, np.array(best.way))
    return PatrolPath(
        pattern="sweep",
        points=tuple(PathPoint(position=point, height=height) for point in points),
        gaze=gaze,
        swath_m=swath_m,
        trigger_distance_m=trigger_distance_m,
        notes=notes,
    )


def _origin(area: Area) -> GeoPoint:
    try:
        return middle(area.outer)
    except ValueError as error:
        raise BadInput(where=area.name or "area", what=str(error)) from error


def _angles(polygon: Polygon) -> list[float]:
    """Directions worth trying: evenly spread, and along the longest edges."""
    edges = np.diff(np.array(polygon.exterior.coords), axis=0)
    lengths = np.hypot(edges[:, 0], edges[:, 1])
    directions = np.arctan2(edges[:, 1], edges[:, 0]) % math.pi
    bins = np.round(directions / math.radians(2.0)).astype(int)
    weights = np.bincount(bins, weights=lengths)
    longest = np.argsort(-weights, kind="stable")[:EDGE_ANGLES]
    along = [
        float(directions[bins == one][lengths[bins == one].argmax()])
        for one in longest
        if weights[one] > 0.0
    ]
    return along + [math.pi * i / UNIFORM_ANGLES for i in range(UNIFORM_ANGLES)]


def _most_promising(
    polygon: Polygon, angles: list[float], swath_m: float, vehicle: Vehicle, speed: float
) -> list[Layout]:
    turn_s = speed / vehicle.acceleration_m_s2 + swath_m / speed
    layouts = [lay_out(polygon, angle_rad=angle, spacing_m=swath_m) for angle in angles]

    def estimate(layout: Layout) -> float:
        return layout.length_m / speed + turn_s * (layout.pass_count + len(layout.cells))

    usable = [layout for layout in layouts if layout.cells]
    return sorted(usable, key=estimate)[:PLANNED_IN_FULL] or [_middle_line(polygon)]


def _middle_line(polygon: Polygon) -> Layout:
    """For a place smaller than any pass: one pass of no length at its middle."""
    inner = polygon.representative_point()
    return Layout(0.0, ((Pass(0, inner.y, inner.x, inner.x),),))


def _fly(
    layout: Layout,
    inside: Inside,
    swath_m: float,
    home: Point | None,
    vehicle: Vehicle,
    speed: float,
) -> _Candidate:
    variants = [_variants(layout, cell) for cell in layout.cells]
    ways, entry = _ways(variants, inside, home)
    way = Way()
    for cell, variant in best_order(ways, entry):
        for i, point in enumerate(variants[cell][variant]):
            if i % 2 == 1:
                way.go(point, kept=True)
            else:
                way.go_inside(point, inside)
    if len(way.points) < 2:
        way.points, way.kept = way.points[:1] * 2, [True]
    seen = mend(way, inside, swath_m)
    time_s = flight_time_s(np.array(way.points), vehicle, speed_m_s=speed)
    return _Candidate(way.points, seen, time_s)


def _variants(layout: Layout, cell: tuple[Pass, ...]) -> list[list[Point]]:
    """The four ways to fly a cell: from the bottom or the top, from the left or the right."""
    ends = [layout.ends(one) for one in cell]
    found = []
    for rows in (ends, ends[::-1]):
        for side in (0, 1):
            points: list[Point] = []
            for i, row in enumerate(rows):
                points += (row[side], row[1 - side]) if i % 2 == 0 else (row[1 - side], row[side])
            found.append(points)
    return found


def _ways(
    variants: list[list[list[Point]]], inside: Inside, home: Point | None
) -> tuple[Array, Array]:
    count = len(variants)
    entries = [points[0] for cell in variants for points in cell]
    exits = [points[-1] for cell in variants for points in cell]
    distinct = {point: i for i, point in enumerate(dict.fromkeys(entries + exits))}
    lengths = inside.distances(list(distinct))
    into = np.array([distinct[point] for point in entries])
    out = np.array([distinct[point] for point in exits])
    ways = lengths[np.ix_(out, into)].reshape(count, 4, count, 4)
    if home is None:
        return ways, np.zeros((count, 4))
    gaps = np.array(entries) - np.array(home)
    return ways, np.hypot(gaps[:, 0], gaps[:, 1]).reshape(count, 4)
