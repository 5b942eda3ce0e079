"""What is said of a plan before it is flown over real ground: clearance, ceiling, the way home."""

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from missions.checks import Finding, Severity, check
from missions.checks.flown_legs import flown_legs
from missions.checks.ground_rules import GroundRules
from missions.checks.terrain import terrain_findings
from missions.geodesy import GeoPoint, distance_m
from missions.heights import HeightAboveHome, HeightAmsl
from missions.plan import Command, Frame, Home, MissionItem, Plan, RallyPoint
from missions.terrain import Terrain, read_terrain
from missions.vehicle import Vehicle

VEHICLE = Vehicle(name="test")
NORTH, WEST, STEP = 46.1, 8.0, 1 / 3600
ABOVE_HOME, ABOVE_SEA, ABOVE_TERRAIN = 3, 0, 10
Write = Callable[..., Path]
ROW = 46.05


@pytest.fixture
def ridge(write_geotiff: Write) -> Terrain:
    """Flat at 100 m, with a ridge of 100 m more along 8.05 degrees east, 60 m wide at its foot."""
    heights = np.full((360, 360), 100.0, np.float32)
    heights[:, 180] = 200.0
    return read_terrain(write_geotiff("r.tif", heights, north=NORTH, west=WEST, step=STEP))


@pytest.fixture
def cliff(write_geotiff: Write) -> Terrain:
    """At 300 m west of 8.05 degrees east and at 100 m from there on."""
    heights = np.full((360, 360), 100.0, np.float32)
    heights[:, :180] = 300.0
    return read_terrain(write_geotiff("c.tif", heights, north=NORTH, west=WEST, step=STEP))


def at(longitude: float) -> GeoPoint:
    return GeoPoint(latitude_deg=ROW, longitude_deg=longitude)


def item(command: int, longitude: float, height: float, frame: int = ABOVE_HOME) -> MissionItem:
    return MissionItem(
        command=command, frame=frame, params=(0.0, 0.0, 0.0, math.nan, ROW, longitude, height)
    )


def plan_of(
    *flown: MissionItem, home: float = 8.03, home_m: float = math.nan, ending: bool = False
) -> Plan:
    back = MissionItem(command=Command.NAV_RETURN_TO_LAUNCH, frame=Frame.MISSION, params=(0.0,) * 7)
    return Plan(
        items=(item(Command.NAV_TAKEOFF, home, flown[0].params[6], flown[0].frame), *flown)
        + ((back,) if ending else ()),
        home=Home(position=at(home), height=HeightAmsl(home_m)),
    )


def found(plan: Plan, terrain: Terrain, **rules: float) -> dict[str, Finding]:
    findings = terrain_findings(plan, terrain, VEHICLE, GroundRules(**rules))
    assert len({(one.rule, one.item) for one in findings}) == len(findings)
    return {one.rule: one for one in findings}


def test_ridge_between_two_waypoints_is_found_at_its_crest(ridge: Terrain) -> None:
    one = found(plan_of(item(16, 8.07, 60.0)), ridge)["terrain-clearance"]
    assert one.severity is Severity.ERROR
    assert one.item == 1
    assert one.place is not None
    assert distance_m(one.place, at(8.05)) < 0.5
    assert "40 m below the ground" in one.message


@pytest.mark.parametrize(("height", "rules"), [(109.0, {"terrain-clearance"}), (111.0, set())])
def test_clearance_is_kept_to_the_metre(ridge: Terrain, height: float, rules: set[str]) -> None:
    plan = plan_of(item(16, 8.07, height))
    assert set(found(plan, ridge, ceiling_m=200.0, return_height_m=150.0)) == rules


def test_ceiling_is_measured_from_the_ground_and_not_from_home(cliff: Terrain) -> None:
    over_the_edge = plan_of(item(16, 8.07, 50.0))
    one = found(over_the_edge, cliff)["ceiling"]
    assert one.severity is Severity.WARNING
    assert "250 m above the ground" in one.message
    up_the_edge = plan_of(item(16, 8.052, 20.0), item(16, 8.03, 260.0), home=8.07)
    assert "ceiling" in {finding.rule for finding in check(up_the_edge, vehicle=VEHICLE)}
    with_terrain = check(plan_of(item(16, 8.03, 50.0), home=8.02), vehicle=VEHICLE, terrain=cliff)
    assert "ceiling" not in {finding.rule for finding in with_terrain}


def test_high_above_home_and_low_above_the_ground_is_no_ceiling(cliff: Terrain) -> None:
    """200 m up a cliff: 290 m above home and 90 m above the ground."""
    plan = plan_of(item(16, 8.06, 290.0, ABOVE_HOME), home=8.07)
    above_the_top = plan_of(
        item(16, 8.04, 390.0, ABOVE_SEA), item(16, 8.03, 390.0, ABOVE_SEA), home=8.045
    )
    assert "ceiling" in {one.rule for one in check(plan, vehicle=VEHICLE, terrain=cliff)}
    rules = {one.rule for one in check(above_the_top, vehicle=VEHICLE, terrain=cliff)}
    assert "ceiling" not in rules


def test_descending_leg_is_judged_as_px4_flies_it_at_once(cliff: Terrain) -> None:
    """Straight it would clear the edge; PX4 is at its end's height long before."""
    plan = plan_of(item(16, 8.0485, 390.0, ABOVE_SEA), item(16, 8.055, 310.0, ABOVE_SEA), home=8.02)
    slow = Vehicle(name="slow descent", descent_speed_m_s=0.2)
    fast = Vehicle(name="fast descent", descent_speed_m_s=10.0)
    rules = GroundRules(clearance_m=15.0, ceiling_m=400.0, return_height_m=100.0)
    assert "terrain-clearance" not in {
        one.rule for one in terrain_findings(plan, cliff, slow, rules)
    }
    lower = [one for one in terrain_findings(plan, cliff, fast, rules) if one.item == 2]
    assert [one.rule for one in lower] == ["terrain-clearance"]
    assert "PX4 descends as soon as the leg begins" in lower[0].proposal


def test_steep_climb_lags_behind_the_straight_line(cliff: Terrain) -> None:
    plan = plan_of(item(16, 8.06, 130.0, ABOVE_SEA), item(16, 8.0497, 312.0, ABOVE_SEA), home=8.07)
    slow = Vehicle(name="slow climb", climb_speed_m_s=0.5)
    assert "terrain-clearance" in {one.rule for one in terrain_findings(plan, cliff, slow)}
    assert "terrain-clearance" not in {one.rule for one in terrain_findings(plan, cliff, VEHICLE)}


def test_height_changed_on_the_spot_is_judged(ridge: Terrain) -> None:
    plan = plan_of(item(16, 8.045, 60.0), item(16, 8.045, 4.0), item(16, 8.045, 60.0))
    said = [
        one.item
        for one in terrain_findings(plan, ridge, VEHICLE)
        if one.rule == "terrain-clearance"
    ]
    assert said == [2, 3]


def test_frame_above_terrain_is_reckoned_from_the_ground(ridge: Terrain) -> None:
    plan = plan_of(item(16, 8.05, 60.0, ABOVE_TERRAIN))
    legs = flown_legs(plan, HeightAmsl(100.0), ridge, VEHICLE, return_height_m=60.0)
    assert [leg.end_height.m for leg in legs] == [pytest.approx(260.0)]


def test_return_of_the_mission_is_flown_at_px4s_return_height(ridge: Terrain) -> None:
    plan = plan_of(item(16, 8.04, 120.0), item(16, 8.07, 120.0), item(16, 8.07, 30.0), ending=True)
    one = found(plan, ridge, ceiling_m=200.0)["terrain-return"]
    assert one.severity is Severity.ERROR
    assert one.item == 4
    assert "raise RTL_RETURN_ALT by 81 m" in one.proposal
    enough = found(plan, ridge, ceiling_m=200.0, return_height_m=111.0)
    assert "terrain-return" not in enough


def test_return_from_any_waypoint_is_judged_though_the_mission_does_not_return(
    ridge: Terrain,
) -> None:
    plan = plan_of(item(16, 8.04, 115.0), item(16, 8.07, 115.0), item(16, 8.07, 60.0))
    one = found(plan, ridge, ceiling_m=200.0)["terrain-failsafe-return"]
    assert one.item == 3
    assert one.severity is Severity.WARNING
    assert "set RTL_RETURN_ALT to 111 m or more" in one.proposal


def by_type(plan: Plan, terrain: Terrain, rtl_type: int, **rules: float) -> dict[str, Finding]:
    px4 = VEHICLE.px4.model_copy(update={"rtl_type": rtl_type})
    vehicle = VEHICLE.model_copy(update={"px4": px4})
    findings = terrain_findings(plan, terrain, vehicle, GroundRules(**rules))
    return {one.rule: one for one in findings}


def test_return_by_the_mission_is_as_high_as_the_mission_and_not_straight(ridge: Terrain) -> None:
    """Over the ridge at 115 m and down behind it: back it comes by the same waypoints."""
    plan = plan_of(item(16, 8.04, 115.0), item(16, 8.07, 115.0), item(16, 8.07, 60.0), ending=True)
    straight = by_type(plan, ridge, 0, ceiling_m=200.0)
    assert {"terrain-return", "terrain-failsafe-return"} <= set(straight)
    assert by_type(plan, ridge, 2, ceiling_m=200.0) == {}


def test_return_from_near_by_is_as_low_as_px4s_cone_and_meets_the_hill(ridge: Terrain) -> None:
    """From 170 m away, behind the ridge: a narrow cone has it fly 30 m high, not 150."""
    plan = plan_of(item(16, 8.0485, 130.0), item(16, 8.0507, 30.0), home=8.0485, ending=True)
    px4 = VEHICLE.px4.model_copy(update={"rtl_min_dist_m": 250.0, "rtl_cone_ang_deg": 80.0})
    rules = GroundRules(ceiling_m=200.0, return_height_m=150.0)
    wide = {one.rule for one in terrain_findings(plan, ridge, VEHICLE, rules)}
    narrow_cone = VEHICLE.model_copy(update={"px4": px4})
    narrow = {one.rule: one for one in terrain_findings(plan, ridge, narrow_cone, rules)}
    assert "terrain-return" not in wide
    assert narrow["terrain-return"].severity is Severity.ERROR
    assert narrow["terrain-return"].item == 3
    assert "below the ground" in narrow["terrain-return"].message


def test_return_over_a_valley_is_said_to_be_above_the_ceiling_as_a_return(cliff: Terrain) -> None:
    """Home stands on a plateau of 300 m; the ground of the last waypoint lies at 100 m."""
    plan = plan_of(item(16, 8.045, 40.0), item(16, 8.07, -140.0), ending=True)
    one = found(plan, cliff)["terrain-return-ceiling"]
    assert one.severity is Severity.WARNING
    assert one.item == 3
    assert one.message == "the return home is up to 230 m above the ground"
    assert "waypoints that follow the ground" in one.proposal
    assert one.place is not None
    assert one.place.longitude_deg > 8.0499


def test_return_that_is_a_little_above_the_ceiling_is_lowered(cliff: Terrain) -> None:
    plan = plan_of(item(16, 8.02, -100.0), item(16, 8.07, -150.0), home=8.03, ending=True)
    one = found(plan, cliff, ceiling_m=215.5)["terrain-return-ceiling"]
    assert "lower RTL_RETURN_ALT" in one.proposal
    assert "by 15 m" in one.proposal


def test_return_on_by_the_mission_to_a_low_waypoint_is_found(ridge: Terrain) -> None:
    """High on the way out; the landing is come to over the ridge from a low waypoint."""
    land = item(Command.NAV_LAND, 8.03, 0.0)
    flown = (item(16, 8.04, 120.0), item(16, 8.07, 120.0), item(16, 8.07, 50.0))
    one = by_type(plan_of(*flown, land), ridge, 2, ceiling_m=200.0)["terrain-failsafe-return"]
    assert "RTL_TYPE 2" in one.proposal
    assert one.place is not None
    assert distance_m(one.place, at(8.05)) < 0.5


def test_return_to_a_rally_point_on_this_side_does_not_cross_the_ridge(ridge: Terrain) -> None:
    plan = plan_of(item(16, 8.04, 115.0), item(16, 8.07, 115.0), item(16, 8.07, 60.0))
    assert "terrain-failsafe-return" in found(plan, ridge, ceiling_m=200.0)
    near = RallyPoint(position=at(8.075), height=HeightAboveHome(0.0))
    rallied = replace(plan, rally=(near,))
    assert "terrain-failsafe-return" not in found(rallied, ridge, ceiling_m=200.0)


def test_landing_is_flown_to_level(ridge: Terrain) -> None:
    plan = plan_of(item(16, 8.04, 60.0), item(Command.NAV_LAND, 8.07, 0.0))
    assert "40 m below the ground" in found(plan, ridge)["terrain-clearance"].message
    high = plan_of(item(16, 8.04, 115.0), item(Command.NAV_LAND, 8.07, 0.0))
    assert found(high, ridge, ceiling_m=200.0, return_height_m=150.0) == {}


def test_leg_of_a_jump_is_judged(ridge: Terrain) -> None:
    """Out over the ridge high, and back across it by a jump to a low waypoint."""
    jump = MissionItem(
        command=Command.DO_JUMP, frame=Frame.MISSION, params=(1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    )
    plan = plan_of(item(16, 8.04, 20.0), item(16, 8.045, 120.0), item(16, 8.07, 120.0), jump)
    one = found(plan, ridge, ceiling_m=200.0, return_height_m=150.0)["terrain-clearance"]
    assert one.item == 4
    assert one.message.startswith("the leg that item 5 jumps back by")


def test_unknown_ground_is_said_once_and_is_never_zero(ridge: Terrain) -> None:
    plan = plan_of(item(16, 8.09, 60.0), item(16, 8.2, 60.0), item(16, 8.3, 60.0), home=8.08)
    one = found(plan, ridge)["terrain-unknown"]
    assert one.severity is Severity.WARNING
    assert "under 2 of 3 legs" in one.message
    assert one.place is not None
    assert one.place.longitude_deg == pytest.approx(8.1, abs=3e-4)


def test_home_beside_the_tiles_or_nowhere_is_said(ridge: Terrain) -> None:
    beside = plan_of(item(16, 8.07, 60.0), home=9.0)
    assert set(found(beside, ridge)) == {"terrain-unknown"}
    nowhere = Plan(items=(item(16, 8.07, 130.0),))
    assert set(found(nowhere, ridge)) == {"terrain-needs-home"}


def test_without_ground_at_home_the_ceiling_above_home_stays(ridge: Terrain) -> None:
    beside = plan_of(item(16, 8.07, 130.0), home=9.0)
    assert "ceiling" in {one.rule for one in check(beside, vehicle=VEHICLE, terrain=ridge)}


def test_homes_said_height_counts_where_it_is_worse(ridge: Terrain) -> None:
    """Said 30 m lower than the tiles: legs relative to home may be 30 m lower, too."""
    plan = plan_of(item(16, 8.07, 125.0), home_m=70.0)
    one = found(plan, ridge, ceiling_m=200.0)
    assert {"terrain-home-height", "terrain-clearance"} <= set(one)
    near = plan_of(item(16, 8.07, 125.0), home_m=95.0)
    assert found(near, ridge, ceiling_m=200.0, return_height_m=150.0) == {}


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    columns=st.lists(st.integers(5, 354), min_size=1, max_size=6),
    height=st.floats(20.0, 200.0),
    peak=st.floats(0.0, 150.0),
)
def test_no_single_post_under_a_level_leg_is_missed(
    columns: list[int], height: float, peak: float, write_geotiff: Write
) -> None:
    """A wall of one post, 60 m wide at its foot, is found exactly when it is too high."""
    heights = np.full((9, 360), 100.0, np.float32)
    # Three rows: the straight way between two places of one latitude is a metre north of it.
    heights[3:6, columns] = 100.0 + peak
    path = write_geotiff("s.tif", heights, north=ROW + 4 * STEP, west=WEST, step=STEP)
    plan = plan_of(item(16, 8.0995, height), home=8.0002)
    rules = GroundRules(clearance_m=10.0, ceiling_m=500.0, return_height_m=300.0)
    said = terrain_findings(plan, read_terrain(path), VEHICLE, rules)
    wanted = height - peak < 10.0
    assert abs(height - peak - 10.0) < 0.05 or [one.rule for one in said] == (
        ["terrain-clearance"] * wanted
    )
