"""The way between home and a task, round the no-fly zones."""

from functools import lru_cache

import shapely
from shapely.geometry import LineString, MultiPoint, Polygon
from shapely.geometry.base import BaseGeometry

from missions.area import Area, ring_en
from missions.geodesy import GeoPoint, LocalPlane
from missions.patterns.ground import polygons_of
from missions.patterns.inside import Inside

ROOM_M = 2000.0
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
        # Near an end that is itself near a zone, the way keeps as clear as the end does.
        grown = grown.difference(ends.buffer(2.0 * clearance_m)).union(zones.buffer(clear))
    room = ends.envelope.buffer(ROOM_M + straight.length).difference(grown)
    for piece in polygons_of(room):
        if piece.buffer(0.01).covers(ends):
            way = Inside(piece).route(start, goal)[1:-1]
            return tuple(plane.geo(*point) for point in way)
    return None


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
def _grown(no_fly: tuple[Area, ...], origin: GeoPoint, clearance_m: float) -> BaseGeometry:
    zones = _zones(no_fly, origin)
    return zones.simplify(clearance_m / 10.0).buffer(clearance_m, quad_segs=2).union(zones)
