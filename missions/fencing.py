"""The geofence that travels with a plan: round all that is flown and the straight ways home from
there, by which a failsafe returns, and out of the no-fly zones.

PX4 holds 64 fence items (vertices and circles together); rings are made simpler, never smaller on
the side that matters, until they fit.
"""

import itertools

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from missions.area import Area, ring_en, ring_geo
from missions.geodesy import GeoPoint, LocalPlane
from missions.patterns.ground import polygons_of
from missions.plan import Fence, FencePolygon

FENCE_ITEMS = 64
INCLUSION_VERTICES = 24
GROWTH = 1.6
# A leg so near to the ways home is among them.
WITHIN_M = 0.01


def fence_around(
    flown: tuple[GeoPoint, ...], *, buffer_m: float, no_fly: tuple[Area, ...] = ()
) -> tuple[Fence, tuple[str, ...]]:
    """A fence that holds a path with `buffer_m` to spare, and what could not be fenced.

    `flown` is home and every waypoint in order, so that the way out and the way home lie inside.
    So does the straight way home from anywhere: a return must not begin with a breach.
    """
    plane = LocalPlane(flown[0])
    track = LineString(ring_en(plane, (*flown, flown[0])))
    held = _held(track, buffer_m)
    around = _simpler(held, INCLUSION_VERTICES, buffer_m / 8.0)
    polygons = [_fence_polygon(plane, around, inclusion=True)]
    left = FENCE_ITEMS - len(polygons[0].ring)
    notes: list[str] = []
    for zone in no_fly:
        drawn = Polygon(ring_en(plane, zone.outer)).buffer(0.0)
        if not drawn.intersects(around):
            continue
        ring = _zone_ring(drawn, left)
        if ring is None:
            notes.append(f"no room in the fence ({FENCE_ITEMS} items) for zone {zone.name!r}")
            continue
        if ring.intersects(track):
            notes.append(f"zone {zone.name!r} is not fenced: the path touches its fence")
            continue
        polygons.append(_fence_polygon(plane, ring, inclusion=False))
        left -= len(polygons[-1].ring)
    return Fence(polygons=tuple(polygons)), tuple(notes)


def _held(track: LineString, buffer_m: float) -> BaseGeometry:
    """All within the distance of a track and of the straight ways home from it.

    A leg that lies within the ways home need not be looked at again; one that leads straight to or
    from home, whose ways are a line, is held by itself: GEOS loses half of the band round a line
    with a loop that is much smaller than the distance.
    """
    ways = _ways_home(track)
    legs = shapely.linestrings(list(itertools.pairwise(track.coords)))
    near = ways.buffer(WITHIN_M)
    shapely.prepare(near)
    apart = legs[~shapely.covers(near, legs)]
    return shapely.union_all([ways.buffer(buffer_m), *shapely.buffer(apart, buffer_m)])


def _ways_home(track: LineString) -> BaseGeometry:
    """All straight ways from a track to where it begins."""
    home = track.coords[0]
    fans = (Polygon([home, *leg]) for leg in itertools.pairwise(track.coords))
    return shapely.union_all([fan for fan in fans if fan.area > 0.0 and fan.is_valid])


def _zone_ring(drawn: BaseGeometry, room: int) -> Polygon | None:
    outer = polygons_of(drawn)[0]
    if len(outer.exterior.coords) - 1 <= min(room, INCLUSION_VERTICES):
        return Polygon(outer.exterior)
    if room < 4:
        return None
    return _simpler(outer, min(room, INCLUSION_VERTICES), 0.25)


def _simpler(shape: BaseGeometry, vertices: int, tolerance: float) -> Polygon:
    """A ring round the shape, holes filled, with at most so many vertices."""
    outer = Polygon(polygons_of(shape)[0].exterior)
    for _ in range(24):
        grown = outer.buffer(tolerance, join_style="mitre", mitre_limit=2.0)
        ring = polygons_of(Polygon(polygons_of(grown)[0].exterior).simplify(tolerance * 0.98))[0]
        if len(ring.exterior.coords) - 1 <= vertices and ring.covers(outer):
            return ring
        tolerance *= GROWTH
    return _box(outer)


def _box(outer: Polygon) -> Polygon:
    box = shapely.minimum_rotated_rectangle(outer)
    assert isinstance(box, Polygon)
    return polygons_of(box.buffer(0.1, join_style="mitre"))[0]


def _fence_polygon(plane: LocalPlane, ring: Polygon, *, inclusion: bool) -> FencePolygon:
    points = np.array(ring.exterior.coords)[:-1]
    return FencePolygon(ring=ring_geo(plane, points), inclusion=inclusion)
