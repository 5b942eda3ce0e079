"""The stages of a plan for wings, in every way that its take-off may end.

Where a climb-out ends is not known beforehand: at the height, however soon that is. A VTOL whose
take-off is placed over home changes to wings in whatever direction it happens to look.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from missions.geodesy import GeoPoint, LocalPlane
from missions.plan import RELATIVE_FRAMES, Command, MissionItem, Plan
from missions.px4_flight.stages import flown_place
from missions.px4_wings.stages import (
    CIRCLE,
    CLIMB,
    DIRECT,
    LINE,
    NOWHERE,
    OUT,
    Spot,
    Stage,
    tangent,
)
from missions.px4_wings.track import State, heading_of
from missions.vehicle import Vehicle

# Nearer to home a take-off's place says no direction.
OVERHEAD_M = 10.0
# Ends of a climb-out are looked at so far apart, changes to wings in so many directions.
CLIMB_ENDS_M, DIRECTIONS = 25.0, 8
# A fixed wing may be launched in its course, or in any other: it turns to it at once.
LAUNCHED = tuple(math.radians(turned) for turned in (0.0, 60.0, -60.0, 120.0, -120.0, 180.0))
# A climb may be this much slower than the vehicle is said to climb.
SLOWER = 1.2
# A fixed wing rolls so far beyond the place that it lands at.
ROLLS_M = 50.0
# Seconds of its cruise that a VTOL takes to change to wings.
CHANGES_S = (3.0, 8.0)
CIRCLES = {
    int(Command.NAV_LOITER_UNLIM): (2, None),
    int(Command.NAV_LOITER_TIME): (2, 1),
    int(Command.NAV_LOITER_TO_ALT): (1, 0),
}
TAKEOFFS = (Command.NAV_TAKEOFF, Command.NAV_VTOL_TAKEOFF)
LANDINGS = (Command.NAV_LAND, Command.NAV_VTOL_LAND)


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """One way in which a flight may begin: where it is, and what it flies before its first leg."""

    start: State
    climb: tuple[Stage, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanStages:
    """The stages behind the take-off, and the ways in which that may end."""

    begun: tuple[Begun, ...]
    stages: tuple[Stage, ...]


def stages_of_plan(
    plan: Plan,
    plane: LocalPlane,
    vehicle: Vehicle,
    items: Iterable[int],
    climbs: frozenset[int] = frozenset(),
    home_by: tuple[GeoPoint, ...] = (),
) -> PlanStages | None:
    """Those of items in the order flown, then straight through `home_by`; None where nothing is
    flown to. `climbs` are the waypoints that it circles over until it is at their height."""
    walk = _Walk(plan, plane, vehicle, climbs)
    for index in items:
        walk.take(index)
    for place in home_by:
        walk.go_home(place)
    return walk.done()


class _Walk:
    def __init__(
        self, plan: Plan, plane: LocalPlane, vehicle: Vehicle, climbs: frozenset[int]
    ) -> None:
        self._plan, self._plane, self._vehicle, self._climbs = plan, plane, vehicle, climbs
        self._speed_m_s = vehicle.cruise_speed_m_s
        self._at: Spot | None = None if plan.home is None else plane.en(plan.home.position)
        self._before = -1
        self._first_at: Spot = NOWHERE
        self._direct = False
        self._stages: list[Stage] = []
        self._begun: tuple[Begun, ...] = ()

    def take(self, index: int) -> None:
        """One item."""
        item = self._plan.items[index]
        if item.command == Command.DO_CHANGE_SPEED and item.params[1] > 0.0:
            self._speed_m_s = item.params[1]
        place = flown_place(item)
        if place is None:
            return
        spot = self._plane.en(place)
        if item.command in TAKEOFFS and not self._stages and not self._begun:
            self._take_off(index, item, spot)
        else:
            self._fly(index, item, spot)
        self._before = index

    def go_home(self, place: GeoPoint) -> None:
        """Straight to a place of the way home."""
        spot = self._plane.en(place)
        self._leave_circle(spot)
        self._add(DIRECT, self._at or spot, spot, self._before)
        self._at = spot

    def done(self) -> PlanStages | None:
        """All of it."""
        if not self._stages:
            return None
        first = self._stages[0]
        start = State(at=self._first_at, heading=heading_of(self._first_at, first.b))
        begun = self._begun or (Begun(start=start),)
        return PlanStages(begun=begun, stages=tuple(self._stages))

    def _take_off(self, index: int, item: MissionItem, spot: Spot) -> None:
        home = self._at or spot
        if self._vehicle.hovers:
            self._begun = tuple(self._changes(home, spot, index))
            self._at = home
            if math.dist(home, spot) > OVERHEAD_M:
                self._fly(index, item, spot)
            return
        if math.dist(home, spot) > OVERHEAD_M:
            self._begun = tuple(self._climb_outs(home, spot, item, index))
            self._direct = True
        self._at = spot

    def _climb_outs(self, home: Spot, spot: Spot, item: MissionItem, index: int) -> Iterator[Begun]:
        vehicle = self._vehicle
        height_m = max(self._height_m(item), 1.0)
        soon = height_m * vehicle.min_airspeed_m_s / vehicle.px4.fw_t_clmb_max_m_s
        late = SLOWER * height_m * vehicle.cruise_speed_m_s / vehicle.climb_speed_m_s
        count = 1 + max(1, math.ceil((late - soon) / CLIMB_ENDS_M))
        for k in range(count):
            far_m = soon + (late - soon) * k / (count - 1)
            course = heading_of(home, spot)
            for launched in LAUNCHED:
                yield self._straight_out(home, course, far_m, CLIMB, course + launched, index)

    def _changes(self, home: Spot, spot: Spot, index: int) -> Iterator[Begun]:
        """To wings, towards the take-off's place where that says where."""
        if math.dist(home, spot) > OVERHEAD_M:
            headings = [heading_of(home, spot)]
        else:
            headings = [2.0 * math.pi * k / DIRECTIONS for k in range(DIRECTIONS)]
        for heading in headings:
            for seconds in CHANGES_S:
                far_m = seconds * self._vehicle.cruise_speed_m_s
                yield self._straight_out(home, heading, far_m, OUT, heading, index)

    def _straight_out(
        self, home: Spot, heading: float, far_m: float, kind: float, launched: float, index: int
    ) -> Begun:
        ahead = home[0] + math.cos(heading), home[1] + math.sin(heading)
        climb = Stage(
            kind=kind,
            a=home,
            b=ahead,
            speed_m_s=self._speed_m_s,
            lasts=far_m,
            item=index,
            before=index,
        )
        return Begun(start=State(at=home, heading=launched), climb=(climb,))

    def _fly(self, index: int, item: MissionItem, spot: Spot) -> None:
        self._leave_circle(spot)
        a = self._at or spot
        if item.command in CIRCLES:
            self._circle(index, item, spot)
        elif math.dist(a, spot) > 1e-3:
            if item.command in LANDINGS:
                rolls_m = 0.0 if self._vehicle.hovers else ROLLS_M
                self._add(OUT, a, spot, index, lasts=math.dist(a, spot) + rolls_m)
                return
            self._add(DIRECT if self._direct else LINE, a, spot, index)
            if index in self._climbs:
                self._round(index, spot, self._vehicle.px4.nav_loiter_rad_m, 0.0, forced=True)
        self._direct = False
        self._at = spot

    def _circle(self, index: int, item: MissionItem, spot: Spot) -> None:
        radius_at, forced_at = CIRCLES[item.command]
        given = item.params[radius_at]
        usual = self._vehicle.px4.nav_loiter_rad_m
        # PX4's circles are to the right where the radius is above zero.
        radius = given if math.isfinite(given) and abs(given) > 1e-6 else usual
        forced = forced_at is not None and item.params[forced_at] > 0.0
        lasts = item.params[0] if item.command == Command.NAV_LOITER_TIME else 0.0
        self._round(index, spot, radius, lasts, forced=forced)

    def _round(self, index: int, spot: Spot, radius: float, lasts: float, *, forced: bool) -> None:
        # Once round at the least: what comes after twice is the same again.
        round_s = 2.0 * math.pi * abs(radius) / self._speed_m_s
        lasts = max(min(lasts, 2.0 * round_s), round_s) if math.isfinite(lasts) else round_s
        self._add(CIRCLE, spot if forced else NOWHERE, spot, index, radius_m=-radius, lasts=lasts)

    def _leave_circle(self, towards: Spot) -> None:
        """A circle is left towards what comes next, and the next leg begins where it is left."""
        last = self._stages[-1] if self._stages else None
        if last is None or last.kind != CIRCLE:
            return
        if not math.isnan(last.a[0]):
            near = math.dist(last.b, towards) <= 1.05 * abs(last.radius_m)
            self._stages[-1] = replace(last, a=NOWHERE if near else towards)
        item = self._plan.items[last.item]
        if item.command in CIRCLES and item.params[3] > 0.0:
            self._at = tangent(last, towards)

    def _add(
        self,
        kind: float,
        a: Spot,
        b: Spot,
        index: int,
        *,
        radius_m: float = 0.0,
        lasts: float = 0.0,
    ) -> None:
        if not self._stages:
            self._first_at = self._at or b
        self._stages.append(
            Stage(
                kind=kind,
                a=a,
                b=b,
                speed_m_s=self._speed_m_s,
                radius_m=radius_m,
                lasts=lasts,
                item=index,
                before=self._before,
            )
        )

    def _height_m(self, item: MissionItem) -> float:
        height = item.params[6]
        if item.frame not in RELATIVE_FRAMES and self._plan.home is not None:
            height -= self._plan.home.height.m
        return height if math.isfinite(height) else 0.0
