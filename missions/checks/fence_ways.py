"""Ways across the fence, which PX4 does not look at: it judges waypoints only."""

import itertools
from collections.abc import Iterator

import numpy as np
import shapely
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from missions.checks.fence_miss import rounded_m
from missions.checks.finding import Finding, error, warning
from missions.checks.places import FenceShape
from missions.checks.px4_fence import KeptFence
from missions.checks.px4_profile import Px4Profile
from missions.checks.return_fans import LEAST_AREA_M2, return_fans
from missions.checks.ways import Way, WayKind, legs_of
from missions.geodesy import LocalPlane
from missions.plan import Fence, FenceCircle, Plan
from missions.px4_flight.returns import Destination
from missions.px4_wings.guided import KNOWN_M

# Fence and leg are both drawn on a plane: a leg along the fence is not across it.
GRAZE_M = 0.05
RULES = {
    WayKind.LEG: "leg-across-fence",
    WayKind.JUMP: "jump-across-fence",
    WayKind.TURN: "turn-across-fence",
    WayKind.CIRCLE: "circle-across-fence",
    WayKind.CLIMB: "circle-across-fence",
    WayKind.RETURN: "return-across-fence",
    WayKind.RETURN_CIRCLE: "circle-across-fence",
}
PROPOSALS = {
    WayKind.LEG: "add a waypoint that leads round",
    WayKind.JUMP: "jump to a waypoint that it can see, or add one that leads round",
    WayKind.TURN: "keep a turn's width from the fence, or widen the corner",
    WayKind.CIRCLE: "make the circle smaller, or move it",
    WayKind.CLIMB: "give it a longer leg to climb or sink on, or set NAV_LOITER_RAD smaller",
    WayKind.RETURN: "return by waypoints that lead round, or add a rally point on this side",
    WayKind.RETURN_CIRCLE: "set RTL_LOITER_RAD smaller, or enlarge the fence about it",
}
BETWEEN_PLACES = (WayKind.LEG, WayKind.JUMP, WayKind.RETURN)


def fence_way_findings(
    plan: Plan, plane: LocalPlane, ways: list[Way], profile: Px4Profile
) -> list[Finding]:
    """Every way across what PX4 keeps of the fence, and across GF_MAX_HOR_DIST."""
    fence = fence_held(plan, profile)
    shape = FenceShape(fence, plane)
    if shape.empty:
        return []
    straight = [way for way in ways if way.kind is not WayKind.TURN]
    turns = [way for way in ways if way.kind is WayKind.TURN]
    narrower = FenceShape(fence, plane, margin_m=KNOWN_M) if turns else shape
    return [
        *_beyond(straight, shape, plane, profile),
        *_beyond(turns, narrower, plane, profile),
        *_returns(plan, ways, shape, plane, profile),
        *_rally_outside(plan, shape, plane),
    ]


def fence_held(plan: Plan, profile: Px4Profile) -> Fence:
    """What PX4 keeps, and the disc that GF_MAX_HOR_DIST draws about home."""
    home = None if plan.home is None else plan.home.position
    kept = KeptFence.of(plan.fence, home).fence
    if home is None or profile.gf_max_hor_dist_m <= 0.0:
        return kept
    limit = FenceCircle(center=home, radius_m=profile.gf_max_hor_dist_m, inclusion=True)
    return Fence(polygons=kept.polygons, circles=(*kept.circles, limit))


def _beyond(
    ways: list[Way], shape: FenceShape, plane: LocalPlane, profile: Px4Profile
) -> Iterator[Finding]:
    """Each way across the fence; of several ways that one may be flown, the worst."""
    worst: dict[tuple[WayKind, int, str], tuple[Way, BaseGeometry]] = {}
    suspects = shape.suspects([way.line for way in ways])
    for way in itertools.compress(ways, suspects):
        breach = shape.breach(way.line)
        key = way.kind, way.item, way.name
        least = worst[key][1].length if key in worst else GRAZE_M
        if breach.length > least:
            worst[key] = way, breach
    for way, breach in worst.values():
        yield _across(way, breach, shape, plane, profile)


def _across(
    way: Way, breach: BaseGeometry, shape: FenceShape, plane: LocalPlane, profile: Px4Profile
) -> Finding:
    middle = _middle(breach)
    goes_round = way.kind is WayKind.RETURN and profile.avoids_fence
    near = f", or nearer to it than the {KNOWN_M:.0f} m that it is predicted to"
    return (warning if goes_round else error)(
        RULES[way.kind],
        f"{way.name} is {breach.length:.0f} m beyond the fence"
        + (": PX4 goes round where it can" if goes_round else "")
        + (near if way.kind is WayKind.TURN else ""),
        _round_or_within(way, shape),
        item=way.item,
        place=plane.geo(middle.x, middle.y),
    )


def _round_or_within(way: Way, shape: FenceShape) -> str:
    """What to do: round what the fence keeps out, within what it keeps in."""
    outside_m = shape.outside_m(way.line) if way.kind in BETWEEN_PLACES else 0.0
    if outside_m <= GRAZE_M:
        return PROPOSALS[way.kind]
    return (
        f"fly it within the fence, which it leaves by up to {rounded_m(outside_m)}; or widen the "
        "fence, if the ground there may be flown over"
    )


def _middle(breach: BaseGeometry) -> Point:
    """A point well within what is beyond the fence."""
    if breach.area > 0.0:
        return breach.representative_point()
    longest = max(shapely.get_parts(breach), key=lambda part: float(part.length))
    middle = shapely.line_interpolate_point(longest, 0.5, normalized=True)
    assert isinstance(middle, Point)
    return middle


def _returns(
    plan: Plan, ways: list[Way], shape: FenceShape, plane: LocalPlane, profile: Px4Profile
) -> list[Finding]:
    """One finding for all legs from which a return would cross the fence: the worst."""
    legs = legs_of(ways)
    fans = return_fans(plan, legs, plane, profile)
    if not fans:
        return []
    worst, bad = _Worst(), set()
    for index in np.nonzero(shape.suspects([fan for _, fan, _ in fans]))[0]:
        leg, fan, to = fans[index]
        breach = shape.breach(fan)
        wide = fan.area > LEAST_AREA_M2
        size = breach.area if wide else breach.length
        if size > (LEAST_AREA_M2 if wide else GRAZE_M):
            bad.add(leg)
            worst.take(size, legs[leg], to, breach)
    return worst.finding(len(bad), len(legs), plane, profile)


class _Worst:
    """The largest breach so far."""

    def __init__(self) -> None:
        self._found: tuple[float, Way, Destination, BaseGeometry] | None = None

    def take(self, size: float, way: Way, to: Destination, breach: BaseGeometry) -> None:
        """Keep it if it is larger than what is kept."""
        if self._found is None or size > self._found[0]:
            self._found = size, way, to, breach

    def finding(
        self, count: int, legs: int, plane: LocalPlane, profile: Px4Profile
    ) -> list[Finding]:
        """What it comes to."""
        if self._found is None:
            return []
        _, way, to, breach = self._found
        middle = _middle(breach)
        end = ": PX4 goes round where it can" if profile.avoids_fence else ""
        return [
            warning(
                "failsafe-return-across-fence",
                f"a return from {count} of {legs} legs would cross the fence, worst from "
                f"{way.name} to {to.name}{end}",
                "add a rally point on this side, or set GF_ACTION and RTL_TYPE with that in mind",
                item=way.item,
                place=plane.geo(middle.x, middle.y),
            )
        ]


def _rally_outside(plan: Plan, shape: FenceShape, plane: LocalPlane) -> list[Finding]:
    return [
        error(
            "rally-outside-fence",
            f"rally point {index + 1} lies where the fence forbids it: PX4 would return there",
            "move it to where the fence allows it, or leave it out",
            place=point.position,
        )
        for index, point in enumerate(plan.rally)
        if not shape.breach(Point(plane.en(point.position))).is_empty
    ]
