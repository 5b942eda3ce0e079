"""Flying round an area at a stand-off from its edge, inside or outside."""

import math
from enum import StrEnum

import numpy as np
import shapely
from shapely.geometry import Polygon

from missions.area import Area, middle, ring_geo
from missions.errors import BadInput
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveHome
from missions.path import Gaze, PathPoint, PatrolPath
from missions.patterns.ground import ZONE_CLEARANCE_M, flyable, polygons_of

# How far the path may stray from the exact stand-off, to spare waypoints at rounded corners.
SMOOTH_M = 0.5
FARTHEST_M = 20_000.0
MOST_LAPS = 1000


class LookFrom(StrEnum):
    """Where the camera looks from the round: to its right, into the area, or to its left."""

    INWARD = "inward"
    OUTWARD = "outward"


def perimeter(
    area: Area,
    *,
    standoff_m: float,
    height: HeightAboveHome,
    no_fly: tuple[Area, ...] = (),
    laps: int = 1,
    start: GeoPoint | None = None,
    gaze: Gaze | None = None,
    look: LookFrom | None = None,
) -> PatrolPath:
    """A closed round along the area's outer edge: `standoff_m` outside it, inside where negative.

    No-fly zones are kept away from: inside they are cut off, outside they are gone round on their
    far side. The round is clockwise and begins nearest to `start`. With `look` the gimbal is turned
    across the path, at the pitch of `gaze`.

    Raises:
        BadInput: at that stand-off inside the area nothing is left to fly along, or a number makes
            no sense.
    """
    where = area.name or "area"
    if not abs(standoff_m) <= FARTHEST_M:
        raise BadInput(where=where, what=f"a stand-off of {standoff_m:g} m")
    if not 1 <= laps <= MOST_LAPS:
        raise BadInput(where=where, what=f"{laps} laps: from 1 to {MOST_LAPS} can be flown")
    try:
        plane = LocalPlane(middle(area.outer))
    except ValueError as error:
        raise BadInput(where=where, what=str(error)) from error
    inside = standoff_m <= 0.0
    polygon, notes = flyable(
        area,
        plane=plane,
        no_fly=no_fly if inside else (),
        clearance_m=-standoff_m if inside else 0.0,
        zone_clearance_m=ZONE_CLEARANCE_M,
    )
    if not inside:
        polygon = polygons_of(polygon.buffer(standoff_m, quad_segs=4))[0]
        polygon, gone_round = _round_zones(polygon, plane, no_fly)
        notes += tuple(f"{where}: no-fly zone {name!r} is gone round" for name in gone_round)
    tidy = polygons_of(polygon.simplify(0.0 if inside else min(SMOOTH_M, standoff_m / 4.0)))[0]
    ring = np.array(shapely.orient_polygons(tidy, exterior_cw=True).exterior.coords)[:-1]
    if start is not None:
        nearest = int(np.hypot(*(ring - plane.en(start)).T).argmin())
        ring = np.roll(ring, -nearest, axis=0)
    lap = np.concatenate((np.tile(ring, (laps, 1)), ring[:1]))
    return PatrolPath(
        pattern="perimeter",
        points=tuple(PathPoint(position=point, height=height) for point in ring_geo(plane, lap)),
        gaze=_across(gaze, look),
        notes=notes,
    )


def _round_zones(
    round_it: Polygon, plane: LocalPlane, no_fly: tuple[Area, ...]
) -> tuple[Polygon, list[str]]:
    """The ground gone round, with every zone that its edge would meet; and those zones' names."""
    names: list[str] = []
    left = [
        (zone.name, shapely.make_valid(Polygon(zone.polygon(plane).exterior)))
        for zone in no_fly
        if len(zone.outer) >= 3
    ]
    met = True
    while met:
        met = False
        for name, zone in list(left):
            grown = zone.buffer(ZONE_CLEARANCE_M, quad_segs=2)
            if grown.intersects(round_it.exterior):
                round_it = Polygon(polygons_of(round_it.union(grown))[0].exterior)
                names.append(name)
                left.remove((name, zone))
                met = True
    return round_it, names


def _across(gaze: Gaze | None, look: LookFrom | None) -> Gaze | None:
    if look is None:
        return gaze
    pitch = -math.pi / 4.0 if gaze is None else gaze.pitch_rad
    turned = math.pi / 2.0 if look is LookFrom.INWARD else -math.pi / 2.0
    return Gaze(pitch_rad=pitch, yaw_rad=turned)
