"""All ways of a return by failsafe, which may begin anywhere on any leg.

The ways straight home from a leg fill the triangle between it and the place; those by the mission
begin with such a triangle to the first item on the way back, and go on from item to item.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from missions.checks.px4_profile import Px4Profile
from missions.checks.ways import Way
from missions.geodesy import LocalPlane
from missions.plan import Plan
from missions.px4_flight.returns import (
    BY_MISSION,
    By,
    Destination,
    destinations,
    destinations_from,
    item_place,
    return_route,
)

Floats = npt.NDArray[np.float64]
Geometries = npt.NDArray[np.object_]
# A leg's index, all ways of a return from it, and where that leads.
Fan = tuple[int, BaseGeometry, Destination]

# A leg is cut where another destination becomes the nearer one, to within this.
CUT_M = 5.0
MOST_CUTS = 20_000
LEAST_AREA_M2 = 1.0


def return_fans(
    plan: Plan, legs: Sequence[Way], plane: LocalPlane, profile: Px4Profile
) -> list[Fan]:
    """Every return from every leg; none where nobody knows home."""
    if plan.home is None or not legs:
        return []
    if profile.px4.rtl_type in BY_MISSION:
        return _by_mission(plan, legs, plane, profile)
    known = destinations(plan, profile.px4.rtl_type)
    if not known:
        return []
    if len(known) == 1:
        return _to_one(plan, legs, known, plane, profile)
    return _direct(plan, legs, known, plane, profile)


def _to_one(
    plan: Plan,
    legs: Sequence[Way],
    known: list[Destination],
    plane: LocalPlane,
    profile: Px4Profile,
) -> list[Fan]:
    """Where there is one place only it is the same from everywhere: all fans at once."""
    (to,) = known
    at = np.array([(to.place.latitude_deg, to.place.longitude_deg)])
    if destinations_from(at, known, profile.px4.rtl_type)[0] < 0:
        return []
    lines = [way.line for way in legs]
    first, last = (shapely.get_coordinates(shapely.get_point(lines, end)) for end in (0, -1))
    goal = np.broadcast_to(_entry(plan, to, plane), first.shape)
    corners = np.stack((first, last, goal), axis=1)
    wide: Geometries = np.asarray(shapely.polygons(corners))
    thin: Geometries = np.asarray(shapely.linestrings(corners))
    fans = np.where(shapely.area(wide) > LEAST_AREA_M2, wide, thin)
    chain = ((0, line, to) for line in _chain(plan, to.items, plane))
    return [*((index, fan, to) for index, fan in enumerate(fans)), *chain]


def _direct(
    plan: Plan,
    legs: Sequence[Way],
    known: list[Destination],
    plane: LocalPlane,
    profile: Px4Profile,
) -> list[Fan]:
    whole_m = sum(way.line.length for way in legs)
    step_m = max(CUT_M, whole_m / MOST_CUTS)
    found: list[Fan] = []
    landed_from: dict[int, int] = {}
    for index, way in enumerate(legs):
        pieces = max(1, math.ceil(way.line.length / step_m))
        spots = _along(way.line, pieces)
        goals = destinations_from(plane.geo_from_en(spots), known, profile.px4.rtl_type)
        for goal, run in _runs(goals.tolist()):
            if goal < 0:
                continue
            # A step more each way: the border between two lies somewhere within it.
            first, last = spots[max(0, run.start - 1)], spots[min(pieces, run.stop)]
            landed_from.setdefault(goal, index)
            found.append((index, _fan(first, last, _entry(plan, known[goal], plane)), known[goal]))
    for goal, index in landed_from.items():
        found += [(index, line, known[goal]) for line in _chain(plan, known[goal].items, plane)]
    return found


def _entry(plan: Plan, to: Destination, plane: LocalPlane) -> tuple[float, float]:
    """Where a direct return is flown to: a landing by the first of its items."""
    first = item_place(plan.items[to.items[0]]) if to.items else None
    return plane.en(first or to.place)


def _by_mission(
    plan: Plan, legs: Sequence[Way], plane: LocalPlane, profile: Px4Profile
) -> list[Fan]:
    found: list[Fan] = []
    chained: set[tuple[int, ...]] = set()
    for index, way in enumerate(legs):
        route = return_route(plan, profile.px4.rtl_type, way.start, way.flown_to)
        if route is None or not route.items:
            continue
        to = Destination(place=route.place, name=f"{_NAMES[route.by]}", items=route.items)
        ends = shapely.get_coordinates(way.line)
        found.append((index, _fan(ends[0], ends[-1], _entry(plan, to, plane)), to))
        new = [pair for pair in pairwise(route.items) if pair not in chained]
        chained.update(new)
        found += [(index, line, to) for pair in new for line in _chain(plan, pair, plane)]
        if route.by is By.BACKWARD and (last := (route.items[-1],)) not in chained:
            chained.add(last)
            place = item_place(plan.items[last[0]])
            if place is not None and place != to.place:
                found.append((index, LineString((plane.en(place), plane.en(to.place))), to))
    return found


_NAMES = {By.FORWARD: "the landing, on by the mission", By.BACKWARD: "home, back by the mission"}


def _chain(plan: Plan, items: Sequence[int], plane: LocalPlane) -> Iterator[LineString]:
    places = [place for item in items if (place := item_place(plan.items[item])) is not None]
    for a, b in pairwise(places):
        if a != b:
            yield LineString((plane.en(a), plane.en(b)))


def _fan(first: Floats, last: Floats, goal: tuple[float, float]) -> BaseGeometry:
    whole = Polygon((first, last, goal))
    return whole if whole.area > LEAST_AREA_M2 else LineString((first, last, goal))


def _along(line: LineString, pieces: int) -> Floats:
    ends = shapely.get_coordinates(line)
    part = np.linspace(0.0, 1.0, pieces + 1)[:, None]
    found: Floats = ends[0] + part * (ends[-1] - ends[0])
    return found


def _runs(goals: list[int]) -> Iterator[tuple[int, slice]]:
    """Runs of the same destination, as slices."""
    borders = [0, *(i for i in range(1, len(goals)) if goals[i] != goals[i - 1]), len(goals)]
    for first, last in pairwise(borders):
        yield goals[first], slice(first, last)
