"""Flying round an area at a stand-off from its edge, inside or outside."""

import numpy as np
import shapely

from missions.area import Area, middle, ring_geo
from missions.errors import BadInput
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveHome
from missions.path import Gaze, PathPoint, PatrolPath
from missions.patterns.ground import ZONE_CLEARANCE_M, flyable, polygons_of

# How far the path may stray from the exact stand-off, to spare waypoints at rounded corners.
SMOOTH_M = 0.5


def perimeter(
    area: Area,
    *,
    standoff_m: float,
    height: HeightAboveHome,
    no_fly: tuple[Area, ...] = (),
    laps: int = 1,
    start: GeoPoint | None = None,
    gaze: Gaze | None = None,
) -> PatrolPath:
    """A closed round along the area's outer edge: `standoff_m` outside it, inside where negative.

    A no-fly zone is kept away from when flying inside. The round begins nearest to `start`.

    Raises:
        BadInput: at that stand-off inside the area nothing is left to fly along.
    """
    where = area.name or "area"
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
    tidy = polygons_of(polygon.simplify(0.0 if inside else min(SMOOTH_M, standoff_m / 4.0)))[0]
    ring = np.array(shapely.orient_polygons(tidy, exterior_cw=True).exterior.coords)[:-1]
    if start is not None:
        nearest = int(np.hypot(*(ring - plane.en(start)).T).argmin())
        ring = np.roll(ring, -nearest, axis=0)
    lap = np.concatenate((np.tile(ring, (max(1, laps), 1)), ring[:1]))
    return PatrolPath(
        pattern="perimeter",
        points=tuple(PathPoint(position=point, height=height) for point in ring_geo(plane, lap)),
        gaze=gaze,
        notes=notes,
    )
