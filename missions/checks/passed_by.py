"""Waypoints that a multirotor's PX4 may fly past, and then on along the line of the leg, for good.

PX4 takes a waypoint for reached only within its radius and, at that moment, within 0.8 m of its
height. Where it leaves the radius before both were true, and goes on nearly straight, it never
turns round, and says nothing (PositionSmoothing.cpp, `_isTurning` and `_getL1Point`, after v1.17).
Flown so by PX4 v1.17 at 8 m/s over waypoints 20 and 30 m apart with 1 m of height between them and
a radius of 2 m; not at 3 m/s, nor with a radius that it can stop in.
"""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

from missions.checks.finding import Finding, warning
from missions.checks.never_reached import SLOWEST_M_S, never_reached_findings
from missions.checks.places import Flown, flown_items
from missions.checks.px4_profile import Px4Profile
from missions.geodesy import LocalPlane, distance_m
from missions.plan import Command, Plan
from missions.terrain.capture import SHARP_TURN, capture_radius_m
from missions.terrain.flown_heights import Rates
from missions.vehicle import Vehicle, VehicleKind

# On longer legs the height has settled before the waypoint, but where the way goes straight on: so
# PX4 flew past one at 7.8 m/s behind a leg of 151 m, with a radius of 5 m and a turn of 5 degrees.
LONGEST_LEG_M = 60.0
STRAIGHT_ON = math.radians(30.0)
LEAST_STEP_M = 0.5


@dataclass(frozen=True, slots=True)
class _Passing:
    at: Flown
    radius_m: float
    needed_m: float


def passed_by_findings(plan: Plan, vehicle: Vehicle, profile: Px4Profile) -> list[Finding]:
    """Each item that the predicted flight never reaches, and each waypoint of a multirotor's plan
    that may be flown past though the prediction sees it reached."""
    found = never_reached_findings(plan, vehicle)
    if vehicle.kind is not VehicleKind.MULTIROTOR:
        return found
    told = {one.item for one in found}
    passings = _passings(plan, vehicle, profile)
    found += [_finding(one) for one in passings if one.at.index not in told]
    return sorted(found, key=lambda one: -1 if one.item is None else one.item)


def needed_radius_m(vehicle: Vehicle, *, speed_m_s: float) -> float:
    """The radius, in whole metres, in which PX4 holds a waypoint until its height is reached."""
    return math.ceil(capture_radius_m(Rates.of(vehicle, speed_m_s=speed_m_s)))


def _passings(plan: Plan, vehicle: Vehicle, profile: Px4Profile) -> Iterator[_Passing]:
    flown = flown_items(plan)
    speeds = _speeds(plan, vehicle)
    for before, at, after in zip(flown, flown[1:], flown[2:], strict=False):
        speed = speeds[at.index]
        if at.item.command != Command.NAV_WAYPOINT or at.item.params[0] > 0.0:
            continue
        legs = [distance_m(a.place, b.place) for a, b in itertools.pairwise((before, at, after))]
        step = abs(after.height_m(plan) - at.height_m(plan))
        level = not step >= LEAST_STEP_M
        if speed <= SLOWEST_M_S or level or min(legs) < 1.0:
            continue
        turn = _turn(before, at, after)
        if max(legs) > LONGEST_LEG_M and turn > STRAIGHT_ON:
            continue
        asked = at.item.params[1]
        radius = asked if asked > 0.0 else profile.nav_acc_rad_m
        needed = needed_radius_m(vehicle, speed_m_s=speed)
        if radius < needed - 1.0 and turn < SHARP_TURN:
            yield _Passing(at, radius, needed)


def _speeds(plan: Plan, vehicle: Vehicle) -> list[float]:
    """The speed asked for at each item of the list."""
    speed, speeds = vehicle.cruise_speed_m_s, []
    for item in plan.items:
        if item.command == Command.DO_CHANGE_SPEED and item.params[1] > 0.0:
            speed = item.params[1]
        speeds.append(speed)
    return speeds


def _turn(before: Flown, at: Flown, after: Flown) -> float:
    """How far the course turns, in radians."""
    plane = LocalPlane(at.place)
    (east, north), (to_east, to_north) = plane.en(before.place), plane.en(after.place)
    turned = math.atan2(to_north, to_east) - math.atan2(-north, -east)
    return abs(math.remainder(turned, math.tau))


def _finding(passing: _Passing) -> Finding:
    number = passing.at.index + 1
    return warning(
        "waypoint-passed-by",
        f"item {number} may be flown past: its successor has another height, it is accepted within "
        f"{passing.radius_m:g} m, and the vehicle comes too fast to wait there for the height",
        f"accept it within {passing.needed_m:g} m, fly slower, or level to the next one",
        item=passing.at.index,
        place=passing.at.place,
    )
