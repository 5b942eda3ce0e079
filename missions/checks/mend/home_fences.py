"""Exclusions of the plan's own fence that home lies in, which PX4 acknowledges and then drops.

A circle is made as large as leaves home room, a polygon is opened from home over its nearest side;
what cannot be is removed. It is said: less is kept out of than was drawn, more than PX4 would.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from shapely.geometry import LineString, Point, Polygon
from shapely.ops import nearest_points

from missions.area import ring_en, ring_geo
from missions.checks.finding import Finding
from missions.checks.mend.situation import Change, Mender, Situation
from missions.checks.places import FenceShape
from missions.geodesy import LocalPlane
from missions.patterns.ground import polygons_of
from missions.plan import Fence, FenceCircle, FencePolygon, Plan

ROOMS_M = (30.0, 15.0, 5.0)
LEAST_RADIUS_M = 5.0


def _cleared(plan: Plan, findings: Sequence[Finding], situation: Situation) -> list[Change]:
    """The fence with room round home, the most first; then without what excludes it."""
    if plan.home is None:
        return []
    found = [_with_room(plan, ROOMS_M[first:]) for first in range(len(ROOMS_M) + 1)]
    return [one for one in found if one is not None]


def _with_room(plan: Plan, rooms_m: tuple[float, ...]) -> Change | None:
    """Each exclusion with the first room that leaves something of it, removed where none does."""
    assert plan.home is not None
    plane = LocalPlane(plan.home.position)
    polygons: list[FencePolygon] = []
    circles: list[FenceCircle] = []
    said: list[str] = []
    for number, polygon in enumerate(plan.fence.polygons, 1):
        opened = _opened(polygon, plane, rooms_m) if _covers(polygon, plane) else polygon
        polygons += [] if opened is None else [opened]
        if opened is not polygon:
            how = "removed" if opened is None else "opened from home over its nearest side"
            said.append(f"fence polygon {number}: {how}, home lies in what it excludes")
    for number, circle in enumerate(plan.fence.circles, 1):
        smaller = _smaller(circle, plane, rooms_m) if _covers(circle, plane) else circle
        circles += [] if smaller is None else [smaller]
        if smaller is not circle:
            how = "removed"
            if smaller is not None:
                how = f"radius {smaller.radius_m:g} m instead of {abs(circle.radius_m):g} m"
            said.append(f"fence circle {number}: {how}, home lies in what it excludes")
    if not said:
        return None
    fence = replace(plan.fence, polygons=tuple(polygons), circles=tuple(circles))
    return Change(plan=replace(plan, fence=fence), said=tuple(said))


def _covers(shape: FencePolygon | FenceCircle, plane: LocalPlane) -> bool:
    """Whether it is an exclusion that home, the plane's origin, lies in."""
    one = Fence(polygons=(shape,)) if isinstance(shape, FencePolygon) else Fence(circles=(shape,))
    excluded = FenceShape(one, plane).exclusions
    return any(area.buffer(0.1).covers(Point(0.0, 0.0)) for area in excluded)


def _smaller(
    circle: FenceCircle, plane: LocalPlane, rooms_m: tuple[float, ...]
) -> FenceCircle | None:
    distance = Point(plane.en(circle.center)).distance(Point(0.0, 0.0))
    radii = [int((distance - room_m) * 10.0) / 10.0 for room_m in rooms_m]
    fitting = [radius for radius in radii if radius >= LEAST_RADIUS_M]
    return replace(circle, radius_m=fitting[0]) if fitting else None


def _opened(
    polygon: FencePolygon, plane: LocalPlane, rooms_m: tuple[float, ...]
) -> FencePolygon | None:
    """The polygon without a lane from home over its nearest side; None where it falls apart."""
    home, drawn = Point(0.0, 0.0), Polygon(ring_en(plane, polygon.ring))
    if not drawn.is_valid:
        return None
    east, north = nearest_points(drawn.exterior, home)[0].coords[0]
    length = Point(east, north).distance(home)
    for room_m in rooms_m:
        farther = (length + 2.0 * room_m) / length if length > 0.0 else 1.0
        lane = LineString(((0.0, 0.0), (east * farther, north * farther)))
        left = polygons_of(drawn.difference(lane.buffer(room_m, quad_segs=2)))
        if len(left) == 1 and not left[0].interiors:
            return replace(polygon, ring=ring_geo(plane, np.array(left[0].exterior.coords)[:-1]))
    return None


HOME_FENCES = (Mender(rules=frozenset(("px4-fence-excludes-home",)), ways=_cleared),)
