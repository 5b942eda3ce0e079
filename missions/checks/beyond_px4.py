"""What PX4 accepts though it should not: places, legs across a fence, jumps, ceiling, endurance."""

import itertools
import math

import numpy as np
from shapely.geometry import LineString, Polygon

from missions.area import ring_en
from missions.checks.finding import Finding, error, warning
from missions.checks.places import FenceShape, Flown, flown_items, place_of_item
from missions.checks.px4_navigator import fence_is_kept
from missions.checks.px4_profile import FLOWN_TO, TAKEOFFS
from missions.geodesy import GeoPoint, LocalPlane
from missions.plan import Command, Plan
from missions.time_model import flight_time_s
from missions.vehicle import Vehicle

CEILING_M = 120.0
# Fence and leg are both drawn on a plane: a leg along the fence is not across it.
GRAZE_M = 0.05
LAST_ITEMS = frozenset((Command.NAV_RETURN_TO_LAUNCH, Command.NAV_LAND, 85))


def findings_beyond_px4(plan: Plan, vehicle: Vehicle) -> list[Finding]:
    """Everything found, rule by rule."""
    return [
        *_not_on_earth(plan),
        *_no_position(plan),
        *_jumps(plan),
        *_start_and_end(plan),
        *_crooked_fence(plan),
        *_legs_across_fence(plan),
        *_ceiling(plan),
        *_endurance(plan, vehicle),
    ]


def _not_on_earth(plan: Plan) -> list[Finding]:
    return [
        error(
            "position-not-on-earth",
            f"item {index + 1} is at latitude {item.latitude_deg:g}, longitude "
            f"{item.longitude_deg:g}",
            "correct it: PX4 would accept it",
            item=index,
        )
        for index, item in enumerate(plan.items)
        if item.has_position
        and math.isfinite(item.latitude_deg + item.longitude_deg)
        and place_of_item(item) is None
    ]


def _no_position(plan: Plan) -> list[Finding]:
    return [
        error(
            "position-missing",
            f"item {index + 1} has no latitude or longitude: PX4 flies to wherever it is then",
            "give it a place",
            item=index,
        )
        for index, item in enumerate(plan.items)
        if item.has_position
        and item.command in FLOWN_TO
        and item.command not in TAKEOFFS
        and (
            not math.isfinite(item.latitude_deg + item.longitude_deg)
            or (item.latitude_deg == 0.0 and item.longitude_deg == 0.0)
        )
    ]


def _jumps(plan: Plan) -> list[Finding]:
    return [
        error(
            "jump-target",
            f"item {index + 1} jumps to item {item.params[0] + 1:g}, which does not exist",
            f"name an item from 1 to {len(plan.items)}",
            item=index,
        )
        for index, item in enumerate(plan.items)
        if item.command == Command.DO_JUMP and not 0.0 <= item.params[0] < len(plan.items)
    ]


def _start_and_end(plan: Plan) -> list[Finding]:
    found = []
    if plan.items and not any(item.command in TAKEOFFS for item in plan.items):
        found.append(
            warning("no-takeoff", "the mission has no take-off", "begin with a take-off (22)")
        )
    if plan.items and not any(item.command in LAST_ITEMS for item in plan.items):
        found.append(
            warning(
                "no-ending",
                "the mission neither returns nor lands: the vehicle holds at its end",
                "end with a return (20) or a landing (21)",
                item=len(plan.items) - 1,
            )
        )
    return found


def _crooked_fence(plan: Plan) -> list[Finding]:
    return [
        error(
            "fence-crosses-itself",
            f"fence polygon {i + 1} crosses itself",
            "draw it again",
            place=polygon.ring[0],
        )
        for i, polygon in enumerate(plan.fence.polygons)
        if len(polygon.ring) >= 3
        and not Polygon(ring_en(LocalPlane(polygon.ring[0]), polygon.ring)).is_valid
    ]


def _legs(plan: Plan) -> list[tuple[int, GeoPoint, GeoPoint]]:
    """Straight legs in the list's order, with the item that each ends at, and the way home."""
    flown = flown_items(plan)
    stops: list[tuple[int, GeoPoint]] = [(one.index, one.place) for one in flown]
    if plan.home is not None:
        stops.insert(0, (stops[0][0] if stops else 0, plan.home.position))
        home_at = [
            i for i, item in enumerate(plan.items) if item.command == Command.NAV_RETURN_TO_LAUNCH
        ]
        stops += [(i, plan.home.position) for i in home_at[:1]]
    return [(j, a, b) for (_, a), (j, b) in itertools.pairwise(stops)]


def _legs_across_fence(plan: Plan) -> list[Finding]:
    legs = _legs(plan)
    if not legs or not fence_is_kept(plan):
        return []
    plane = LocalPlane(legs[0][1])
    shape = FenceShape(plan.fence, plane)
    if shape.empty:
        return []
    found = []
    for index, a, b in legs:
        breach = shape.breach(LineString((plane.en(a), plane.en(b))))
        if breach.length > GRAZE_M:
            middle = breach.representative_point()
            found.append(
                error(
                    "leg-across-fence",
                    f"the leg to item {index + 1} is {breach.length:.0f} m beyond the fence",
                    "add a waypoint that leads round",
                    item=index,
                    place=plane.geo(middle.x, middle.y),
                )
            )
    return found


def _ceiling(plan: Plan) -> list[Finding]:
    return [
        warning(
            "ceiling",
            f"waypoint {one.index + 1} is {one.height_m(plan):.0f} m above home",
            f"stay below {CEILING_M:.0f} m, or carry the permission",
            item=one.index,
            place=one.place,
        )
        for one in flown_items(plan)
        if one.height_m(plan) > CEILING_M
    ]


def _endurance(plan: Plan, vehicle: Vehicle) -> list[Finding]:
    needed, known = plan_time_s(plan, vehicle), vehicle.endurance_s
    usable = known * (1.0 - vehicle.reserve_fraction)
    if needed <= usable:
        return []
    finding = warning if needed <= known else error
    return [
        finding(
            "endurance",
            f"the flight takes {needed / 60.0:.0f} min in still air; {vehicle.name} has "
            f"{usable / 60.0:.0f} min and a reserve of {(known - usable) / 60.0:.0f} min",
            "split the task, fly faster, or take a vehicle with more endurance",
        )
    ]


def plan_time_s(plan: Plan, vehicle: Vehicle) -> float:
    """Predicted seconds from take-off to landing at home, in still air, jumps not repeated."""
    flown = flown_items(plan)
    if not flown:
        return 0.0
    origin = plan.home.position if plan.home is not None else flown[0].place
    plane = LocalPlane(origin)
    speed, total = vehicle.cruise_speed_m_s, 0.0
    run = [(0.0, 0.0)]
    index = 0
    for item_index, item in enumerate(plan.items):
        if item.command == Command.DO_CHANGE_SPEED and item.params[1] > 0.0:
            total += flight_time_s(np.array(run), vehicle, speed_m_s=speed)
            run, speed = run[-1:], item.params[1]
        if index < len(flown) and flown[index].index == item_index:
            run.append(plane.en(flown[index].place))
            index += 1
            dwell = _dwell_s(flown[index - 1])
            if dwell > 0.0:
                total += flight_time_s(np.array(run), vehicle, speed_m_s=speed) + dwell
                run = run[-1:]
    run.append((0.0, 0.0))
    total += flight_time_s(np.array(run), vehicle, speed_m_s=speed)
    return total + _vertical_s(flown, plan, vehicle)


def _dwell_s(one: Flown) -> float:
    held = one.item.command in (Command.NAV_LOITER_TIME, Command.NAV_WAYPOINT)
    seconds = one.item.params[0]
    return seconds if held and math.isfinite(seconds) else 0.0


def _vertical_s(flown: list[Flown], plan: Plan, vehicle: Vehicle) -> float:
    heights = [height for one in flown if math.isfinite(height := one.height_m(plan))]
    rises = np.diff(np.array([0.0, *heights, 0.0]))
    up, down = float(rises[rises > 0.0].sum()), -float(rises[rises < 0.0].sum())
    return up / vehicle.climb_speed_m_s + down / vehicle.descent_speed_m_s
