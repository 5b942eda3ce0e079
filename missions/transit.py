"""The way between home and a task, round the no-fly zones."""

import shapely
from shapely.geometry import LineString, MultiPoint, Polygon

from missions.area import Area, ring_en
from missions.geodesy import GeoPoint, LocalPlane
from missions.patterns.ground import polygons_of
from missions.patterns.inside import Inside

ROOM_M = 2000.0


def way_round(
    a: GeoPoint, b: GeoPoint, no_fly: tuple[Area, ...], *, clearance_m: float
) -> tuple[GeoPoint, ...] | None:
    """The points between a and b of a shortest way that keeps clear of every zone.

    Empty when the straight leg does; None when there is no such way, because an end is in a zone.
    Kept clear by less than `clearance_m` where an end itself is nearer to a zone.
    """
    plane = LocalPlane(a)
    start, goal = plane.en(a), plane.en(b)
    zones = shapely.union_all([Polygon(ring_en(plane, zone.outer)).buffer(0) for zone in no_fly])
    straight = LineString((start, goal))
    if zones.is_empty or not straight.intersects(zones):
        return ()
    ends = MultiPoint((start, goal))
    clear = min(clearance_m, zones.distance(ends) - 0.1)
    if clear <= 0.0:
        return None
    grown = zones.buffer(clear, quad_segs=2)
    room = ends.envelope.buffer(ROOM_M + straight.length).difference(grown)
    for piece in polygons_of(room):
        if piece.buffer(0.01).covers(ends):
            way = Inside(piece).route(start, goal)[1:-1]
            return tuple(plane.geo(*point) for point in way)
    return None
