"""Whether PX4 can plan a way home around a fence, and what is wrong with the fence where it cannot.

Places are whole centimetres about the first vertex. Source: PX4-Autopilot v1.17,
src/modules/navigator/RTLPlanner/geofence_avoidance_planner.cpp and
src/lib/geofence/geofence_utils.cpp (as SITL is built: 100 nodes).
"""

import math
from collections.abc import Sequence
from ctypes import c_float
from enum import IntEnum
from itertools import pairwise

from sim.vehicle.fence import FencePart
from sim.vehicle.sphere import Degrees, Projection

MAX_NODES, MAX_PARTS, CIRCLE_CORNERS = 100, 16, 8
LEAST_RADIUS_M = 0.1
EPSILON = 1.1920929e-07
CM = 100.0
RANGE_M = 2**30 / CM
NOT_A_NUMBER_CM = -(2**31)

Centimetres = tuple[int, int]


class GraphFault(IntEnum):
    """PX4's numbers of what is wrong."""

    BUDGET_EXCEEDED = 5
    OUT_OF_RANGE = 6
    DEGENERATE = 7


def graph_fault(parts: Sequence[FencePart], margin_m: float) -> GraphFault | None:
    """What keeps PX4 from planning around these parts; None where nothing does."""
    nodes = sum(_nodes_at_most(part) for part in parts)
    if nodes == 0:
        return None
    if nodes > MAX_NODES - 1:
        return GraphFault.BUDGET_EXCEEDED
    project = Projection(parts[0].vertex(0))
    for number, part in enumerate(parts):
        if number >= MAX_PARTS:
            return GraphFault.BUDGET_EXCEEDED
        if part.middle is not None:
            fault = _circle_fault(part, _metres(part.middle, project), margin_m)
        else:
            fault = _polygon_fault(part, project)
        if fault is not None:
            return fault
    return None


def _nodes_at_most(part: FencePart) -> int:
    """A polygon's sharp corners may be cut off."""
    if part.middle is not None:
        return CIRCLE_CORNERS
    return part.vertices + (180 * part.vertices + 360 - 1) // 300


def _circle_fault(part: FencePart, at_m: tuple[float, float], margin_m: float) -> GraphFault | None:
    if part.named_radius_m <= LEAST_RADIUS_M:
        return GraphFault.DEGENERATE
    radius_m = part.named_radius_m - margin_m
    if not part.inside:
        radius_m = part.named_radius_m / math.cos(math.pi / CIRCLE_CORNERS) + margin_m
    if radius_m <= EPSILON:
        return GraphFault.DEGENERATE
    inside = all(abs(abs(value) + radius_m) < RANGE_M for value in at_m)
    return None if inside else GraphFault.OUT_OF_RANGE


def _polygon_fault(part: FencePart, project: Projection) -> GraphFault | None:
    corners_m = [_metres(part.vertex(index), project) for index in range(part.vertices)]
    corners = [(_centimetres(x), _centimetres(y)) for x, y in corners_m]
    edges = [*pairwise(corners), (corners[-1], corners[0])]
    for index, edge in enumerate(edges):
        others = edges[index + 2 : len(edges) - (index == 0)]
        if any(_touch(edge, other) for other in others):
            return GraphFault.DEGENERATE
        if not all(abs(value) < RANGE_M for value in corners_m[index]):
            return GraphFault.OUT_OF_RANGE
    return GraphFault.DEGENERATE if _doubles_back(corners_m) else None


def _doubles_back(corners_m: Sequence[tuple[float, float]]) -> bool:
    """Whether two corners are one, or an edge goes back along the one before."""
    for index, (x, y) in enumerate(corners_m):
        before, after = corners_m[index - 1], corners_m[(index + 1) % len(corners_m)]
        came, goes = (x - before[0], y - before[1]), (after[0] - x, after[1] - y)
        came_m, goes_m = math.hypot(*came), math.hypot(*goes)
        if came_m < EPSILON or goes_m < EPSILON:
            return True
        if (
            math.hypot(*(a / came_m + b / goes_m for a, b in zip(came, goes, strict=True)))
            < EPSILON
        ):
            return True
    return False


def _touch(one: tuple[Centimetres, Centimetres], other: tuple[Centimetres, Centimetres]) -> bool:
    """PX4's segmentsIntersect: lines that are one touch even where the segments lie apart."""
    (a, b), (c, d) = one, other
    o1, o2 = _turn(a, b, c), _turn(a, b, d)
    if o1 != 0 and o1 == o2:
        return False
    o3, o4 = _turn(c, d, a), _turn(c, d, b)
    if o3 != 0 and o3 == o4:
        return False
    if all((o1, o2, o3, o4)) or not any((o1, o2, o3, o4)):
        return True
    ends = ((o3, c, d, a), (o4, c, d, b), (o1, a, b, c), (o2, a, b, d))
    return any(turn == 0 and _between(start, end, at) for turn, start, end, at in ends)


def _turn(a: Centimetres, b: Centimetres, c: Centimetres) -> int:
    """1 where c is left of the way from a to b, -1 right, 0 on its line."""
    area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
    return (area > 0) - (area < 0)


def _between(a: Centimetres, b: Centimetres, c: Centimetres) -> bool:
    axis = 0 if abs(a[0] - b[0]) >= abs(a[1] - b[1]) else 1
    return a[axis] < c[axis] < b[axis] or b[axis] < c[axis] < a[axis]


def _metres(place: Degrees, project: Projection) -> tuple[float, float]:
    if not math.isfinite(place.latitude_deg):
        return math.nan, math.nan
    north_m, east_m = project(place)
    return c_float(north_m).value, c_float(east_m).value


def _centimetres(value_m: float) -> int:
    if not math.isfinite(value_m):
        return NOT_A_NUMBER_CM
    scaled = c_float(value_m * CM).value
    return int(math.copysign(math.floor(abs(scaled) + 0.5), scaled))
