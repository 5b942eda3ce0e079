"""An area divided among drones that see swaths of different width: each width its own part.

The area is cut by straight lines, the widest swath's part first, where that keeps every part in one
piece, the cut short and each part near its drones; the cut is then moved until both sides are done
at one time.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely import affinity
from shapely.geometry import Polygon, box
from shapely.geometry.base import BaseGeometry

from missions.area import Area, ring_geo
from missions.fleet.drone import FleetDrone
from missions.fleet.fleet_work import DroneWork, Eye
from missions.geodesy import LocalPlane
from missions.patterns.ground import polygons_of

Array = npt.NDArray[np.float64]
# Some drones' work on a part of the area.
Divide = Callable[[Area, Sequence[int]], tuple[DroneWork, ...]]

# Swaths that differ by less are flown as one.
ALIKE = 1.05
DIRECTIONS = 12
MOVES = 3
EVEN_ENOUGH = 0.01
LEAST_SHARE, MOST_SHARE = 0.03, 0.97
HALVINGS = 40
# Pieces that rounding leaves along a cut.
CRUMBS = 1e-6


@dataclass(frozen=True, slots=True)
class _Side:
    """The drones of one side of a cut, what they show in a second, and where they stand."""

    members: tuple[int, ...]
    rate_m2_s: float
    docks: Array


def widths(eyes: Sequence[Eye]) -> list[tuple[int, ...]]:
    """The drones of each width of swath, the widest first."""
    order = sorted(range(len(eyes)), key=lambda i: -eyes[i].swath_m)
    groups: list[list[int]] = []
    for i in order:
        if groups and eyes[groups[-1][0]].swath_m < ALIKE * eyes[i].swath_m:
            groups[-1].append(i)
        else:
            groups.append([i])
    return [tuple(sorted(group)) for group in groups]


def divided_by_swath(
    area: Area,
    plane: LocalPlane,
    drones: Sequence[FleetDrone],
    eyes: Sequence[Eye],
    divide: Divide,
) -> tuple[DroneWork, ...] | None:
    """Everybody's work in the drones' order, None where no cut leaves whole parts."""
    sides = [
        _Side(
            group,
            sum(eyes[i].swath_m * eyes[i].speed_m_s for i in group),
            np.array([plane.en(drones[i].dock) for i in group if drones[i].docked]).reshape(-1, 2),
        )
        for group in widths(eyes)
    ]
    polygon = shapely.make_valid(area.polygon(plane))
    if not isinstance(polygon, Polygon):
        return None
    found = _divided(polygon, plane, sides, divide)
    if found is None:
        return None
    by_name = dict(found)
    return tuple(by_name[i] for i in range(len(drones)))


def _divided(
    polygon: Polygon, plane: LocalPlane, sides: list[_Side], divide: Divide
) -> list[tuple[int, DroneWork]] | None:
    if len(sides) == 1:
        members = sides[0].members
        return list(zip(members, divide(_area(polygon, plane), members), strict=True))
    rates = [side.rate_m2_s for side in sides]
    share = rates[0] / sum(rates)
    best: list[tuple[int, DroneWork]] | None = None
    for _ in range(MOVES):
        parts = _cut(polygon, share, sides)
        if parts is None:
            return best
        halves = [
            _divided(parts[0], plane, sides[:1], divide),
            _divided(parts[1], plane, sides[1:], divide),
        ]
        if halves[0] is None or halves[1] is None:
            return best
        whole = [*halves[0], *halves[1]]
        best = whole if best is None or _done_s(whole) < _done_s(best) else best
        first_s, rest_s = _done_s(halves[0]), _done_s(halves[1])
        if abs(first_s - rest_s) <= EVEN_ENOUGH * max(first_s, rest_s):
            break
        # Each side's time is about as much as its share, beside what it takes in any case.
        first, rest = share / first_s, (1.0 - share) / rest_s
        share = min(MOST_SHARE, max(LEAST_SHARE, first / (first + rest)))
    return best


def _done_s(work: list[tuple[int, DroneWork]]) -> float:
    return max(one.done_s for _, one in work)


def _cut(polygon: Polygon, share: float, sides: list[_Side]) -> tuple[Polygon, Polygon] | None:
    """The share of a polygon on one side of a line, and the rest, by the line that suits best."""
    rest = np.vstack([side.docks for side in sides[1:]])
    best: tuple[Polygon, Polygon] | None = None
    least = math.inf
    for k in range(2 * DIRECTIONS):
        parts = _cut_at(polygon, share, math.pi * k / DIRECTIONS)
        if parts is None:
            continue
        cost = parts[0].intersection(parts[1]).length
        cost += _away(parts[0], sides[0].docks) + _away(parts[1], rest)
        if cost < least:
            best, least = parts, cost
    return best


def _away(part: Polygon, docks: Array) -> float:
    if not len(docks):
        return 0.0
    east, north = part.centroid.x, part.centroid.y
    return float(np.hypot(docks[:, 0] - east, docks[:, 1] - north).mean())


def _cut_at(polygon: Polygon, share: float, angle: float) -> tuple[Polygon, Polygon] | None:
    turned = affinity.rotate(polygon, -angle, origin=(0.0, 0.0), use_radians=True)
    left, low, right, high = turned.bounds
    near, far = left, right
    for _ in range(HALVINGS):
        at = (near + far) / 2.0
        inner = shapely.clip_by_rect(turned, left - 1.0, low - 1.0, at, high + 1.0)
        near, far = (at, far) if inner.area < share * turned.area else (near, at)
    first = _whole(turned.intersection(box(left - 1.0, low - 1.0, near, high + 1.0)))
    second = _whole(turned.intersection(box(near, low - 1.0, right + 1.0, high + 1.0)))
    if first is None or second is None:
        return None
    back = [
        affinity.rotate(part, angle, origin=(0.0, 0.0), use_radians=True)
        for part in (first, second)
    ]
    return back[0], back[1]


def _whole(part: BaseGeometry) -> Polygon | None:
    """The one polygon of a part, None where it falls into several."""
    pieces = polygons_of(part)
    if not pieces or sum(piece.area for piece in pieces[1:]) > CRUMBS * pieces[0].area:
        return None
    return pieces[0]


def _area(polygon: Polygon, plane: LocalPlane) -> Area:
    outer, *holes = (
        ring_geo(plane, np.array(ring.coords)[:-1])
        for ring in (polygon.exterior, *polygon.interiors)
    )
    return Area(outer=outer, holes=tuple(holes))
