"""All that a plan makes a vehicle fly, drawn on a plane: legs, jumps, turns, circles, the return.

A wing flies over its waypoint, turns as tightly as it can and then heads for the next; where it
loiters, or comes to a waypoint too low or too high, it circles. A multirotor turns on the spot and
holds; what it makes of corners, `flown_way` says. Source of what circles and how wide:
PX4-Autopilot v1.17, src/modules/navigator/mission_block.cpp.
"""

import itertools
import math
from dataclasses import dataclass, replace
from enum import StrEnum

from shapely.geometry import LineString, Point

from missions.checks.flown_order import Ending, FlownOrder, Step, flown_order
from missions.checks.places import place_of_item
from missions.checks.px4_profile import FLOWN_TO, Px4Profile
from missions.geodesy import GeoPoint, LocalPlane
from missions.plan import Command, MissionItem, Plan
from missions.plan_time import predict_flight
from missions.px4_flight.returns import By, ReturnRoute, destinations, item_place, return_route
from missions.vehicle import Vehicle

# The radius of a loiter is its third parameter, or its second.
RADIUS_PARAM = {
    int(Command.NAV_LOITER_UNLIM): 2,
    int(Command.NAV_LOITER_TIME): 2,
    int(Command.NAV_LOITER_TO_ALT): 1,
}
ARC_STEP_RAD = math.radians(5.0)
QUARTER = 16

Spot = tuple[float, float]


class WayKind(StrEnum):
    """What a way is, as a finding calls it."""

    LEG = "the leg"
    JUMP = "the jump"
    TURN = "the turn"
    CIRCLE = "the loiter circle"
    CLIMB = "the circle up or down to a height"
    RETURN = "the return"
    RETURN_CIRCLE = "the circle over the place of return"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One line; `item` is the one that it is flown for, `name` what it is called; `flown_to` is the
    item at its end."""

    kind: WayKind
    item: int
    line: LineString
    name: str
    start: GeoPoint
    end: GeoPoint
    flown_to: int = 0


def ways_of(plan: Plan, plane: LocalPlane, vehicle: Vehicle, profile: Px4Profile) -> list[Way]:
    """Every way that the plan itself is flown by, each once, in the order flown."""
    drawing = _Drawing(plan, plane, vehicle, profile)
    order = flown_order(plan)
    return [
        *drawing.legs(order),
        *drawing.circles(order),
        *drawing.climbs(),
        *drawing.the_return(order),
    ]


def legs_of(ways: list[Way]) -> list[Way]:
    """Those along which a return could begin."""
    return [way for way in ways if way.kind in (WayKind.LEG, WayKind.JUMP)]


@dataclass(frozen=True, slots=True)
class _Drawing:
    plan: Plan
    plane: LocalPlane
    vehicle: Vehicle
    profile: Px4Profile

    @property
    def winged(self) -> bool:
        """Whether it circles and turns with a radius."""
        return self.vehicle.winged or not self.profile.multirotor

    def legs(self, order: FlownOrder) -> list[Way]:
        """From place to place, jumps as they are taken; where it cannot turn on the spot with the
        turn before each."""
        stops = [
            (step, place)
            for step in order.steps
            if (place := self._flown_place(self.plan.items[step.item])) is not None
        ]
        if not stops:
            return []
        if self.plan.home is not None:
            stops.insert(0, (Step(item=stops[0][0].item), self.plan.home.position))
        found: dict[tuple[int, int, bool], Way] = {}
        heading: float | None = None
        # A lap flown for ever comes to the same few places again and again.
        spots = {place: self.plane.en(place) for place in {one for _, one in stops}}
        for (before, a), (after, b) in itertools.pairwise(stops):
            key = (before.item, after.item, heading is None)
            start, end = spots[a], spots[b]
            if key not in found and a != b:
                found[key] = self._leg(after, a, b)
                if self.winged and heading is not None:
                    found[(*key[:2], not key[2])] = self._turn(before, after, a, b, heading)
            if start != end:
                heading = math.atan2(end[1] - start[1], end[0] - start[0])
        return list(found.values())

    def _flown_place(self, item: MissionItem) -> GeoPoint | None:
        return place_of_item(item) if item.command in FLOWN_TO else None

    def _leg(self, after: Step, a: GeoPoint, b: GeoPoint) -> Way:
        jumped = after.jumped_by
        name = f"the leg to item {after.item + 1}"
        if jumped is not None:
            name = f"the leg that item {jumped + 1} jumps to item {after.item + 1} by"
        return Way(
            kind=WayKind.LEG if jumped is None else WayKind.JUMP,
            item=after.item if jumped is None else jumped,
            line=LineString((self.plane.en(a), self.plane.en(b))),
            name=name,
            start=a,
            end=b,
            flown_to=after.item,
        )

    def _turn(self, before: Step, after: Step, a: GeoPoint, b: GeoPoint, heading: float) -> Way:
        at, towards = self.plane.en(a), self.plane.en(b)
        return Way(
            kind=WayKind.TURN,
            item=before.item,
            line=LineString((*turn_towards(at, heading, towards, self._radius_m), towards)),
            name=f"the turn at item {before.item + 1}",
            start=a,
            end=b,
        )

    @property
    def _radius_m(self) -> float:
        return self.vehicle.turn_radius_m or self.profile.px4.nav_loiter_rad_m

    def circles(self, order: FlownOrder) -> list[Way]:
        """Where wings loiter: at loiter items, and at the end of a mission that only ends."""
        if not self.winged:
            return []
        found = {}
        for step in order.steps:
            item, place = self.plan.items[step.item], place_of_item(self.plan.items[step.item])
            if place is not None and item.command in RADIUS_PARAM:
                radius_m = self._loiter_radius_m(item.params[RADIUS_PARAM[item.command]])
                name = f"the loiter circle of item {step.item + 1} ({radius_m:.0f} m)"
                found[step.item] = self._circle(step.item, place, radius_m, name, WayKind.CIRCLE)
        last = self._last_stop(order)
        if last is not None and last[0] not in found and order.ending is not Ending.RETURN:
            radius_m = self.profile.px4.nav_loiter_rad_m
            name = f"the circle that it holds in at the end ({radius_m:.0f} m)"
            found[last[0]] = self._circle(*last, radius_m, name, WayKind.CIRCLE)
        return list(found.values())

    def climbs(self) -> list[Way]:
        """Circles over waypoints that wings come to too low or too high."""
        flight = predict_flight(self.plan, self.vehicle) if self.vehicle.winged else None
        radius_m = self.profile.px4.nav_loiter_rad_m
        return [
            self._circle(
                item,
                place,
                radius_m,
                f"the circle over item {item + 1} until it is at its height ({radius_m:.0f} m)",
                WayKind.CLIMB,
            )
            for item in sorted(() if flight is None else flight.climbs)
            if (place := place_of_item(self.plan.items[item])) is not None
        ]

    def _last_stop(self, order: FlownOrder) -> tuple[int, GeoPoint] | None:
        for step in reversed(order.steps):
            item = self.plan.items[step.item]
            place = self._flown_place(item)
            if place is not None:
                lands = item.command in (Command.NAV_LAND, Command.NAV_VTOL_LAND)
                return None if lands else (step.item, place)
        return None

    def _loiter_radius_m(self, given: float) -> float:
        if math.isfinite(given) and abs(given) > 1e-6:
            return abs(given)
        return self.profile.px4.nav_loiter_rad_m

    def _circle(self, item: int, place: GeoPoint, radius_m: float, name: str, kind: WayKind) -> Way:
        ring = Point(self.plane.en(place)).buffer(radius_m, quad_segs=QUARTER).exterior
        return Way(
            kind=kind, item=item, line=LineString(ring.coords), name=name, start=place, end=place
        )

    def the_return(self, order: FlownOrder) -> list[Way]:
        """The return that the mission itself asks for, and the circle that ends it for wings."""
        if order.ending is not Ending.RETURN:
            return []
        stops = (place_of_item(self.plan.items[step.item]) for step in reversed(order.steps))
        start = next((place for place in stops if place is not None), None)
        if start is None:
            return []
        route = return_route(self.plan, self.profile.px4.rtl_type, start, order.last)
        if route is None:
            return []
        through = (item_place(self.plan.items[item]) for item in route.items)
        places = [start, *(place for place in through if place is not None), route.place]
        line = LineString([self.plane.en(place) for place in places])
        name = f"the return {self._led_to(route)}"
        back = Way(
            kind=WayKind.RETURN, item=order.last, line=line, name=name, start=start, end=route.place
        )
        if not self.winged:
            return [back]
        turn = self._return_turn(order, back, places[1])
        radius_m = self.profile.rtl_loiter_rad_m
        name = f"the circle at the end of {name} ({radius_m:.0f} m)"
        kind = WayKind.RETURN_CIRCLE
        return [*turn, back, self._circle(order.last, route.place, radius_m, name, kind)]

    def _return_turn(self, order: FlownOrder, back: Way, towards: GeoPoint) -> list[Way]:
        """Round to the way home, from the course that the last leg was flown by."""
        spots = [
            self.plane.en(place)
            for step in order.steps
            if (place := self._flown_place(self.plan.items[step.item])) is not None
        ]
        at, to = self.plane.en(back.start), self.plane.en(towards)
        before = next((spot for spot in reversed(spots) if spot != at), None)
        if before is None or at == to:
            return []
        heading = math.atan2(at[1] - before[1], at[0] - before[0])
        line = LineString(turn_towards(at, heading, to, self._radius_m))
        name = f"the turn into {back.name}"
        return [replace(back, kind=WayKind.TURN, line=line, name=name)]

    def _led_to(self, route: ReturnRoute) -> str:
        if route.by in (By.FORWARD, By.BACKWARD):
            return route.by.value
        known = destinations(self.plan, self.profile.px4.rtl_type)
        return f"to {next(one.name for one in known if one.place == route.place)}"


def turn_towards(at: Spot, heading: float, towards: Spot, radius_m: float) -> list[Spot]:
    """Points of the tightest turn from a heading until the nose points to a place.

    Angles are counter-clockwise from east. Where the place lies within the turning circle, which
    cannot be done, the answer is the whole circle.
    """
    east, north = towards[0] - at[0], towards[1] - at[1]
    left = math.cos(heading) * north - math.sin(heading) * east >= 0.0
    sign = 1.0 if left else -1.0
    center = (
        at[0] - sign * radius_m * math.sin(heading),
        at[1] + sign * radius_m * math.cos(heading),
    )
    away = math.hypot(towards[0] - center[0], towards[1] - center[1])
    start = heading - sign * math.pi / 2.0
    swept = 2.0 * math.pi
    if away > radius_m:
        bearing = math.atan2(towards[1] - center[1], towards[0] - center[0])
        tangent = bearing - sign * math.acos(radius_m / away)
        swept = sign * (tangent - start) % (2.0 * math.pi)
    count = max(2, math.ceil(swept / ARC_STEP_RAD) + 1)
    angles = (start + sign * swept * k / (count - 1) for k in range(count))
    return [
        (center[0] + radius_m * math.cos(angle), center[1] + radius_m * math.sin(angle))
        for angle in angles
    ]
