"""All that a plan makes a vehicle fly, drawn on a plane: legs, jumps, turns, circles, the return.

A wing turns from leg to leg as PX4 guides it (`missions.px4_wings`); where it loiters, or comes to
a waypoint too low or too high, it circles. A multirotor turns on the spot and holds; what it makes
of corners, `flown_way` says. Source of what circles and how wide: PX4-Autopilot v1.17,
src/modules/navigator/mission_block.cpp.
"""

import itertools
import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from shapely.geometry import LineString, Point

from missions.checks.flown_order import Ending, FlownOrder, Step, flown_order
from missions.checks.places import place_of_item
from missions.checks.px4_profile import FLOWN_TO, Px4Profile
from missions.geodesy import GeoPoint, LocalPlane
from missions.plan import Command, MissionItem, Plan
from missions.plan_time import predict_flight
from missions.px4_flight.returns import By, ReturnRoute, destinations, item_place, return_route
from missions.px4_wings.flown import winged_tracks
from missions.px4_wings.stages import CLIMB, Stage
from missions.vehicle import Vehicle
from missions.wind import CALM, Wind

# The radius of a loiter is its third parameter, or its second.
RADIUS_PARAM = {
    int(Command.NAV_LOITER_UNLIM): 2,
    int(Command.NAV_LOITER_TIME): 2,
    int(Command.NAV_LOITER_TO_ALT): 1,
}
QUARTER = 16

Array = npt.NDArray[np.float64]


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


def ways_of(
    plan: Plan, plane: LocalPlane, vehicle: Vehicle, profile: Px4Profile, wind: Wind = CALM
) -> list[Way]:
    """Every way that the plan itself is flown by, each once, in the order flown; the turns of wings
    in a wind."""
    drawing = _Drawing(plan, plane, vehicle, profile, wind)
    order = flown_order(plan)
    return [
        *drawing.legs(order),
        *drawing.turns(order),
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
    wind: Wind = CALM

    @property
    def winged(self) -> bool:
        """Whether it circles and turns with a radius."""
        return self.vehicle.winged or not self.profile.multirotor

    def legs(self, order: FlownOrder) -> list[Way]:
        """From place to place, jumps as they are taken."""
        stops = [
            (step, place)
            for step in order.steps
            if (place := self._flown_place(self.plan.items[step.item])) is not None
        ]
        if not stops:
            return []
        if self.plan.home is not None:
            stops.insert(0, (Step(item=stops[0][0].item), self.plan.home.position))
        found: dict[tuple[int, int], Way] = {}
        for (before, a), (after, b) in itertools.pairwise(stops):
            key = (before.item, after.item)
            if key not in found and a != b:
                found[key] = self._leg(after, a, b)
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

    def turns(self, order: FlownOrder) -> list[Way]:
        """From leg to leg and round each circle, as wings fly it, into a return too."""
        if not self.winged:
            return []
        vehicle = self.profile.flown_with(self.vehicle)
        if vehicle.turn_radius_m <= 0.0:
            radius_m = {"turn_radius_m": vehicle.px4.nav_loiter_rad_m}
            vehicle = vehicle.model_copy(update=radius_m)
        items = [step.item for step in order.steps]
        climbed, home_by = self._climbed(), self._home_by(order)
        tracks = winged_tracks(
            self.plan, self.plane, vehicle, items, climbed, home_by, wind=self.wind
        )
        return [self._turn(stage, track) for stage, track in tracks if len(track) > 1]

    def _turn(self, stage: Stage, track: Array) -> Way:
        name = f"the turn at item {stage.before + 1}"
        if stage.kind == CLIMB:
            name = "the climb-out"
        return Way(
            kind=WayKind.TURN,
            item=max(stage.before, 0),
            line=LineString(track),
            name=name,
            start=self.plane.geo(*track[0]),
            end=self.plane.geo(*track[-1]),
        )

    def _climbed(self) -> frozenset[int]:
        """The waypoints that wings come to too low or too high."""
        if not self.vehicle.winged:
            return frozenset()
        flight = predict_flight(self.plan, self.vehicle, self.wind)
        return frozenset() if flight is None else flight.climbs

    def _home_by(self, order: FlownOrder) -> tuple[GeoPoint, ...]:
        """The places of the return that the mission itself asks for."""
        back = self._back(order)
        return () if back is None else back[1][1:]

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
        radius_m = self.profile.px4.nav_loiter_rad_m
        return [
            self._circle(
                item,
                place,
                radius_m,
                f"the circle over item {item + 1} until it is at its height ({radius_m:.0f} m)",
                WayKind.CLIMB,
            )
            for item in sorted(self._climbed())
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
        known = self._back(order)
        if known is None:
            return []
        route, places = known
        line = LineString([self.plane.en(place) for place in places])
        name = f"the return {self._led_to(route)}"
        back = Way(
            kind=WayKind.RETURN,
            item=order.last,
            line=line,
            name=name,
            start=places[0],
            end=route.place,
        )
        if not self.winged:
            return [back]
        radius_m = self.profile.rtl_loiter_rad_m
        name = f"the circle at the end of {name} ({radius_m:.0f} m)"
        kind = WayKind.RETURN_CIRCLE
        return [back, self._circle(order.last, route.place, radius_m, name, kind)]

    def _back(self, order: FlownOrder) -> tuple[ReturnRoute, tuple[GeoPoint, ...]] | None:
        """The return that ends the mission, and the places that it leads through."""
        if order.ending is not Ending.RETURN:
            return None
        stops = (place_of_item(self.plan.items[step.item]) for step in reversed(order.steps))
        start = next((place for place in stops if place is not None), None)
        if start is None:
            return None
        route = return_route(self.plan, self.profile.px4.rtl_type, start, order.last)
        if route is None:
            return None
        through = (item_place(self.plan.items[item]) for item in route.items)
        return route, (start, *(place for place in through if place is not None), route.place)

    def _led_to(self, route: ReturnRoute) -> str:
        if route.by in (By.FORWARD, By.BACKWARD):
            return route.by.value
        known = destinations(self.plan, self.profile.px4.rtl_type)
        return f"to {next(one.name for one in known if one.place == route.place)}"
