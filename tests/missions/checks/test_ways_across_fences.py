"""Legs, jumps, turns, circles and returns across a fence; a fan of returns against shapely."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, Polygon, box

from missions.checks import Finding, Px4Profile, Severity, check
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveHome, HeightAmsl
from missions.plan import (
    Fence,
    FenceCircle,
    FencePolygon,
    Home,
    MissionItem,
    Plan,
    RallyPoint,
)
from missions.px4_flight.parameters import Px4Parameters
from missions.vehicle import Vehicle, VehicleKind, default_vehicle

ORIGIN = GeoPoint(latitude_deg=44.85, longitude_deg=65.5)
PLANE = LocalPlane(ORIGIN)
HOME = Home(position=ORIGIN, height=HeightAmsl(129.0))
PLANE_M_S = Vehicle(
    name="wing",
    kind=VehicleKind.FIXED_WING,
    cruise_speed_m_s=16.0,
    min_airspeed_m_s=12.0,
    max_airspeed_m_s=22.0,
    turn_radius_m=50.0,
)


def item(command: int, east: float, north: float = 0.0, *params: float) -> MissionItem:
    place = PLANE.geo(east, north)
    one, two, three, four = (*params, *([0.0] * (4 - len(params))))
    return MissionItem(
        command=command,
        frame=3,
        params=(one, two, three, four, place.latitude_deg, place.longitude_deg, 40.0),
    )


def plain(command: int, one: float = 0.0, two: float = 0.0) -> MissionItem:
    return MissionItem(command=command, frame=2, params=(one, two, 0.0, 0.0, 0.0, 0.0, 0.0))


def no_fly(*corners: tuple[float, float]) -> FencePolygon:
    return FencePolygon(ring=tuple(PLANE.geo(*corner) for corner in corners), inclusion=False)


def square(east: float, north: float, half: float) -> FencePolygon:
    return no_fly(
        (east - half, north - half),
        (east + half, north - half),
        (east + half, north + half),
        (east - half, north + half),
    )


def mission(*items: MissionItem, fence: Fence) -> Plan:
    return Plan(items=(item(22, 0.0), *items), home=HOME, fence=fence)


def across(plan: Plan, **known: object) -> list[tuple[str, int | None]]:
    found = check(plan, **known)  # type: ignore[arg-type]
    return [(one.rule, one.item) for one in found if one.rule.endswith("-fence")]


def rally(east: float, north: float, height_m: float = 0.0) -> RallyPoint:
    return RallyPoint(position=PLANE.geo(east, north), height=HeightAboveHome(height_m))


WALL = Fence(polygons=(square(100, 0, 20),))


def test_a_leg_is_named_with_the_place_where_it_enters() -> None:
    plan = mission(item(16, 0, 60), item(16, 200, 60), item(16, 200, 0), item(16, 0, 0), fence=WALL)
    (found,) = [one for one in check(plan) if one.rule == "leg-across-fence"]
    assert found.severity is Severity.ERROR
    assert found.item == 4
    assert found.place is not None
    assert Polygon([PLANE.en(corner) for corner in WALL.polygons[0].ring]).covers(
        Point(PLANE.en(found.place))
    )


def test_a_jump_makes_the_leg_back_to_its_target() -> None:
    round_it = (item(16, 60), item(16, 60, 60), item(16, 140, 60), item(16, 140))
    direct = mission(*round_it, plain(177, 1, 3), item(16, 140, 90), fence=WALL)
    led_round = mission(*round_it, plain(177, 3, 3), item(16, 140, 90), fence=WALL)
    assert ("jump-across-fence", 5) in across(direct)
    assert "jump-across-fence" not in [rule for rule, _ in across(led_round)]


def test_a_jump_that_is_never_taken_makes_no_leg() -> None:
    items = (item(16, 60), item(16, 60, 60), item(16, 140, 60), item(16, 140))
    plan = mission(*items, plain(177, 1, 0), item(16, 140, 90), fence=WALL)
    assert "jump-across-fence" not in [rule for rule, _ in across(plan)]


def test_a_return_that_the_mission_asks_for_is_an_error_and_goes_round_where_px4_can() -> None:
    plan = mission(item(16, 0, 60), item(16, 200, 60), item(16, 200, 0), plain(20), fence=WALL)
    straight = {one.rule: one for one in check(plan)}["return-across-fence"]
    avoided = {one.rule: one for one in check(plan, profile=Px4Profile(avoids_fence=True))}
    assert (straight.severity, straight.item) == (Severity.ERROR, 4)
    assert avoided["return-across-fence"].severity is Severity.WARNING


def failsafe(plan: Plan, profile: Px4Profile | None = None) -> list[Finding]:
    found = check(plan, profile=profile)
    return [one for one in found if one.rule == "failsafe-return-across-fence"]


def test_a_return_from_the_middle_of_a_leg_is_found_though_its_ends_are_fine() -> None:
    # Both ends see home past the wall; only the middle of the leg lies behind it.
    fence = Fence(polygons=(square(0, 100, 20),))
    plan = mission(item(16, -200, 60), item(16, -200, 200), item(16, 200, 200), fence=fence)
    (found,) = failsafe(plan)
    assert (found.severity, found.item) == (Severity.WARNING, 3)


def test_a_rally_point_on_this_side_of_the_wall_is_returned_to() -> None:
    fence = Fence(polygons=(square(0, 100, 20),))
    plan = mission(item(16, -200, 60), item(16, -200, 200), item(16, 200, 200), fence=fence)
    saved = replace(plan, rally=(rally(0, 190),))
    assert failsafe(plan)
    assert failsafe(saved) == []
    # One that is farther than home is not.
    assert failsafe(replace(plan, rally=(rally(2000, 0),)))


def test_a_mission_that_is_followed_back_has_no_straight_return() -> None:
    fence = Fence(polygons=(square(0, 100, 20),))
    plan = mission(item(16, -200, 60), item(16, -200, 200), item(16, 200, 200), fence=fence)
    assert failsafe(plan, Px4Profile(px4=Px4Parameters(rtl_type=2))) == []
    assert failsafe(plan, Px4Profile(px4=Px4Parameters(rtl_type=3)))


def test_a_rally_point_outside_the_fence_is_an_error() -> None:
    plan = replace(mission(item(16, 0, 60), fence=WALL), rally=(rally(100, 0),))
    assert ("rally-outside-fence", None) in across(plan)


def test_a_rally_point_without_a_height_is_never_returned_to() -> None:
    plan = replace(mission(item(16, 0, 60), fence=WALL), rally=(rally(0, 50, math.nan),))
    assert "rally-without-height" in [one.rule for one in check(plan)]


def test_a_wing_circles_and_a_multirotor_holds() -> None:
    fence = Fence(polygons=(square(0, 200, 20),))
    plan = mission(item(16, 0, 60), item(19, 0, 120, 30.0), plain(20), fence=fence)
    assert across(plan) == []
    assert ("circle-across-fence", 2) in across(plan, vehicle=PLANE_M_S)
    tight = mission(item(16, 0, 60), item(19, 0, 120, 30.0, 0.0, -30.0), plain(20), fence=fence)
    assert ("circle-across-fence", 2) not in across(tight, vehicle=PLANE_M_S)


def test_a_wing_circles_where_it_returns_to() -> None:
    fence = Fence(polygons=(square(0, -80, 10),))
    plan = mission(item(16, 0, 300), item(16, 0, 600), plain(20), fence=fence)
    assert across(plan) == []
    assert ("circle-across-fence", 3) in across(plan, vehicle=PLANE_M_S)


def test_a_wing_swings_wide_at_a_corner() -> None:
    fence = Fence(polygons=(square(60, 310, 10),))
    plan = mission(item(16, 0, 300), item(16, 20, 0), plain(20), fence=fence)
    assert across(plan) == []
    assert ("turn-across-fence", 1) in across(plan, vehicle=PLANE_M_S)


def test_a_fence_that_home_breaches_bounds_nothing_and_the_rest_still_does() -> None:
    dropped = square(0, 0, 30)
    plan = mission(item(16, 0, 60), item(16, 200, 0), fence=Fence(polygons=(dropped,)))
    both = replace(plan, fence=Fence(polygons=(dropped, square(100, 30, 20))))
    assert [rule for rule, _ in across(plan)] == []
    assert ("leg-across-fence", 2) in across(both)


def test_gf_max_hor_dist_bounds_circles_and_legs_too() -> None:
    plan = mission(item(16, 0, 60), item(19, 0, 250, 30.0), plain(20), fence=Fence())
    wing, limit = PLANE_M_S, Px4Profile(gf_max_hor_dist_m=300.0)
    assert ("circle-across-fence", 2) in across(plan, vehicle=wing, profile=limit)
    assert across(plan, vehicle=default_vehicle(), profile=limit) == []


def test_a_return_climbs_above_its_own_limit() -> None:
    plan = mission(item(16, 0, 60), plain(20), fence=Fence())
    found = [one.rule for one in check(plan, profile=Px4Profile(gf_max_ver_dist_m=30.0))]
    assert "return-above-gf-max" in found
    assert "return-above-gf-max" not in [
        one.rule for one in check(plan, profile=Px4Profile(gf_max_ver_dist_m=31.0))
    ]
    assert "return-above-ceiling" in [
        one.rule
        for one in check(plan, profile=Px4Profile(px4=Px4Parameters(rtl_return_alt_m=121.0)))
    ]


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_failsafe_returns_agree_with_many_straight_lines(data: st.DataObject) -> None:
    spot = st.tuples(st.integers(-400, 400), st.integers(-400, 400))
    stops = data.draw(st.lists(spot, min_size=2, max_size=5, unique=True))
    east, north = data.draw(spot.filter(lambda at: max(map(abs, at)) > 80))
    half = data.draw(st.integers(10, 60))
    places = data.draw(st.lists(spot.filter(lambda at: max(map(abs, at)) > 20), max_size=3))
    plan = mission(
        *(item(16, *at) for at in stops), fence=Fence(polygons=(square(east, north, half),))
    )
    plan = replace(plan, rally=tuple(rally(*at) for at in places))
    inner = box(east - half, north - half, east + half, north + half)
    goals = [(0, 0), *places]
    way = [(0, 0), *stops]
    deep = 0.0
    for a, b in zip(way, stops, strict=False):
        for at in np.linspace(a, b, 120):
            away = [math.dist(at, goal) + (2.0 if i else 0.0) for i, goal in enumerate(goals)]
            line = LineString((at, goals[int(np.argmin(away))]))
            deep = max(deep, line.intersection(inner).length)
    # What lines thirty times denser than a fan's border would hardly touch may go either way.
    if deep > 15.0:
        assert failsafe(plan)
    if not failsafe(plan):
        assert deep < 15.0


@pytest.mark.parametrize(
    ("shape", "rule"),
    [
        (FencePolygon(ring=(), inclusion=True), "fence-empty"),
        (no_fly((0, 50), (40, 90), (0, 90), (40, 50)), "fence-crosses-itself"),
        (no_fly((0, 50), (10, 60), (20, 70)), "fence-without-area"),
        (
            FencePolygon(
                ring=tuple(
                    GeoPoint(latitude_deg=a, longitude_deg=b)
                    for a, b in ((1.0, 179.0), (1.0, -179.0), (2.0, -179.0))
                ),
                inclusion=False,
            ),
            "fence-antimeridian",
        ),
        (FenceCircle(center=ORIGIN, radius_m=0.0, inclusion=False), "fence-circle-radius"),
        (FenceCircle(center=ORIGIN, radius_m=math.nan, inclusion=False), "fence-circle-radius"),
        (FenceCircle(center=ORIGIN, radius_m=-9.0, inclusion=True), "fence-circle-radius"),
    ],
)
def test_fences_that_do_not_do_what_they_seem_to(
    shape: FencePolygon | FenceCircle, rule: str
) -> None:
    fence = Fence(polygons=(shape,)) if isinstance(shape, FencePolygon) else Fence(circles=(shape,))
    plan = mission(item(16, 0, 60), plain(20), fence=fence)
    assert rule in [one.rule for one in check(plan)]
