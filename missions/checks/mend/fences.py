"""Fences: rings that cross themselves untangled, too many corners made fewer, our room restored.

An inclusion fence is never widened by more than the room that our planner leaves round a path, and
never into what is forbidden; an exclusion never shrinks.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import LineString, Polygon

from missions.area import ring_en, ring_geo
from missions.checks.fence_miss import WIDENED_M
from missions.checks.finding import Finding
from missions.checks.mend.situation import Change, Mender, Situation
from missions.checks.places import FenceShape, flown_items
from missions.geodesy import LocalPlane
from missions.patterns.ground import polygons_of
from missions.plan import Fence, FencePolygon, Plan

Array = npt.NDArray[np.float64]

LEAST_ROOM_M = 5.0
MOST_UNTANGLED = 400


def _untangled(plan: Plan, findings: Sequence[Finding], situation: Situation) -> list[Change]:
    """Rings whose edges cross, walked in an order in which they do not: the same corners."""
    polygons, said = [], []
    for index, polygon in enumerate(plan.fence.polygons):
        ring = _uncrossed(polygon)
        if ring is not None:
            said.append(f"fence polygon {index + 1}: its {len(ring.ring)} corners put in order")
        polygons.append(ring or polygon)
    return _with_polygons(plan, polygons, said)


def _uncrossed(polygon: FencePolygon) -> FencePolygon | None:
    """The ring with crossing edges swapped until none cross (2-opt); None where it is simple."""
    if not 3 < len(polygon.ring) <= MOST_UNTANGLED:
        return None
    plane = LocalPlane(polygon.ring[0])
    points = ring_en(plane, polygon.ring)
    if Polygon(points).is_valid:
        return None
    order = list(range(len(points)))
    for _ in range(len(points) * len(points)):
        swap = _crossing(points, order)
        if swap is None:
            break
        i, j = swap
        order[i + 1 : j + 1] = reversed(order[i + 1 : j + 1])
    if not Polygon(points[order]).is_valid:
        return None
    return replace(polygon, ring=tuple(polygon.ring[i] for i in order))


def _crossing(points: Array, order: list[int]) -> tuple[int, int] | None:
    """The first two edges of a ring that cross each other."""
    corners = points[order]
    following = np.roll(corners, -1, axis=0)
    edges = np.array([LineString(edge) for edge in np.stack((corners, following), axis=1)])
    count = len(order)
    for i in range(count - 1):
        last = count - 1 if i == 0 else count
        hits = np.flatnonzero(shapely.crosses(edges[i], edges[i + 2 : last]))
        if hits.size:
            return i, i + 2 + int(hits[0])
    return None


def _fewer_corners(plan: Plan, findings: Sequence[Finding], situation: Situation) -> list[Change]:
    """Polygons with fewer corners: exclusions never smaller, inclusions never larger."""
    limit = situation.profile.max_fence_items - len(plan.fence.circles)
    total = sum(len(polygon.ring) for polygon in plan.fence.polygons)
    if limit < 3 * len(plan.fence.polygons) or not total > limit:
        return []
    found = []
    for tolerance in (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0):
        polygons = [_simpler(polygon, tolerance) for polygon in plan.fence.polygons]
        count = sum(len(polygon.ring) for polygon in polygons)
        if count <= limit:
            said = f"the fence's {total} corners made {count}, {tolerance:g} m off at most"
            found += _with_polygons(plan, polygons, [said])
    return found


def _simpler(polygon: FencePolygon, tolerance_m: float) -> FencePolygon:
    plane = LocalPlane(polygon.ring[0])
    drawn = Polygon(ring_en(plane, polygon.ring)).buffer(0.0)
    # Simplified by less than it was moved, so that it stays on the safe side.
    moved = drawn.buffer(-tolerance_m / 2.0 if polygon.inclusion else tolerance_m / 2.0)
    pieces = polygons_of(moved.simplify(tolerance_m / 2.0))
    if len(pieces) != 1 or len(pieces[0].exterior.coords) - 1 >= len(polygon.ring):
        return polygon
    return replace(polygon, ring=ring_geo(plane, np.array(pieces[0].exterior.coords)[:-1]))


def _widened(plan: Plan, findings: Sequence[Finding], situation: Situation) -> list[Change]:
    """Inclusions that miss a little of the way given our room round it, forbidden ground left out.

    The widest room first; a fence that would have to grow by more than ours is left as it is.
    """
    if plan.home is None or not any(polygon.inclusion for polygon in plan.fence.polygons):
        return []
    plane = LocalPlane(plan.home.position)
    places = [plan.home.position, *(one.place for one in flown_items(plan)), plan.home.position]
    way = LineString([plane.en(place) for place in places])
    exclusions = FenceShape(plan.fence, plane).exclusions
    found = []
    for room in (WIDENED_M / 2.0, WIDENED_M / 4.0, LEAST_ROOM_M):
        polygons, said = [], []
        for index, polygon in enumerate(plan.fence.polygons):
            wider = _wider(polygon, plane, way, exclusions, room) if polygon.inclusion else None
            if wider is not None:
                said.append(f"fence polygon {index + 1}: widened to {room:g} m round the way")
            polygons.append(wider or polygon)
        found += _with_polygons(plan, polygons, said)
    return found


def _wider(
    polygon: FencePolygon,
    plane: LocalPlane,
    way: LineString,
    exclusions: Sequence[shapely.Geometry],
    room_m: float,
) -> FencePolygon | None:
    drawn = Polygon(ring_en(plane, polygon.ring)).buffer(0.0)
    missing = way.difference(drawn)
    if missing.is_empty or drawn.is_empty or missing.hausdorff_distance(drawn) == math.inf:
        return None
    farthest = max(drawn.distance(shapely.Point(at)) for at in shapely.get_coordinates(missing))
    if farthest > WIDENED_M:
        return None
    band = missing.buffer(room_m, quad_segs=2)
    grown = drawn.union(band.difference(shapely.union_all(list(exclusions))))
    pieces = polygons_of(grown)
    if len(pieces) != 1 or pieces[0].interiors:
        return None
    return replace(polygon, ring=ring_geo(plane, np.array(pieces[0].exterior.coords)[:-1]))


def _tidy(plan: Plan, findings: Sequence[Finding], situation: Situation) -> list[Change]:
    """Polygons without points left out, radii below zero written as PX4 takes them."""
    polygons = [polygon for polygon in plan.fence.polygons if polygon.ring]
    said = ["fence polygons without points left out"]
    if len(polygons) == len(plan.fence.polygons):
        said = []
    circles = []
    for index, circle in enumerate(plan.fence.circles):
        negative = math.isfinite(circle.radius_m) and circle.radius_m < 0.0
        circles.append(replace(circle, radius_m=-circle.radius_m) if negative else circle)
        if negative:
            said.append(f"fence circle {index + 1}: radius written as {-circle.radius_m:g} m")
    fence = replace(plan.fence, polygons=tuple(polygons), circles=tuple(circles))
    return [Change(plan=replace(plan, fence=fence), said=tuple(said))] if said else []


def _with_polygons(plan: Plan, polygons: list[FencePolygon], said: list[str]) -> list[Change]:
    if not said:
        return []
    fence: Fence = replace(plan.fence, polygons=tuple(polygons))
    return [Change(plan=replace(plan, fence=fence), said=tuple(said))]


FENCES = (
    Mender(rules=frozenset(("fence-crosses-itself",)), ways=_untangled),
    Mender(rules=frozenset(("px4-fence-too-large",)), ways=_fewer_corners),
    Mender(rules=frozenset(("fence-empty", "fence-circle-radius")), ways=_tidy),
)
WIDER = (
    Mender(
        rules=frozenset(
            (
                "px4-fence-excludes-home",
                "px4-waypoint-outside-fence",
                "leg-across-fence",
                "return-across-fence",
            )
        ),
        ways=_widened,
    ),
)
