"""What PX4's navigator says after it has acknowledged the upload: whether the mission can be flown.

It looks at waypoints only: not at legs, loiter circles, turnarounds or the way home. Source:
PX4-Autopilot v1.17, MissionFeasibility/FeasibilityChecker.cpp, mission_feasibility_checker.cpp.
"""

import math

from missions.checks.fence_miss import WIDENED_M, miss_of, rounded_m
from missions.checks.finding import Finding, error, warning
from missions.checks.px4_fence import Place, Shape, allows, haversine_m
from missions.checks.px4_judged import FLT_EPSILON, Judged, Rule, at
from missions.checks.px4_landing import (
    fixed_wing_approach,
    land_pattern,
    landing_first,
    takeoff_and_landing,
)
from missions.checks.px4_profile import (
    NAVIGATED,
    NOT_POSITIONS,
    TAKEOFFS,
    VTOL_COMMANDS,
    Px4Profile,
)
from missions.checks.px4_wire import Received
from missions.geodesy import GeoPoint
from missions.plan import FencePolygon, Plan

# Where home is only that far from the border the way there tells nobody anything.
ON_THE_BORDER_M = 1.0
VERTICAL = "GF_MAX_VER_DIST"


def navigator_findings(plan: Plan, profile: Px4Profile) -> list[Finding]:
    """Errors for which the navigator rejects the mission, and warnings that it only shows."""
    judged = Judged(plan, profile)
    if not plan.items:
        proposal = "give it a take-off, places to fly to and a return"
        found = [error("px4-empty-mission", "the mission has no items", proposal)]
        return found + _dropped_shapes(judged)
    return [finding for rule in RULES for finding in rule(judged)]


def fence_is_kept(plan: Plan) -> bool:
    """Whether PX4 surely keeps the whole fence: it drops each shape that excludes home."""
    fence = Judged(plan, Px4Profile()).fence
    return not (fence.dropped or fence.doubtful)


def _not_navigated(judged: Judged) -> list[Finding]:
    return [
        error(
            "px4-not-navigated",
            f"item {index + 1}: PX4 takes command {item.command} and then rejects the mission",
            "leave it out",
            item=index,
            place=judged.place(index),
        )
        for index, item in judged.items
        if item.command not in NAVIGATED
    ]


def _dropped_shapes(judged: Judged) -> list[Finding]:
    home, fence = judged.plan.home, judged.fence
    if home is None:
        return []
    return [
        error(
            "px4-fence-excludes-home",
            f"{_named(shape, judged.plan)} {what}",
            _let_home_in(shape, home.position),
            place=home.position,
        )
        for shapes, what in (
            (fence.dropped, "excludes home: PX4 acknowledges it and then drops it"),
            (fence.doubtful, "goes through home: PX4 may drop it once it has acknowledged it"),
        )
        for shape in shapes
    ]


def _let_home_in(shape: Shape, home: GeoPoint) -> str:
    """What lets home be where it is, or by how much it must move: in figures where they are known.

    Nobody but a person widens a fence far: it was drawn with something beyond it in mind.
    """
    miss = miss_of(shape, home)
    if miss is None:
        return "move home or draw the fence again"
    if miss.distance_m < ON_THE_BORDER_M:
        return "take off a few metres away from its border"
    if not shape.inclusion:
        return f"take off outside of it, {miss.way}; or let --fix open it round home"
    far = miss.distance_m > WIDENED_M
    limit = f"--fix widens none by more than {WIDENED_M:g} m" if far else "--fix does"
    return (
        f"take off within it, {miss.way}; or widen it by {rounded_m(miss.distance_m)} if the "
        f"ground between may be flown over ({limit})"
    )


def _let_in(judged: Judged, index: int, item: Received, reference: Place) -> str:
    """How far a waypoint is from where the fence allows it, by the shape that it misses most."""
    place = judged.place(index)
    if place is None:
        return "give it a place within the fence"
    broken = [one for one in judged.fence.kept if not allows(one, at(item), reference=reference)]
    misses = [miss for one in broken if (miss := miss_of(one, place)) is not None]
    if not misses:
        return "move it, or draw the fence again"
    worst = max(misses, key=lambda one: one.distance_m)
    return f"move it {worst.way}, or change the fence"


def _named(shape: Shape, plan: Plan) -> str:
    if isinstance(shape, FencePolygon):
        return f"fence polygon {plan.fence.polygons.index(shape) + 1}"
    index = next(i for i, circle in enumerate(plan.fence.circles) if circle is shape)
    return f"fence circle {index + 1}"


def _waypoints_outside_fence(judged: Judged) -> list[Finding]:
    if not judged.fence.kept or not judged.flown:
        return []
    reference = judged.home or at(judged.flown[0][1])
    return [
        error(
            "px4-waypoint-outside-fence",
            f"waypoint {index + 1} lies where the fence forbids it",
            _let_in(judged, index, item, reference),
            item=index,
            place=judged.place(index),
        )
        for index, item in judged.flown
        if not judged.fence.allows(at(item), reference=reference)
    ]


def _beyond_limits(judged: Judged) -> list[Finding]:
    home, profile = judged.home, judged.profile
    if home is None:
        return []
    # A height that is not a number is not below a limit.
    return [
        error(
            "px4-beyond-gf-max",
            f"waypoint {index + 1} is not within {name} ({limit:g} m)",
            _within_limit(name, limit, value),
            item=index,
            place=judged.place(index),
        )
        for index, item in judged.flown
        for name, limit, value in (
            ("GF_MAX_HOR_DIST", profile.gf_max_hor_dist_m, haversine_m(home, at(item))),
            (VERTICAL, profile.gf_max_ver_dist_m, judged.above_home_m(item)),
        )
        if limit > FLT_EPSILON and not value < limit
    ]


def _within_limit(name: str, limit: float, value: float) -> str:
    if not math.isfinite(value):
        return f"give it a place and a height, so that {name} can be kept"
    by = f"{rounded_m(value - limit + 0.1)} {'lower' if name == VERTICAL else 'nearer to home'}"
    return f"put it {by}, or set {name} above {math.ceil(value)} m"


def _takeoffs(judged: Judged) -> list[Finding]:
    found: list[Finding] = []
    before = False
    for index, item in judged.items:
        if item.command in TAKEOFFS:
            if before:
                found.append(
                    error(
                        "px4-takeoff-not-first",
                        f"item {index + 1} takes off after another waypoint",
                        "put the take-off first, or make this one a waypoint (16)",
                        item=index,
                        place=judged.place(index),
                    )
                )
            found += _too_low(judged, index, item)
        before = before or item.command not in NOT_POSITIONS
    return found


def _too_low(judged: Judged, index: int, item: Received) -> list[Finding]:
    if not judged.above_home_m(item) < FLT_EPSILON:
        return []
    return [
        error(
            "px4-takeoff-too-low",
            f"item {index + 1} takes off to home's height or below",
            "give it a height above home's",
            item=index,
            place=judged.place(index),
        )
    ]


def _vtol_items(judged: Judged) -> list[Finding]:
    if judged.profile.vtol:
        return []
    return [
        error(
            "px4-vtol-item",
            f"item {index + 1} (command {item.command}) is for a VTOL",
            "use plain take-off (22) and landing (21)",
            item=index,
            place=judged.place(index),
        )
        for index, item in judged.items
        if item.command in VTOL_COMMANDS
    ]


def _relative_without_home(judged: Judged) -> list[Finding]:
    relative = [index for index, item in judged.flown if item.relative]
    if judged.home is not None or not relative:
        return []
    return [
        warning(
            "px4-relative-needs-home",
            f"item {relative[0] + 1} is relative to home and the plan names none",
            "upload once the vehicle has a home position",
            item=relative[0],
            place=judged.place(relative[0]),
        )
    ]


def _first_waypoint_far(judged: Judged) -> list[Finding]:
    home, limit = judged.home, judged.profile.mis_dist_1wp_m
    if home is None or not judged.flown or limit <= FLT_EPSILON:
        return []
    index, first = judged.flown[0]
    away = haversine_m(home, at(first))
    if away < limit:
        return []
    return [
        warning(
            "px4-first-waypoint-far",
            f"the first waypoint is {away:.0f} m from home, MIS_DIST_1WP is {limit:g} m",
            f"see that home is where it is meant to be, or set MIS_DIST_1WP above {away:.0f} m",
            item=index,
            place=judged.place(index),
        )
    ]


def _below_home(judged: Judged) -> list[Finding]:
    return [
        warning(
            "px4-waypoint-below-home",
            f"waypoint {index + 1} is {-height:.1f} m below home",
            f"raise it by {rounded_m(-height)} or more, unless the ground falls away as far there",
            item=index,
            place=judged.place(index),
        )
        for index, item in judged.flown
        if math.isfinite(height := judged.above_home_m(item)) and height < 0.0
    ]


RULES: tuple[Rule, ...] = (
    _not_navigated,
    landing_first,
    _takeoffs,
    _vtol_items,
    land_pattern,
    fixed_wing_approach,
    takeoff_and_landing,
    _dropped_shapes,
    _waypoints_outside_fence,
    _beyond_limits,
    _relative_without_home,
    _first_waypoint_far,
    _below_home,
)
