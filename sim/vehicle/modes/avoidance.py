"""The way back around a fence: the shortest over the corners of its parts, grown by a margin.

Circles count as octagons. A vehicle within a margin first flies to the last clear place that was
noted (every two seconds, as PX4 does), or to the nearest one where none was.
Source: PX4-Autopilot v1.17, src/modules/navigator/RTLPlanner/geofence_avoidance_planner.cpp and
src/lib/geofence/geofence_utils.cpp.
"""

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import NamedTuple

from sim.vehicle.fence import FencePart
from sim.vehicle.trajectory import Ned

Point = tuple[float, float]

CIRCLE_CORNERS = 8
# Nodes lie on the grown outline; what blocks a sight line is a hair smaller, so that a line along
# an outline is free.
HAIR_M = 0.02
SHARP = 1.0
PARALLEL = 1e-6
GOAL = -1


class _Routes(NamedTuple):
    """For each corner the length of the way to the goal, and the corner that comes next."""

    costs: list[float]
    onward: list[int]


@dataclass(frozen=True, slots=True)
class _Zone:
    """An outline with the forbidden side on the left of its edges."""

    corners: tuple[Point, ...]
    inclusion: bool

    def forbids(self, point: Point) -> bool:
        return _within(self.corners, point) != self.inclusion

    def cuts(self, start: Point, end: Point) -> bool:
        middle = ((start[0] + end[0]) / 2.0, (start[1] + end[1]) / 2.0)
        if self.forbids(start) or self.forbids(end) or self.forbids(middle):
            return True
        return any(_cross(start, end, a, b) for a, b in _edges(self.corners))


@dataclass(frozen=True, slots=True, kw_only=True)
class Detour:
    """Places to pass on the way; `direct` if nothing is in the way, `blind` if none is found."""

    places: tuple[Point, ...] = ()
    direct: bool = True
    blind: bool = False


class FenceDetours:
    """A fence as a graph of the corners that a shortest path may touch."""

    def __init__(self, parts: Sequence[FencePart], margin_m: float) -> None:
        self._zones = [_zone(part, margin_m - HAIR_M) for part in parts]
        grown = [_zone(part, margin_m) for part in parts]
        self._nodes = [p for zone in grown for p in _bends(zone) if not self._forbidden(p)]
        self._outlines = [edge for zone in grown for edge in _edges(zone.corners)]
        self._links: list[list[tuple[int, float]]] | None = None
        self._routes: tuple[Point, _Routes] | None = None

    def breaches(self, goal: Ned) -> bool:
        """Whether a destination lies within a margin or outside the fence."""
        return self._forbidden((goal.n, goal.e))

    def leads(self, start: Ned, goal: Ned) -> bool:
        """Whether a way to the goal begins at a place."""
        there = (goal.n, goal.e)
        return not self._forbidden(there) and self._way((start.n, start.e), there) is not None

    def path(self, start: Ned, goal: Ned, noted: Ned | None = None) -> Detour:
        """The way from a place to a goal (the goal itself is not among the places).

        `noted` is where a way began last: it is flown to first where none begins here.
        """
        if not self._zones:
            return Detour()
        here, there = (start.n, start.e), (goal.n, goal.e)
        if self._forbidden(there):
            return Detour(direct=False, blind=True)
        places = self._way(here, there)
        if places is not None:
            return Detour(places=tuple(places), direct=not places)
        for clear in [(noted.n, noted.e)] if noted is not None else self._clear_places(here):
            places = self._way(clear, there)
            if places is not None:
                return Detour(places=(clear, *places), direct=False)
        return Detour(direct=False, blind=True)

    def _clear_places(self, here: Point) -> list[Point]:
        """Places on the grown outlines that are clear, the nearest first."""
        nearest = (_nearest_on(here, a, b) for a, b in self._outlines)
        clear = [point for point in nearest if not self._forbidden(point)]
        return sorted(clear, key=lambda point: math.dist(here, point))

    def _forbidden(self, point: Point) -> bool:
        return any(zone.forbids(point) for zone in self._zones)

    def _sees(self, start: Point, end: Point) -> bool:
        return not any(zone.cuts(start, end) for zone in self._zones)

    def _way(self, start: Point, goal: Point) -> list[Point] | None:
        """The corners between two places, none where they see each other; None without a way."""
        if self._forbidden(start):
            return None
        if self._sees(start, goal):
            return []
        routes = self._routes_to(goal)
        reach = [
            (math.dist(start, self._nodes[at]) + cost, at)
            for at, cost in enumerate(routes.costs)
            if cost < math.inf and self._sees(start, self._nodes[at])
        ]
        if not reach:
            return None
        found, at = [], min(reach)[1]
        while at >= 0:
            found.append(self._nodes[at])
            at = routes.onward[at]
        return found

    def _routes_to(self, goal: Point) -> _Routes:
        """The shortest ways from every corner to a goal; those to the last goal are kept."""
        if self._routes is None or self._routes[0] != goal:
            self._routes = (goal, self._solve(goal))
        return self._routes[1]

    def _solve(self, goal: Point) -> _Routes:
        nodes, links = self._nodes, self._neighbours()
        costs, onward = [math.inf] * len(nodes), [GOAL] * len(nodes)
        for at, node in enumerate(nodes):
            if self._sees(node, goal):
                costs[at] = math.dist(node, goal)
        queue = [(cost, at) for at, cost in enumerate(costs) if cost < math.inf]
        heapq.heapify(queue)
        while queue:
            cost, at = heapq.heappop(queue)
            if cost > costs[at]:
                continue
            for other, apart in links[at]:
                if cost + apart < costs[other]:
                    costs[other], onward[other] = cost + apart, at
                    heapq.heappush(queue, (cost + apart, other))
        return _Routes(costs, onward)

    def _neighbours(self) -> list[list[tuple[int, float]]]:
        """For each corner the others that it sees, with their distance; found out once."""
        if self._links is None:
            nodes = self._nodes
            self._links = [[] for _ in nodes]
            for (i, a), (j, b) in combinations(enumerate(nodes), 2):
                if self._sees(a, b):
                    self._links[i].append((j, math.dist(a, b)))
                    self._links[j].append((i, math.dist(a, b)))
        return self._links


def _zone(part: FencePart, margin_m: float) -> _Zone:
    if part.radius_m > 0.0:
        return _octagon(part, margin_m)
    corners = [(corner.n, corner.e) for corner in part.corners]
    if (_area(corners) > 0.0) == part.inside:
        corners.reverse()
    return _Zone(tuple(_grown(corners, margin_m)), part.inside)


def _octagon(part: FencePart, margin_m: float) -> _Zone:
    centre = part.corners[0]
    radius = part.radius_m - margin_m
    if not part.inside:
        radius = part.radius_m / math.cos(math.pi / CIRCLE_CORNERS) + margin_m
    turn = (-1.0 if part.inside else 1.0) * math.tau / CIRCLE_CORNERS
    radius = max(radius, HAIR_M)
    corners = [
        (
            centre.n + radius * math.cos((index + 0.5) * turn),
            centre.e + radius * math.sin((index + 0.5) * turn),
        )
        for index in range(CIRCLE_CORNERS)
    ]
    return _Zone(tuple(corners), part.inside)


def _grown(corners: list[Point], margin_m: float) -> list[Point]:
    """The outline moved away from the forbidden side; sharp corners are cut off."""
    grown: list[Point] = []
    count = len(corners)
    for index, corner in enumerate(corners):
        before, after = corners[index - 1], corners[(index + 1) % count]
        came, goes = _unit(before, corner), _unit(corner, after)
        bn, be = -came[1] - goes[1], came[0] + goes[0]
        length = math.hypot(bn, be)
        if length < PARALLEL:
            continue
        bisector = (bn / length, be / length)
        convex = came[0] * goes[1] - came[1] * goes[0] > 0.0
        if not (convex and length < SHARP):
            away = margin_m * 2.0 / length
            grown.append((corner[0] - bisector[0] * away, corner[1] - bisector[1] * away))
            continue
        base = (corner[0] - bisector[0] * margin_m, corner[1] - bisector[1] * margin_m)
        facing = -goes[1] * bisector[0] + goes[0] * bisector[1]
        along = goes[0] * bisector[0] + goes[1] * bisector[1]
        side = margin_m * (1.0 - facing) / along
        across = (-bisector[1] * side, bisector[0] * side)
        grown.append((base[0] + across[0], base[1] + across[1]))
        grown.append((base[0] - across[0], base[1] - across[1]))
    return grown


def _bends(zone: _Zone) -> list[Point]:
    """The corners that a shortest path may touch: those where the forbidden side bulges out."""
    corners, count = zone.corners, len(zone.corners)
    return [
        corner
        for index, corner in enumerate(corners)
        if _turn(corners[index - 1], corner, corners[(index + 1) % count]) > 0.0
    ]


def _edges(corners: Sequence[Point]) -> list[tuple[Point, Point]]:
    return list(pairwise((*corners, corners[0])))


def _nearest_on(here: Point, a: Point, b: Point) -> Point:
    dn, de = b[0] - a[0], b[1] - a[1]
    length = max(dn * dn + de * de, PARALLEL)
    share = min(max(((here[0] - a[0]) * dn + (here[1] - a[1]) * de) / length, 0.0), 1.0)
    return (a[0] + dn * share, a[1] + de * share)


def _unit(start: Point, end: Point) -> Point:
    length = max(math.dist(start, end), PARALLEL)
    return ((end[0] - start[0]) / length, (end[1] - start[1]) / length)


def _area(corners: Sequence[Point]) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in _edges(corners)) / 2.0


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    return _turn(a, b, c) * _turn(a, b, d) < 0.0 and _turn(c, d, a) * _turn(c, d, b) < 0.0


def _within(corners: Sequence[Point], point: Point) -> bool:
    inside = False
    for (an, ae), (bn, be) in _edges(corners):
        if (ae > point[1]) != (be > point[1]):
            crossing = an + (point[1] - ae) / (be - ae) * (bn - an)
            if point[0] < crossing:
                inside = not inside
    return inside
