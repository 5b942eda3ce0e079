"""The way between home and a task, round the no-fly zones."""

import math
from functools import lru_cache

import shapely
from shapely.geometry import LineString, MultiPoint, Polygon
from shapely.geometry.base import BaseGeometry

from missions.area import Area, ring_en
from missions.geodesy import GeoPoint, LocalPlane
from missions.patterns.ground import polygons_of
from missions.patterns.inside import Inside, Point

ROOM_M = 2000.0
# A way may lead through so much of a zone by rounding alone.
TOUCHED_M = 0.01
# Of what an end itself is away from a zone.
NEARER = 0.9
# Zones as drawn are kept so many, about places of so many digits of a degree.
KNOWN, ORIGIN_DIGITS = 32, 1


def way_round(
    a: GeoPoint, b: GeoPoint, no_fly: tuple[Area, ...], *, clearance_m: float
) -> tuple[GeoPoint, ...] | None:
    """The points between a and b of a shortest way that keeps clear of every zone.

    Empty when the straight leg does; None when there is no such way, because an end is in a zone.
    Kept clear by less than `clearance_m` only near an end that is itself nearer to a zone.
    """
    origin = _origin(a)
    plane = LocalPlane(origin)
    start, goal = plane.en(a), plane.en(b)
    zones = _zones(no_fly, origin)
    straight = LineString((start, goal))
    if zones.is_empty or not zones.intersects(straight):
        return ()
    ends = MultiPoint((start, goal))
    clear = min(clearance_m, NEARER * zones.distance(ends))
    if clear <= 0.0:
        return None
    grown = _grown(no_fly, origin, clearance_m)
    if clear < clearance_m:
        grown = _opened(grown, ends, zones, clear, 2.0 * clearance_m)
    way = _among(grown, start, goal)
    return None if way is None else tuple(plane.geo(*point) for point in way[1:-1])


def _among(zones: "_Zones", start: Point, goal: Point) -> list[Point] | None:
    """A shortest way clear of all zones; only those that it would cross are looked at.

    What is shortest among some of the zones, and crosses none of the others, is so among all.
    """
    ends = MultiPoint((start, goal))
    room = ends.envelope.buffer(ROOM_M + math.dist(start, goal))
    way, closed = [start, goal], set[int]()
    while crossed := zones.crossed(LineString(way)) - closed:
        closed |= crossed
        open_room = room.difference(shapely.union_all([zones.parts[i] for i in sorted(closed)]))
        piece = next((one for one in polygons_of(open_room) if one.buffer(0.01).covers(ends)), None)
        if piece is None:
            return None
        way = Inside(piece).route(start, goal)
    return way


class _Zones:
    """Zones that do not overlap, each to be kept out of."""

    def __init__(self, parts: list[Polygon]) -> None:
        self.parts = parts
        self._tree = shapely.STRtree(parts)

    def crossed(self, line: LineString) -> set[int]:
        """Those that a line leads through; it may touch them."""
        found = self._tree.query(line, predicate="intersects")
        return {int(i) for i in found if line.intersection(self.parts[i]).length > TOUCHED_M}

    def near(self, place: BaseGeometry) -> set[int]:
        """Those that reach into a place."""
        return {int(i) for i in self._tree.query(place, predicate="intersects")}


def _opened(
    grown: _Zones, ends: MultiPoint, zones: BaseGeometry, clear_m: float, about_m: float
) -> _Zones:
    """Near an end that is itself near a zone, the way keeps as clear as the end does."""
    about = ends.buffer(about_m)
    near = grown.near(about)
    parts = [part for i, part in enumerate(grown.parts) if i not in near]
    for i in sorted(near):
        part = grown.parts[i]
        closer = zones.intersection(part).buffer(clear_m)
        parts += polygons_of(part.difference(about).union(closer))
    return _Zones(parts)


def _origin(a: GeoPoint) -> GeoPoint:
    """A place within 10 km: zones drawn about it serve for many ways."""
    return GeoPoint(
        latitude_deg=round(a.latitude_deg, ORIGIN_DIGITS),
        longitude_deg=round(a.longitude_deg, ORIGIN_DIGITS),
    )


@lru_cache(maxsize=KNOWN)
def _zones(no_fly: tuple[Area, ...], origin: GeoPoint) -> BaseGeometry:
    plane = LocalPlane(origin)
    drawn = [Polygon(ring_en(plane, zone.outer)).buffer(0) for zone in no_fly]
    zones = shapely.union_all(drawn)
    shapely.prepare(zones)
    return zones


@lru_cache(maxsize=KNOWN)
def _grown(no_fly: tuple[Area, ...], origin: GeoPoint, clearance_m: float) -> _Zones:
    zones = _zones(no_fly, origin)
    grown = zones.simplify(clearance_m / 10.0).buffer(clearance_m, quad_segs=2).union(zones)
    return _Zones(polygons_of(grown))
