"""Ways for wings between home and a task, and what is flown of a path, clear of the no-fly zones.

A way is clear where the track that is flown by it (`missions.winged_track`) is. Tried are, in this
order, the straight leg, ways round the zones widened more and more by what a turn needs, and ways
that come onto the next leg in its course, by turns that keep off the zones.
"""

import itertools
import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import LineString, MultiPoint, Point
from shapely.geometry.base import BaseGeometry

from missions.area import Area
from missions.geodesy import GeoPoint, LocalPlane
from missions.path import PatrolPath
from missions.patterns.turns.corners import apart, corners_of
from missions.patterns.turns.detours import Turns, along
from missions.transit import way_round
from missions.vehicle import Vehicle
from missions.winged_track import Guided, Spot, WingedTrack, heading_of

Array = npt.NDArray[np.float64]
# The way round them: from a to b, so clear, or None.
WayRound = Callable[[Spot, Spot, float], Sequence[Spot] | None]

# Zones are widened by so many radii, the least first.
ROOM_RADII = (0.0, 0.5, 1.0, 1.5, 2.0)
COURSES = 8
# A turn may end so many radii before the next leg, straight on in its course.
RUN_RADII = (0.0, 1.0, 2.0)
# The track is judged so many radii before and behind a way too: what it comes from and leads into.
JUDGED_RADII = 12.0
# Zones are fenced by rings that are drawn a little about them.
CIRCLE_CLEAR_M = 5.0
# The prediction is known so well, and no better.
KNOWN_M = 1.0


class WingedWays:
    """Ways that keep a wing off zones on a plane; `way_round` finds those for turning on the
    spot."""

    def __init__(
        self, zones: BaseGeometry, how: Guided, *, clearance_m: float, way_round: WayRound
    ) -> None:
        self._how, self._clearance_m, self._way_round = how, clearance_m, way_round
        self._zones = zones.buffer(KNOWN_M)
        shapely.prepare(self._zones)
        self._grown = zones.buffer(clearance_m)
        shapely.prepare(self._grown)

    def clear(self, places: Sequence[Spot]) -> bool:
        """Whether the track by these places keeps off the zones."""
        return not any(way.intersects(self._zones) for way in flown_along(places, self._how))

    def between(self, before: Sequence[Spot], after: Sequence[Spot]) -> list[Spot] | None:
        """The places to be flown by from the last of `before` to the first of `after`, None where
        no way was found that leaves room for the turns."""
        for way in itertools.chain(self._round(before[-1], after[0]), self._turned(before, after)):
            if self.clear((*before, *way, *after)):
                return way
        return None

    def _round(self, a: Spot, b: Spot) -> Iterator[list[Spot]]:
        yield []
        for radii in ROOM_RADII:
            way = self._way_round(a, b, self._clearance_m + radii * self._how.radius_m)
            if way:
                yield list(way)

    def _turned(self, before: Sequence[Spot], after: Sequence[Spot]) -> Iterator[list[Spot]]:
        """By turns from each course that it may leave in to each that it may come in, the shortest
        first."""
        around = MultiPoint([*before, *after])
        turns = Turns(
            self._how.radius_m,
            lambda way: not way.intersects(self._grown),
            self._grown,
            around=around,
        )
        found: list[tuple[float, list[Spot]]] = []
        begun = _states(before[-2:], len(before) - 1)
        ended = _states(after[:2], 0)
        for a, b, run in itertools.product(begun, ended, RUN_RADII):
            run_m = run * self._how.radius_m
            turn = turns.turn(a, along(b, -run_m))
            if turn is not None:
                corners = [corner for way in turn for corner in corners_of(way)]
                if run_m > 0.0:
                    corners.append(_place(along(b, -run_m)))
                length_m = sum(way.length_m for way in turn) + run_m
                found.append((length_m, apart([before[-1], *corners])[1:]))
        found.sort(key=lambda one: one[0])
        return iter([way for _, way in found])


def winged_way_round(
    before: Sequence[GeoPoint],
    after: Sequence[GeoPoint],
    no_fly: Sequence[Area],
    vehicle: Vehicle,
    *,
    clearance_m: float,
) -> tuple[GeoPoint, ...] | None:
    """As `missions.transit.way_round`, from the last place of `before` to the first of `after`, of
    which the nearest say in which course it comes and goes on; None also where there is no room."""
    if not no_fly:
        return ()
    plane = LocalPlane(before[-1])

    def round_them(a: Spot, b: Spot, clear_m: float) -> Sequence[Spot] | None:
        way = way_round(plane.geo(*a), plane.geo(*b), tuple(no_fly), clearance_m=clear_m)
        return None if way is None else [plane.en(place) for place in way]

    ways = WingedWays(
        zones_on(plane, no_fly), Guided.of(vehicle), clearance_m=clearance_m, way_round=round_them
    )
    reach_m = JUDGED_RADII * vehicle.turn_radius_m
    come = _first([plane.en(place) for place in reversed(before)], reach_m)[::-1]
    found = ways.between(come, _first([plane.en(place) for place in after], reach_m))
    return None if found is None else tuple(plane.geo(*place) for place in found)


def keeps_off(path: PatrolPath, no_fly: Sequence[Area], vehicle: Vehicle) -> bool:
    """Whether the track that wings fly by a path keeps off the zones."""
    if not no_fly:
        return True
    plane = LocalPlane(path.points[0].position)
    zones = zones_on(plane, no_fly).buffer(KNOWN_M)
    shapely.prepare(zones)
    places = [plane.en(point.position) for point in path.points]
    onto = _before(places, JUDGED_RADII * vehicle.turn_radius_m)
    flown = flown_along((*onto, *places), Guided.of(vehicle))
    return not any(way.intersects(zones) for way in itertools.islice(flown, len(onto), None))


def circle_m(at: GeoPoint, no_fly: Sequence[Area], vehicle: Vehicle) -> float:
    """The radius of the circle that wings wait in, 0 for PX4's own: smaller only beside a zone."""
    if not no_fly:
        return 0.0
    free_m = zones_on(LocalPlane(at), no_fly).distance(Point(0.0, 0.0)) - CIRCLE_CLEAR_M
    least_m, usual_m = math.ceil(vehicle.turn_radius_m), vehicle.px4.nav_loiter_rad_m
    return 0.0 if free_m >= usual_m else float(max(least_m, math.floor(free_m)))


def zones_on(plane: LocalPlane, no_fly: Sequence[Area]) -> BaseGeometry:
    """All zones as one shape, metres."""
    return shapely.union_all([shapely.make_valid(zone.polygon(plane)) for zone in no_fly])


def flown_along(places: Sequence[Spot], how: Guided) -> Iterator[LineString]:
    """The track from place to place, leg by leg, begun in the course of the first."""
    legs = [(a, b) for a, b in itertools.pairwise(places) if a != b]
    if not legs:
        return
    track = WingedTrack(how, legs[0][0], heading_of(*legs[0]))
    for start, end in legs:
        yield LineString((*track.follow(start, end), track.at))


def _before(places: Sequence[Spot], back_m: float) -> list[Spot]:
    """A place from which a way comes onto a path in the course of its first leg."""
    ax, ay = places[0]
    on = next((place for place in places if place != places[0]), None)
    if on is None:
        return []
    length = math.dist(places[0], on)
    return [(ax - back_m * (on[0] - ax) / length, ay - back_m * (on[1] - ay) / length)]


def _first(places: Sequence[Spot], reach_m: float) -> list[Spot]:
    """Places until so much of their way is among them."""
    gone = itertools.accumulate((math.dist(a, b) for a, b in itertools.pairwise(places)))
    count = sum(1 for metres in gone if metres < reach_m)
    return list(places[: count + 2])


def _states(places: Sequence[Spot], index: int) -> list[Array]:
    """One of two places with the course between them, from north to the right; of one alone, with
    any."""
    if len(places) > 1 and places[0] != places[1]:
        (ax, ay), (bx, by) = places
        courses = [math.atan2(bx - ax, by - ay)]
    else:
        courses = [2.0 * math.pi * k / COURSES for k in range(COURSES)]
    east, north = places[min(index, len(places) - 1)]
    return [np.array((east, north, course)) for course in courses]


def _place(state: Array) -> Spot:
    return float(state[0]), float(state[1])
