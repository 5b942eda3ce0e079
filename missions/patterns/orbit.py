"""Flying round a structure with the camera on it, at one or several heights."""

import math
from enum import StrEnum

import numpy as np
import shapely
from shapely.geometry import MultiPoint, Polygon
from shapely.geometry import Point as ShapelyPoint
from shapely.geometry.base import BaseGeometry

from missions.area import Area, Place, middle, ring_en, ring_geo
from missions.camera import CameraModel
from missions.errors import BadInput
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveHome
from missions.path import Gaze, PathPoint, PatrolPath
from missions.patterns.inside import Inside, Point
from missions.patterns.kept_inside import keep_inside, open_ground

# How far a chord may cut the circle; the circle is drawn round its chords, never within them.
SAGITTA_M = 0.5
FEWEST_CORNERS, MOST_CORNERS = 12, 72
# Position error and overshoot: nobody flies nearer to a structure than this.
LEAST_STANDOFF_M = 3.0
FARTHEST_M = 2000.0
HULL_M = 0.02
# Of the picture's width or height that the whole structure may fill.
FRAMED = 0.9


class Aim(StrEnum):
    """What keeps the camera on the structure: a region of interest, the gimbal, or the nose."""

    ROI = "roi"
    GIMBAL = "gimbal"
    HEADING = "heading"


def orbit(
    structure: Area | Place,
    *,
    heights: tuple[HeightAboveHome, ...],
    look_at: HeightAboveHome,
    radius_m: float | None = None,
    standoff_m: float | None = None,
    camera: CameraModel | None = None,
    structure_height_m: float = 0.0,
    clockwise: bool = True,
    laps: int = 1,
    aim: Aim = Aim.ROI,
    no_fly: tuple[Area, ...] = (),
    start: GeoPoint | None = None,
) -> PatrolPath:
    """Closed circles about a structure, one for each height in the order given.

    The radius is given, or the structure's own and `standoff_m`, or so that the whole structure
    fits in the picture of `camera`. Where a no-fly zone cuts the circle it is gone round, on the
    side away from the structure. `look_at` is the height that the camera is held on.

    Raises:
        BadInput: no radius can be made of what is given, it reaches into the structure, or nothing
            of the circle may be flown.
    """
    where = structure.name or "structure"
    if not heights:
        raise BadInput(where=where, what="an orbit needs a height")
    plane, centre, own_m, shape = _measured(structure, where)
    middle_of_it = structure.position if isinstance(structure, Place) else plane.geo(*centre)
    radius = _radius(where, own_m, radius_m, standoff_m, camera, structure_height_m)
    kept_off = shapely.union(
        ShapelyPoint(centre).buffer(0.9 * radius, quad_segs=16), shape.buffer(LEAST_STANDOFF_M)
    )
    circle = _circle(centre, radius, clockwise, None if start is None else plane.en(start))
    ground = open_ground(Polygon(circle), plane=plane, no_fly=no_fly, keep_off=kept_off)
    way, lost_m = keep_inside(circle, Inside(ground))
    if not way:
        raise BadInput(where=where, what=f"nothing of the orbit of {radius:.0f} m may be flown")
    points = [
        point
        for height in heights
        for point in _lap(
            plane, way, centre, middle_of_it, height, look_at, aim, clockwise, radius, laps
        )
    ]
    notes = (f"{where}: no-fly zones cut {lost_m:.0f} m out of each circle",) if lost_m > 1 else ()
    return PatrolPath(
        pattern="orbit",
        points=tuple(points),
        notes=notes,
        figures={"radius_m": round(radius, 2), "circles": len(heights) * max(1, laps)},
    )


def _measured(structure: Area | Place, where: str) -> tuple[LocalPlane, Point, float, BaseGeometry]:
    """The plane, the middle and the radius of the circle round it, and the structure, metres."""
    if isinstance(structure, Place):
        return LocalPlane(structure.position), (0.0, 0.0), 0.0, ShapelyPoint(0.0, 0.0)
    try:
        plane = LocalPlane(middle(structure.outer))
    except ValueError as error:
        raise BadInput(where=where, what=str(error)) from error
    # The hull is all that a circle has to keep off; without its tiny edges it is soon measured.
    outer = MultiPoint(ring_en(plane, structure.outer))
    shape = outer.convex_hull.simplify(HULL_M).buffer(HULL_M)
    own_m = float(shapely.minimum_bounding_radius(shape))
    around = shapely.minimum_bounding_circle(shape)
    if not (own_m > 2.0 * HULL_M and math.isfinite(own_m)):
        raise BadInput(where=where, what="the structure has no extent")
    return plane, (around.centroid.x, around.centroid.y), own_m, shape


def _radius(
    where: str,
    own_m: float,
    radius_m: float | None,
    standoff_m: float | None,
    camera: CameraModel | None,
    tall_m: float,
) -> float:
    if own_m + LEAST_STANDOFF_M > FARTHEST_M:
        what = f"a structure {2.0 * own_m:.0f} m across: orbits have radii up to {FARTHEST_M:g} m"
        raise BadInput(where=where, what=what)
    if radius_m is not None:
        found = radius_m
    elif standoff_m is not None:
        found = own_m + standoff_m
    elif camera is not None and own_m > 0.0:
        across = own_m / math.sin(FRAMED * camera.horizontal_field_of_view_rad / 2.0)
        up = own_m + tall_m / 2.0 / math.tan(FRAMED * camera.vertical_field_of_view_rad / 2.0)
        found = max(across, up)
    else:
        raise BadInput(where=where, what="a point needs a radius or a stand-off to orbit at")
    if not own_m + LEAST_STANDOFF_M <= found <= FARTHEST_M:
        what = f"a radius of {found:.1f} m: from {own_m + LEAST_STANDOFF_M:.1f} m, which is "
        what += f"{LEAST_STANDOFF_M:g} m off the structure, to {FARTHEST_M:g} m can be flown"
        raise BadInput(where=where, what=what)
    return found


def _circle(centre: Point, radius: float, clockwise: bool, start: Point | None) -> list[Point]:
    """A closed ring whose legs touch the circle from outside, begun nearest to `start`."""
    step = 2.0 * math.acos(max(-1.0, 1.0 - SAGITTA_M / max(radius, SAGITTA_M)))
    count = min(max(math.ceil(2.0 * math.pi / step), FEWEST_CORNERS), MOST_CORNERS)
    corner_m = radius / math.cos(math.pi / count)
    first = 0.0
    if start is not None:
        first = math.atan2(start[1] - centre[1], start[0] - centre[0])
    turn = -1.0 if clockwise else 1.0
    angles = first + turn * 2.0 * np.pi * np.arange(count + 1) / count
    ring = np.array(centre) + corner_m * np.stack((np.cos(angles), np.sin(angles)), axis=1)
    return [(float(x), float(y)) for x, y in ring]


def _lap(
    plane: LocalPlane,
    way: list[Point],
    centre: Point,
    middle_of_it: GeoPoint,
    height: HeightAboveHome,
    look_at: HeightAboveHome,
    aim: Aim,
    clockwise: bool,
    radius: float,
    laps: int,
) -> list[PathPoint]:
    """One height: its circles, the gaze set at its first point."""
    pitch = -math.atan2(height.m - look_at.m, radius)
    gazes = {
        Aim.ROI: Gaze(pitch_rad=pitch, at=middle_of_it, at_height=look_at),
        Aim.GIMBAL: Gaze(pitch_rad=pitch, yaw_rad=math.pi / 2.0 * (1.0 if clockwise else -1.0)),
        Aim.HEADING: Gaze(pitch_rad=pitch),
    }
    flown = [*way, *(way[1:] * (max(1, laps) - 1))]
    places = ring_geo(plane, np.array(flown))
    return [
        PathPoint(
            position=place,
            height=height,
            gaze=gazes[aim] if i == 0 else None,
            heading_rad=heading_to(at, centre) if aim is Aim.HEADING else None,
        )
        for i, (place, at) in enumerate(zip(places, flown, strict=True))
    ]


def heading_to(at: Point, target: Point) -> float:
    """The direction from one place to another, from north to the right."""
    return math.atan2(target[0] - at[0], target[1] - at[1]) % (2.0 * math.pi)
