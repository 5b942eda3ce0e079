"""Each of PX4's rules, one failing plan beside the one that passes."""

import math
from dataclasses import replace

import pytest

from missions.checks import MissionResult, Px4Profile, Severity, check, predict
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
from missions.vehicle import default_vehicle

ORIGIN = GeoPoint(latitude_deg=44.85, longitude_deg=65.5)
PLANE = LocalPlane(ORIGIN)
HOME = Home(position=ORIGIN, height=HeightAmsl(129.0))


def item(
    command: int,
    east: float = 0.0,
    north: float = 0.0,
    height: float = 30.0,
    *,
    frame: int = 3,
    one: float = 0.0,
    two: float = 0.0,
) -> MissionItem:
    place = PLANE.geo(east, north)
    params = (one, two, 0.0, math.nan, place.latitude_deg, place.longitude_deg, height)
    return MissionItem(command=command, frame=frame, params=params)


def plain(command: int, *params: float, frame: int = 2) -> MissionItem:
    one, two, three, four, five, six, seven = (*params, *([0.0] * (7 - len(params))))
    return MissionItem(
        command=command, frame=frame, params=(one, two, three, four, five, six, seven)
    )


def ring(*points: tuple[float, float], inclusion: bool = True) -> FencePolygon:
    return FencePolygon(ring=tuple(PLANE.geo(*point) for point in points), inclusion=inclusion)


def mission(*items: MissionItem, fence: Fence | None = None) -> Plan:
    return Plan(items=items, home=HOME, fence=fence or Fence())


def rules(plan: Plan, profile: Px4Profile | None = None) -> list[str]:
    return [one.rule for one in check(plan, profile=profile)]


TAKEOFF, RETURN = item(22), plain(20)
GOOD = mission(TAKEOFF, plain(178, 1, 8, -1), item(16, 100), item(19, 200, one=9.0), RETURN)
BOX = ring((-50, -50), (400, -50), (400, 400), (-50, 400))


def test_good_plan_has_no_finding() -> None:
    assert check(GOOD) == ()
    assert predict(GOOD).accepted


@pytest.mark.parametrize(
    ("wrong", "rule", "result"),
    [
        (item(18, 10), "px4-command", MissionResult.UNSUPPORTED),
        (item(36, 10), "px4-command", MissionResult.UNSUPPORTED),
        (item(82, 10), "px4-command", MissionResult.UNSUPPORTED),
        (plain(207, 1), "px4-command", MissionResult.UNSUPPORTED),
        (plain(531, 1), "px4-command", MissionResult.UNSUPPORTED),
        (plain(16), "px4-command", MissionResult.UNSUPPORTED),
        (item(20, 10), "px4-unused-param", MissionResult.INVALID_PARAM5_X),
        (item(4501, 10), "px4-unused-param", MissionResult.INVALID_PARAM5_X),
        (item(201, 10, one=3.0), "px4-unused-param", MissionResult.INVALID_PARAM5_X),
        (item(195, 10, one=3.0), "px4-unused-param", MissionResult.INVALID_PARAM1),
        (item(189, 10), "px4-command", MissionResult.UNSUPPORTED),
        (plain(420, 1, 0, 0, 0, 7), "px4-unused-param", MissionResult.INVALID_PARAM5_X),
        (item(16, 10, frame=2), "px4-command", MissionResult.UNSUPPORTED),
        (item(80, 10, one=1.0), "px4-roi-mode", MissionResult.INVALID_PARAM1),
        (plain(201, 3), "px4-roi-mode", MissionResult.INVALID_PARAM1),
        (plain(70_000), "px4-not-sendable", MissionResult.INVALID),
        (item(16, 10, frame=10), "px4-frame", MissionResult.UNSUPPORTED_FRAME),
        (item(16, 10, frame=11), "px4-frame", MissionResult.UNSUPPORTED_FRAME),
        (item(22, 0, two=15.0), "px4-unused-param", MissionResult.INVALID_PARAM2),
        (plain(189, 1), "px4-unused-param", MissionResult.INVALID_PARAM1),
        (plain(530, 0, 2, 1), "px4-unused-param", MissionResult.INVALID_PARAM3),
        (plain(178, 1, 5, -1, 1), "px4-unused-param", MissionResult.INVALID_PARAM4),
        (item(93, 10), "px4-unused-param", MissionResult.INVALID_PARAM5_X),
        (plain(20, 0, 0, 0, 0, 0, 0, 5), "px4-unused-param", MissionResult.INVALID_PARAM7),
        (item(5001, 10), "px4-unused-param", MissionResult.INVALID_PARAM7),
        (item(5001, 10, height=0.0), "px4-fence-item", MissionResult.ERROR),
        (item(5100, 10), "px4-fence-item", MissionResult.ERROR),
    ],
)
def test_item_that_px4_refuses(wrong: MissionItem, rule: str, result: MissionResult) -> None:
    plan = replace(GOOD, items=(*GOOD.items, wrong))
    answer = predict(plan)
    (finding,) = [one for one in answer.findings if one.rule == rule]
    assert (finding.item, finding.severity) == (len(GOOD.items), Severity.ERROR)
    assert answer.mission is result
    assert not answer.feasible


@pytest.mark.parametrize(
    "fine",
    [
        item(17, 10),
        item(31, 10),
        item(195, 10, 0, 0.0),
        plain(1000, -45, 0, math.nan, math.nan, 12),
        plain(206, 25, 0, 1),
        plain(530, 0, 2, *[math.nan] * 5),
        plain(2000, 0, 2, 3, 1),
        plain(93, 5, -1, -1, -1),
        plain(177, 1, 2),
    ],
)
def test_item_that_px4_accepts(fine: MissionItem) -> None:
    plan = mission(TAKEOFF, item(16, 100), fine, RETURN)
    assert predict(plan).accepted


def test_first_refused_item_decides_the_answer() -> None:
    plan = mission(TAKEOFF, item(16, 10, frame=10), item(18, 20))
    assert predict(plan).mission is MissionResult.UNSUPPORTED_FRAME


def test_more_items_than_the_board_holds() -> None:
    answer = predict(
        mission(TAKEOFF, *[item(16, i) for i in range(600)]), Px4Profile(max_items=500)
    )
    assert answer.mission is MissionResult.NO_SPACE


def test_fence_of_more_than_sixty_four_items() -> None:
    circles = tuple(
        FenceCircle(center=ORIGIN, radius_m=900.0 + i, inclusion=True) for i in range(61)
    )
    plan = replace(GOOD, fence=Fence(polygons=(BOX,), circles=circles))
    assert predict(plan).fence is MissionResult.NO_SPACE
    assert predict(replace(plan, fence=Fence(polygons=(BOX,), circles=circles[:60]))).accepted


def test_more_rally_points_than_px4_holds() -> None:
    point = RallyPoint(position=ORIGIN, height=HeightAboveHome(30.0))
    assert predict(replace(GOOD, rally=(point,) * 33)).rally is MissionResult.NO_SPACE
    assert predict(replace(GOOD, rally=(point,) * 32)).accepted


@pytest.mark.parametrize(
    ("plan", "rule"),
    [
        (Plan(home=HOME), "px4-empty-mission"),
        (mission(item(21, 0, 0, 0.0), item(16, 10)), "px4-land-first"),
        (mission(item(16, 10), TAKEOFF), "px4-takeoff-not-first"),
        (mission(item(22, height=0.0), item(16, 10)), "px4-takeoff-too-low"),
        (mission(item(22, height=120.0, frame=0), item(16, 10)), "px4-takeoff-too-low"),
        (mission(item(84), item(16, 10)), "px4-vtol-item"),
        (mission(TAKEOFF, plain(16), item(16, 10)), "px4-command"),
        (mission(TAKEOFF, item(16, 10), item(5000, 10)), "px4-not-navigated"),
        (mission(plain(20), TAKEOFF, item(16, 10)), "px4-takeoff-not-first"),
        (
            mission(TAKEOFF, RETURN, fence=Fence(polygons=(ring((50, 0), (90, 0), (90, 50)),))),
            "px4-fence-excludes-home",
        ),
        (
            mission(TAKEOFF, item(16, 500), RETURN, fence=Fence(polygons=(BOX,))),
            "px4-waypoint-outside-fence",
        ),
    ],
)
def test_mission_that_the_navigator_rejects(plan: Plan, rule: str) -> None:
    answer = predict(plan)
    assert rule in [one.rule for one in answer.findings if one.severity is Severity.ERROR]
    assert not answer.accepted


def test_every_inclusion_must_hold_a_waypoint() -> None:
    left = ring((-50, -50), (250, -50), (250, 300), (-50, 300))
    right = ring((-40, -50), (900, -50), (900, 300), (-40, 300))
    plan = mission(TAKEOFF, item(16, 300), RETURN, fence=Fence(polygons=(left, right)))
    assert "px4-waypoint-outside-fence" in rules(plan)


def test_waypoint_in_an_exclusion_circle_is_outside_the_fence() -> None:
    circle = FenceCircle(center=PLANE.geo(100.0, 0.0), radius_m=20.0, inclusion=False)
    plan = mission(TAKEOFF, item(16, 100), RETURN, fence=Fence(circles=(circle,)))
    assert not predict(plan).feasible


def test_dropped_fence_does_not_reject_the_mission() -> None:
    far = Fence(polygons=(ring((5000, 0), (5090, 0), (5090, 50)),))
    answer = predict(replace(GOOD, fence=far))
    assert (answer.feasible, answer.fence_kept) == (True, False)


def test_limits_of_distance_and_height_are_judged() -> None:
    assert "px4-beyond-gf-max" in rules(GOOD, Px4Profile(gf_max_hor_dist_m=150.0))
    assert "px4-beyond-gf-max" in rules(GOOD, Px4Profile(gf_max_ver_dist_m=20.0))


@pytest.mark.parametrize(
    ("need", "asked"), [(0, False), (1, False), (2, True), (3, True), (4, True)]
)
def test_takeoff_and_landing_are_required_by_parameter(need: int, asked: bool) -> None:
    found = rules(GOOD, Px4Profile(mis_tko_land_req=need))
    assert ("px4-takeoff-land-required" in found) == asked


def test_far_first_waypoint_only_warns() -> None:
    plan = mission(item(16, 15_000.0), RETURN)
    found = [one for one in check(plan) if one.rule == "px4-first-waypoint-far"]
    assert [one.severity for one in found] == [Severity.WARNING]
    assert predict(plan).feasible


def test_relative_heights_without_a_home_warn() -> None:
    assert "px4-relative-needs-home" in rules(Plan(items=GOOD.items))


def test_waypoint_below_home_warns() -> None:
    assert "px4-waypoint-below-home" in rules(mission(TAKEOFF, item(16, 50, height=-3.0), RETURN))


def test_leg_across_an_exclusion_is_found_though_both_ends_are_fine() -> None:
    wall = ring((40, -20), (60, -20), (60, 20), (40, 20), inclusion=False)
    plan = mission(TAKEOFF, item(16, 100), item(16, 100, 50), RETURN, fence=Fence(polygons=(wall,)))
    (finding,) = [one for one in check(plan) if one.severity is Severity.ERROR]
    assert (finding.rule, finding.item) == ("leg-across-fence", 1)
    assert predict(plan).accepted


def test_way_home_across_an_exclusion_is_found() -> None:
    wall = ring((40, -20), (60, -20), (60, 20), (40, 20), inclusion=False)
    plan = mission(
        TAKEOFF,
        item(16, 0, 50),
        item(16, 100, 50),
        item(16, 100),
        RETURN,
        fence=Fence(polygons=(wall,)),
    )
    assert [one.item for one in check(plan) if one.rule == "return-across-fence"] == [4]


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        (plain(16, 0, 0, 0, 0, 95.0, 65.5, 30.0, frame=3), "position-not-on-earth"),
        (plain(16, 0, 0, 0, 0, math.nan, math.nan, 30.0, frame=3), "position-missing"),
        (plain(16, 0, 0, 0, 0, 0.0, 0.0, 30.0, frame=3), "position-missing"),
        (plain(177, 9, 2), "jump-target"),
    ],
)
def test_what_px4_accepts_though_it_should_not(wrong: MissionItem, rule: str) -> None:
    plan = mission(TAKEOFF, wrong, item(16, 10), RETURN)
    assert predict(plan).mission is MissionResult.ACCEPTED
    assert rule in [one.rule for one in check(plan) if one.severity is Severity.ERROR]


def test_flight_longer_than_the_battery_is_an_error_and_into_the_reserve_a_warning() -> None:
    def after(dwell_s: float) -> list[Severity]:
        plan = mission(TAKEOFF, item(19, 10, one=dwell_s), RETURN)
        return [one.severity for one in check(plan) if one.rule == "endurance"]

    endurance = default_vehicle().endurance_s
    assert after(endurance * 0.5) == []
    assert after(endurance * 0.8) == [Severity.WARNING]
    assert after(endurance) == [Severity.ERROR]


def test_mission_without_takeoff_or_ending_warns() -> None:
    assert rules(mission(item(16, 10))) == ["no-takeoff", "no-ending"]


def test_ceiling_warns() -> None:
    assert "ceiling" in rules(mission(TAKEOFF, item(16, 10, height=130.0), RETURN))


def test_fence_that_crosses_itself_is_an_error() -> None:
    bow = ring((-50, -50), (400, 400), (400, -50), (-50, 400))
    assert "fence-crosses-itself" in rules(replace(GOOD, fence=Fence(polygons=(bow,))))
