"""How wings begin and end a flight, and come to a path and home from it, clear of no-fly zones.

What is clear is told by the track that is flown (`missions.px4_wings`), in every way that it may
be. Tried are take-offs and landings, that into the wind first, and for each, in this order, the
straight leg, ways round the zones widened more and more by what a turn needs, and ways that come
onto the next leg in its course, by turns that keep off the zones.
"""

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import LineString, MultiPoint, Point
from shapely.geometry.base import BaseGeometry

from missions.area import Area
from missions.geodesy import GeoPoint, LocalPlane, distance_m
from missions.patterns.turns.corners import apart, corners_of
from missions.patterns.turns.detours import Turns, along
from missions.plan import Home, MissionItem, Plan
from missions.plan_time import predict_flight
from missions.px4_flight.returns import item_place
from missions.px4_wings.flown import winged_tracks
from missions.px4_wings.guided import KNOWN_M
from missions.px4_wings.stages import CIRCLE, CLIMB, OUT, Spot
from missions.vehicle import Vehicle
from missions.wind import CALM, Wind
from missions.winged_plan import End

Array = npt.NDArray[np.float64]
Items = tuple[MissionItem, ...]
# The items of a way by places.
ByPlaces = Callable[[Sequence[GeoPoint]], Items]
# From a place to another, so many metres clear; None where there is no way.
WayRound = Callable[[GeoPoint, GeoPoint, float], tuple[GeoPoint, ...] | None]

# Zones are widened by so many radii, the least first.
ROOM_RADII = (0.0, 0.5, 1.0, 1.5, 2.0)
COURSES = 8
# Circles are looked at so many steps beside their place.
ASIDES = 9
# A turn may end so many radii before the next leg, straight on in its course.
RUN_RADII = (0.0, 1.0, 2.0)
# A place beside may lie so far from either end.
ASIDE_RADII = (2.0, 4.0)
# The track is judged so many radii into the path too, as far as that is clear by itself.
JUDGED_RADII = (12.0, 6.0, 3.0, 0.0)
# A leg of this share of it is settled on.
SETTLED = 0.4
# Zones are fenced by rings that are drawn a little about them.
RING_M = 1.0
CIRCLE_CLEAR_M = 12.0
# Take-offs and landings to and from which long ways are looked for, and ways by turns.
WANTED_ENDS, TURNED_ENDS = 3, 6
# What a take-off is flown by: a fixed wing climbs out, a VTOL changes to wings.
CLIMBS = (CLIMB, OUT)


class ClosedToWings:
    """No-fly zones on a plane, and whether wings that fly through items in a wind keep off them."""

    def __init__(
        self, plane: LocalPlane, zones: BaseGeometry, vehicle: Vehicle, wind: Wind = CALM
    ) -> None:
        self.plane, self.vehicle, self.zones, self._wind = plane, vehicle, zones, wind
        self._near = self.zones.buffer(KNOWN_M + RING_M)
        self._edge = self.zones.buffer(RING_M)
        shapely.prepare(self._near)
        shapely.prepare(self._edge)

    @classmethod
    def by(
        cls, plane: LocalPlane, no_fly: Sequence[Area], vehicle: Vehicle, wind: Wind = CALM
    ) -> "ClosedToWings":
        """What areas close."""
        shapes = [shapely.make_valid(zone.polygon(plane)) for zone in no_fly]
        return cls(plane, shapely.union_all(shapes), vehicle, wind)

    def clear(self, items: Items, home: Home | None = None) -> bool:
        """Whether all that is flown for the items keeps off the zones; from home on the circles up
        to a height too."""
        if self.zones.is_empty:
            return True
        if not (self._legs_clear(items, home) and self._tracks_clear(items, home)):
            return False
        climbs = self._climbs(items, home)
        return not climbs or self._tracks_clear(items, home, climbs)

    def begins_clear(self, items: Items, home: Home) -> bool:
        """Whether a take-off keeps off the zones, wherever is flown to behind it."""
        if self.zones.is_empty:
            return True
        if not self._legs_clear(items, home):
            return False
        plan, anywhere = Plan(items=items, home=home), (home.position,)
        every = range(len(items))
        climbs = winged_tracks(
            plan, self.plane, self.vehicle, every, home_by=anywhere, wind=self._wind
        )
        return not any(
            stage.kind in CLIMBS and len(track) > 1 and self._near.intersects(LineString(track))
            for stage, track in climbs
        )

    def _legs_clear(self, items: Items, home: Home | None) -> bool:
        places = [place for item in items if (place := item_place(item)) is not None]
        if home is not None:
            places.insert(0, home.position)
        spots = [self.plane.en(place) for place in places]
        return len(spots) < 2 or not self._edge.intersects(LineString(spots))

    def _climbs(self, items: Items, home: Home | None) -> frozenset[int]:
        """Where it comes to a place too low or too high."""
        if home is None:
            return frozenset()
        flight = predict_flight(Plan(items=items, home=home), self.vehicle, self._wind)
        return frozenset() if flight is None else flight.climbs

    def _tracks_clear(
        self, items: Items, home: Home | None, climbs: frozenset[int] = frozenset()
    ) -> bool:
        plan, every = Plan(items=items, home=home), range(len(items))
        tracks = winged_tracks(plan, self.plane, self.vehicle, every, climbs, wind=self._wind)
        for stage, track in tracks:
            if len(track) > 1 and self._near.intersects(LineString(track)):
                return False
            if stage.kind == CIRCLE and self._edge.intersects(
                Point(stage.b).buffer(abs(stage.radius_m)).exterior
            ):
                return False
        return True


class WingedWays:
    """Candidate ways between places for wings; `way_round` finds those for turning on the spot."""

    def __init__(self, closed: ClosedToWings, clearance_m: float, way_round: WayRound) -> None:
        self.closed, self._clearance_m, self._way_round = closed, clearance_m, way_round
        self._grown = closed.zones.buffer(clearance_m)
        shapely.prepare(self._grown)

    def simple(self, before: list[Spot], after: list[Spot]) -> Iterator[list[Spot]]:
        """Straight, round the zones, by one place beside."""
        yield []
        yield from self.round(before, after)
        yield from self._aside(before[-1], after[0])

    def beside(self, before: list[Spot], after: list[Spot]) -> Iterator[list[Spot]]:
        """Straight, by one place beside."""
        yield []
        yield from self._aside(before[-1], after[0])

    def turned(self, before: list[Spot], after: list[Spot]) -> Iterator[list[Spot]]:
        """By turns from each course that it may leave in to each that it may come in, the shortest
        first; the last two places before and the first two after say the courses."""
        radius_m = self.closed.vehicle.turn_radius_m
        turns = Turns(
            radius_m,
            lambda way: not self._grown.intersects(way),
            self._grown,
            around=MultiPoint([*before, *after]),
        )
        found: list[tuple[float, list[Spot]]] = []
        begun, ended = _states(before[-2:], -1), _states(after[:2], 0)
        for a, b, run in itertools.product(begun, ended, RUN_RADII):
            turn = turns.turn(a, along(b, -run * radius_m))
            if turn is None:
                continue
            corners = [corner for way in turn for corner in corners_of(way)]
            if run > 0.0:
                east, north, _ = along(b, -run * radius_m)
                corners.append((float(east), float(north)))
            length_m = sum(way.length_m for way in turn) + run * radius_m
            found.append((length_m, apart([before[-1], *corners])[1:]))
        found.sort(key=lambda one: one[0])
        return iter([way for _, way in found])

    def round(self, before: list[Spot], after: list[Spot]) -> Iterator[list[Spot]]:
        """Round the zones, the closest first."""
        plane, radius_m = self.closed.plane, self.closed.vehicle.turn_radius_m
        start, goal = plane.geo(*before[-1]), plane.geo(*after[0])
        for radii in ROOM_RADII:
            way = self._way_round(start, goal, self._clearance_m + radii * radius_m)
            if way:
                yield [plane.en(place) for place in way]

    def _aside(self, a: Spot, b: Spot) -> Iterator[list[Spot]]:
        """The least detour first."""
        radius_m = self.closed.vehicle.turn_radius_m
        angles = np.arange(2 * COURSES) * math.pi / COURSES
        spots = [
            (
                near[0] + radii * radius_m * math.cos(angle),
                near[1] + radii * radius_m * math.sin(angle),
            )
            for near, radii, angle in itertools.product((a, b), ASIDE_RADII, angles.tolist())
        ]
        spots.sort(key=lambda spot: math.dist(a, spot) + math.dist(spot, b))
        return ([spot] for spot in spots if not self._grown.intersects(LineString((a, spot, b))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Transit:
    """An end of a flight, and the places between it and the path."""

    end: End
    way: tuple[GeoPoint, ...]


@dataclass(frozen=True, slots=True)
class WingedTransits:
    """Finds ends and ways; `by` makes items of the places of a way at their height.

    All is kept off what is closed to the `ways`, the path only off `no_fly`.
    """

    ways: WingedWays
    no_fly: ClosedToWings
    by: ByPlaces

    def out(self, home: Home, ends: Sequence[End], path: Items) -> Transit | None:
        """From a take-off to the path that begins with these items; None where there is no room."""
        parts = self._judged(path, first_of)

        def proven(end: End, way: Sequence[GeoPoint]) -> bool:
            ahead = (*end.items, *self.by(way))
            return all(closed.clear((*ahead, *part), home) for closed, part in parts)

        after = spots_of(path, self.ways.closed.plane)
        ends = [end for end in ends if self.ways.closed.begins_clear(end.items, home)]
        return self._found(ends, lambda end: ([self._en(end)], after), proven)

    def back(self, path: Items, ends: Sequence[End]) -> Transit | None:
        """From a path that ends with these items to a landing; None where there is no room."""
        parts = self._judged(path, last_of)

        def proven(end: End, way: Sequence[GeoPoint]) -> bool:
            behind = (*self.by(way), *end.items)
            return all(closed.clear((*part, *behind)) for closed, part in parts)

        before = spots_of(path, self.ways.closed.plane)
        return self._found(ends, lambda end: (before, [self._en(end)]), proven)

    def _judged(
        self, path: Items, part: Callable[[Items, float], Items]
    ) -> list[tuple[ClosedToWings, Items]]:
        """What is closed, and so much of the path as the way onto it is felt in: less where that
        is not clear by itself, no more than its end where nothing is."""
        radius_m = self.ways.closed.vehicle.turn_radius_m
        parts = [part(path, radii * radius_m) for radii in JUDGED_RADII]
        every = (self.ways.closed, self.no_fly)
        return [
            (one, next((items for items in parts if one.clear(items)), parts[-1])) for one in every
        ]

    def _found(
        self,
        ends: Sequence[End],
        between: Callable[[End], tuple[list[Spot], list[Spot]]],
        proven: Callable[[End, Sequence[GeoPoint]], bool],
    ) -> Transit | None:
        """The first way that is proven: of the ends most wanted any, of the rest a short one."""
        ways = self.ways
        for end, find in (
            *((end, ways.simple) for end in ends[:WANTED_ENDS]),
            *((end, ways.beside) for end in ends[WANTED_ENDS:]),
            *((end, ways.turned) for end in ends[:TURNED_ENDS]),
            *((end, ways.round) for end in ends[WANTED_ENDS:TURNED_ENDS]),
        ):
            for way in find(*between(end)):
                places = tuple(ways.closed.plane.geo(*spot) for spot in way)
                if proven(end, places):
                    return Transit(end=end, way=places)
        return None

    def _en(self, end: End) -> Spot:
        return self.ways.closed.plane.en(end.at)


def circle_at(place: GeoPoint, no_fly: Sequence[Area], vehicle: Vehicle) -> tuple[GeoPoint, float]:
    """The circle that wings wait in about a place: its middle, and its radius, 0 for PX4's own.

    It is smaller beside a zone, and beside one that is nearer than the turn radius it lies so far
    beside the place as it must, the place within it.
    """
    usual_m, least_m = vehicle.px4.nav_loiter_rad_m, math.ceil(vehicle.turn_radius_m)
    plane = LocalPlane(place)
    zones = shapely.union_all([zone.polygon(plane).buffer(0.0) for zone in no_fly])
    if zones.is_empty:
        return place, 0.0
    shapely.prepare(zones)
    for aside in np.linspace(0.0, least_m, ASIDES):
        for angle in np.arange(1 if aside == 0.0 else COURSES * 2) * math.pi / COURSES:
            middle = float(aside * math.sin(angle)), float(aside * math.cos(angle))
            free_m = float(shapely.distance(zones, Point(middle))) - CIRCLE_CLEAR_M
            if free_m >= usual_m:
                return plane.geo(*middle) if aside > 0.0 else place, 0.0
            if free_m >= least_m:
                return plane.geo(*middle) if aside > 0.0 else place, float(math.floor(free_m))
    return place, float(least_m)


def first_of(items: Items, reach_m: float) -> Items:
    """Items until so much of their way is among them, and then a leg that is long enough to settle
    on."""
    gone, before = 0.0, None
    for number, item in enumerate(items):
        place = item_place(item)
        if place is None:
            continue
        leg_m = 0.0 if before is None else distance_m(before, place)
        gone += leg_m
        if before is not None and gone >= reach_m and leg_m >= SETTLED * reach_m:
            return items[: number + 1]
        before = place
    return items


def last_of(items: Items, reach_m: float) -> Items:
    """As `first_of`, from the end."""
    return first_of(items[::-1], reach_m)[::-1]


def spots_of(items: Items, plane: LocalPlane) -> list[Spot]:
    """Where items are, each place once on end."""
    places = (place for item in items if (place := item_place(item)) is not None)
    spots = [plane.en(place) for place in places]
    return [spot for spot, _ in itertools.groupby(spots)]


def _states(places: Sequence[Spot], index: int) -> list[Array]:
    """One of two places with the course between them, from north to the right; of one alone, with
    any."""
    if len(places) > 1:
        (ax, ay), (bx, by) = places
        courses = [math.atan2(bx - ax, by - ay)]
    else:
        courses = [2.0 * math.pi * k / COURSES for k in range(COURSES)]
    east, north = places[index]
    return [np.array((east, north, course)) for course in courses]
