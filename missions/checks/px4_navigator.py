"""What PX4's navigator says after it has acknowledged the upload: whether the mission can be flown.

It looks at waypoints only: not at legs, loiter circles, turnarounds or the way home.
"""

import itertools
import math
from collections.abc import Callable

from shapely.geometry import Point

from missions.checks.finding import Finding, error, warning
from missions.checks.places import FenceShape, Flown, flown_items, place_of_item
from missions.checks.px4_profile import (
    FLOWN_TO,
    GATE,
    NOT_POSITIONS,
    TAKEOFFS,
    VTOL_COMMANDS,
    Px4Profile,
)
from missions.geodesy import LocalPlane, distance_m
from missions.plan import RELATIVE_FRAMES, Command, Plan

GATE_DISTANCE_M = 0.05
TAKEOFF_NEEDED, LAND_NEEDED, BOTH_NEEDED, BOTH_OR_NEITHER = 1, 2, 3, 4

Rule = Callable[[Plan, Px4Profile], list[Finding]]


def navigator_findings(plan: Plan, profile: Px4Profile) -> list[Finding]:
    """Errors for which the navigator rejects the mission, and warnings that it only shows."""
    if not plan.items:
        return [error("px4-empty-mission", "the mission has no items", "add some")]
    return [finding for rule in RULES for finding in rule(plan, profile)]


def fence_is_kept(plan: Plan) -> bool:
    """Whether PX4 keeps the fence: it drops one that excludes home, after acknowledging it."""
    return not _home_outside_fence(plan, Px4Profile())


def _home_outside_fence(plan: Plan, _: Px4Profile) -> list[Finding]:
    if plan.home is None:
        return []
    plane = LocalPlane(plan.home.position)
    shape = FenceShape(plan.fence, plane)
    if shape.empty or shape.breach(Point(0.0, 0.0)).is_empty:
        return []
    return [
        error(
            "px4-fence-excludes-home",
            "the fence excludes home: PX4 acknowledges it and then drops it",
            "move home or enlarge the fence",
            place=plan.home.position,
        )
    ]


def _waypoints_outside_fence(plan: Plan, profile: Px4Profile) -> list[Finding]:
    flown = flown_items(plan)
    if not flown or not fence_is_kept(plan):
        return []
    plane = LocalPlane(plan.home.position if plan.home is not None else flown[0].place)
    shape = FenceShape(plan.fence, plane)
    if shape.empty:
        return []
    return [
        error(
            "px4-waypoint-outside-fence",
            f"waypoint {one.index + 1} lies where the fence forbids it",
            "move it, or change the fence",
            item=one.index,
            place=one.place,
        )
        for one in flown
        if not shape.breach(Point(plane.en(one.place))).is_empty
    ]


def _beyond_limits(plan: Plan, profile: Px4Profile) -> list[Finding]:
    if plan.home is None:
        return []
    home = plan.home.position
    return [
        error(
            "px4-beyond-gf-max",
            f"waypoint {one.index + 1} is beyond {name} ({limit:g} m)",
            f"move it nearer, or raise {name}",
            item=one.index,
            place=one.place,
        )
        for one in flown_items(plan)
        for name, limit, value in (
            ("GF_MAX_HOR_DIST", profile.gf_max_hor_dist_m, distance_m(home, one.place)),
            ("GF_MAX_VER_DIST", profile.gf_max_ver_dist_m, one.height_m(plan)),
        )
        if 0.0 < limit < value
    ]


def _landing_first(plan: Plan, _: Px4Profile) -> list[Finding]:
    if plan.items[0].command != Command.NAV_LAND:
        return []
    return [error("px4-land-first", "the mission starts with a landing", "move it", item=0)]


def _takeoffs(plan: Plan, _: Px4Profile) -> list[Finding]:
    found: list[Finding] = []
    before = False
    for index, item in enumerate(plan.items):
        if item.command in TAKEOFFS:
            if before:
                found.append(
                    error(
                        "px4-takeoff-not-first",
                        f"item {index + 1} takes off after another waypoint",
                        "put the take-off first",
                        item=index,
                        place=place_of_item(item),
                    )
                )
            found += _too_low(plan, index)
        before = before or item.command not in NOT_POSITIONS
    return found


def _too_low(plan: Plan, index: int) -> list[Finding]:
    item = plan.items[index]
    place = place_of_item(item)
    if place is None or not Flown(index, item, place).height_m(plan) <= 0.0:
        return []
    return [
        error(
            "px4-takeoff-too-low",
            f"item {index + 1} takes off to home's height or below",
            "raise it above home",
            item=index,
            place=place,
        )
    ]


def _vtol_items(plan: Plan, profile: Px4Profile) -> list[Finding]:
    if profile.vtol:
        return []
    return [
        error(
            "px4-vtol-item",
            f"item {index + 1} (command {item.command}) is for a VTOL",
            "use plain take-off (22) and landing (21)",
            item=index,
            place=place_of_item(item),
        )
        for index, item in enumerate(plan.items)
        if item.command in VTOL_COMMANDS
    ]


def _gates(plan: Plan, _: Px4Profile) -> list[Finding]:
    placed = [
        (index, item.command, place)
        for index, item in enumerate(plan.items)
        if (place := place_of_item(item)) is not None
        and (item.command == GATE or item.command in FLOWN_TO)
    ]
    return [
        error(
            "px4-gate-too-close",
            f"the gate and the waypoint of items {i + 1} and {j + 1} are in one place",
            f"put them {GATE_DISTANCE_M} m or more apart",
            item=j,
            place=b,
        )
        for (i, first, a), (j, second, b) in itertools.pairwise(placed)
        if GATE in (first, second) and distance_m(a, b) < GATE_DISTANCE_M
    ]


def _takeoff_and_landing(plan: Plan, profile: Px4Profile) -> list[Finding]:
    takeoff = any(item.command in TAKEOFFS for item in plan.items)
    landing = any(item.command in (Command.NAV_LAND, 85) for item in plan.items)
    need = profile.mis_tko_land_req
    lacking = {
        TAKEOFF_NEEDED: not takeoff,
        LAND_NEEDED: not landing,
        BOTH_NEEDED: not (takeoff and landing),
        BOTH_OR_NEITHER: takeoff != landing,
    }.get(need, False)
    if not lacking:
        return []
    return [
        error(
            "px4-takeoff-land-required",
            f"MIS_TKO_LAND_REQ is {need}: a take-off or landing item is lacking",
            "add it, or set MIS_TKO_LAND_REQ to 0",
        )
    ]


def _relative_without_home(plan: Plan, _: Px4Profile) -> list[Finding]:
    if plan.home is not None:
        return []
    for one in flown_items(plan):
        if one.item.frame in RELATIVE_FRAMES:
            return [
                warning(
                    "px4-relative-needs-home",
                    f"item {one.index + 1} is relative to home and the plan names none",
                    "upload once the vehicle has a home position",
                    item=one.index,
                    place=one.place,
                )
            ]
    return []


def _first_waypoint_far(plan: Plan, profile: Px4Profile) -> list[Finding]:
    flown = flown_items(plan)
    limit = profile.mis_dist_1wp_m
    if plan.home is None or not flown or limit <= 0.0:
        return []
    away = distance_m(plan.home.position, flown[0].place)
    if away < limit:
        return []
    return [
        warning(
            "px4-first-waypoint-far",
            f"the first waypoint is {away:.0f} m from home, MIS_DIST_1WP is {limit:g} m",
            "check that home is where you think it is",
            item=flown[0].index,
            place=flown[0].place,
        )
    ]


def _below_home(plan: Plan, _: Px4Profile) -> list[Finding]:
    return [
        warning(
            "px4-waypoint-below-home",
            f"waypoint {one.index + 1} is {-height:.1f} m below home",
            "raise it",
            item=one.index,
            place=one.place,
        )
        for one in flown_items(plan)
        if math.isfinite(height := one.height_m(plan)) and height < 0.0
    ]


RULES: tuple[Rule, ...] = (
    _landing_first,
    _takeoffs,
    _vtol_items,
    _gates,
    _takeoff_and_landing,
    _home_outside_fence,
    _waypoints_outside_fence,
    _beyond_limits,
    _relative_without_home,
    _first_waypoint_far,
    _below_home,
)
