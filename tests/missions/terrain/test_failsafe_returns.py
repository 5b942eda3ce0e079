"""Returns by failsafe over real ground: from everywhere on a leg, against a plain reckoning."""

import itertools
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from missions.checks import Finding, Px4Profile, Severity, check
from missions.checks.ground_rules import GroundRules
from missions.checks.terrain import terrain_findings
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAmsl
from missions.plan import Command, Home, MissionItem, Plan
from missions.px4_flight.parameters import Px4Parameters
from missions.terrain import Terrain, read_terrain
from missions.vehicle import Vehicle, VehicleKind

VEHICLE = Vehicle(name="test")
NORTH, WEST, STEP = 46.1, 8.0, 1 / 3600
HOME = GeoPoint(latitude_deg=46.05, longitude_deg=8.03)
PLANE = LocalPlane(HOME)
GROUND_M = 300.0
# The post of 46.05 N, 8.05 E: on the way home from the middle of a leg at 8.07 E.
ROW, COLUMN = 180, 180
LOW, HIGH = "terrain-failsafe-return", "terrain-failsafe-return-ceiling"
Write = Callable[..., Path]
Ground = Callable[[float], Terrain]


@pytest.fixture
def ground(write_geotiff: Write) -> Ground:
    """Flat at 300 m but for a hole, or a hill, some 200 m wide, about one post."""

    def with_hill(height_m: float) -> Terrain:
        heights = np.full((360, 360), GROUND_M, np.float32)
        heights[ROW - 2 : ROW + 3, COLUMN - 3 : COLUMN + 4] += height_m
        return read_terrain(write_geotiff("g.tif", heights, north=NORTH, west=WEST, step=STEP))

    return with_hill


def to(east: float, north: float, up: float, command: int = 16) -> MissionItem:
    place = PLANE.geo(east, north)
    params = (0.0, 0.0, 0.0, math.nan, place.latitude_deg, place.longitude_deg, up)
    return MissionItem(command=command, frame=3, params=params)


def beyond(up: float, half: float = 900.0, east: float = 3060.0) -> Plan:
    """A leg from south to north, far out; the ways home from its ends pass by the hill."""
    start = to(0.0, 0.0, up, command=Command.NAV_TAKEOFF)
    items = (start, to(0.0, -half, up), to(east, -half, up), to(east, half, up))
    return Plan(items=items, home=Home(position=HOME, height=HeightAmsl(math.nan)))


def found(
    plan: Plan, terrain: Terrain, vehicle: Vehicle = VEHICLE, **rules: float
) -> list[Finding]:
    said = terrain_findings(plan, terrain, vehicle, GroundRules(**rules))
    return [one for one in said if one.rule in (LOW, HIGH)]


def test_hole_below_a_return_from_the_middle_of_a_leg_is_found_with_its_place(
    ground: Ground,
) -> None:
    (one,) = found(beyond(60.0), ground(-90.0))
    assert (one.rule, one.severity, one.item) == (HIGH, Severity.WARNING, 3)
    assert one.message == "a return home from the leg to item 4 is up to 150 m above the ground"
    assert one.place is not None
    assert one.place.longitude_deg == pytest.approx(8.05, abs=2e-3)
    assert one.proposal == "begin it 31 m lower, or add a rally point on this side"


def test_hill_below_a_return_from_the_middle_of_a_leg_is_found_too(ground: Ground) -> None:
    (one,) = found(beyond(60.0), ground(55.0))
    assert (one.rule, one.item) == (LOW, 3)
    assert "clears it by 5 m" in one.message
    assert "set RTL_RETURN_ALT to 66 m or more" in one.proposal


@pytest.mark.parametrize(
    ("kind", "rules"),
    [
        (VehicleKind.MULTIROTOR, set()),
        (VehicleKind.VTOL, {HIGH}),
        (VehicleKind.FIXED_WING, {HIGH}),
    ],
)
def test_return_is_as_high_as_the_kind_of_vehicle_has_it(
    ground: Ground, kind: VehicleKind, rules: set[str]
) -> None:
    """30, 60 and 100 m over the place of return, and a hole of 70 m below the way there."""
    vehicle = VEHICLE.model_copy(update={"kind": kind, "turn_radius_m": 50.0})
    said = check(beyond(25.0), vehicle=vehicle, terrain=ground(-70.0))
    assert {one.rule for one in said} & {LOW, HIGH} == rules


@pytest.mark.parametrize(("height_m", "rules"), [(30.0, set()), (60.0, {HIGH}), (100.0, {HIGH})])
def test_return_altitude_of_the_profile_is_what_counts(
    ground: Ground, height_m: float, rules: set[str]
) -> None:
    profile = Px4Profile(px4=Px4Parameters(rtl_return_alt_m=height_m))
    said = check(beyond(25.0), vehicle=VEHICLE, profile=profile, terrain=ground(-70.0))
    assert {one.rule for one in said} & {LOW, HIGH} == rules


def test_return_from_near_by_stays_within_the_cone_and_below_the_ceiling(ground: Ground) -> None:
    plan = beyond(20.0, half=80.0, east=80.0)
    cone = VEHICLE.px4.model_copy(update={"rtl_min_dist_m": 200.0, "rtl_cone_ang_deg": 45.0})
    level = ground(0.0)
    within_cone = VEHICLE.model_copy(update={"px4": cone})
    assert found(plan, level, within_cone, return_height_m=150.0) == []
    assert [one.rule for one in found(plan, level, return_height_m=150.0)] == [HIGH]


@pytest.mark.parametrize("kind", [VehicleKind.VTOL, VehicleKind.FIXED_WING])
def test_what_is_on_wings_returns_at_the_whole_height_however_near(
    ground: Ground, kind: VehicleKind
) -> None:
    """PX4 asks for the cone only of what flies upright (`RTL::computeReturnAltitude`)."""
    cone = VEHICLE.px4.model_copy(update={"rtl_min_dist_m": 200.0, "rtl_cone_ang_deg": 45.0})
    winged = {"px4": cone, "kind": kind, "turn_radius_m": 30.0}
    said = found(
        beyond(20.0, half=80.0, east=80.0),
        ground(0.0),
        VEHICLE.model_copy(update=winged),
        return_height_m=150.0,
    )
    assert HIGH in {one.rule for one in said}


def test_return_that_climbs_above_the_ceiling_by_itself_is_lowered(ground: Ground) -> None:
    (one,) = found(beyond(25.0), ground(-70.0), return_height_m=100.0)
    assert "set RTL_RETURN_ALT to 49 m or less" in one.proposal


def test_leg_that_is_too_high_itself_is_not_said_again_as_a_return(ground: Ground) -> None:
    level = ground(0.0)
    said = terrain_findings(beyond(130.0), level, VEHICLE)
    assert {one.rule for one in said} == {"ceiling"}


def test_ground_that_nobody_knows_below_a_return_is_said(write_geotiff: Write) -> None:
    heights = np.full((360, 360), GROUND_M, np.float32)
    heights[ROW - 2 : ROW + 3, COLUMN - 3 : COLUMN + 4] = np.nan
    holed = read_terrain(write_geotiff("h.tif", heights, north=NORTH, west=WEST, step=STEP))
    (one,) = terrain_findings(beyond(60.0), holed, VEHICLE)
    assert one.rule == "terrain-unknown"
    assert "under a return home from the leg to item 4" in one.message


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    seed=st.integers(0, 10**6),
    up=st.floats(20.0, 90.0),
    height_m=st.sampled_from((30.0, 60.0, 100.0)),
    half=st.floats(100.0, 1500.0),
)
def test_what_is_said_agrees_with_every_return_looked_at_by_itself(
    seed: int, up: float, height_m: float, half: float, write_geotiff: Write
) -> None:
    rng = np.random.default_rng(seed)
    # Hills and holes broad enough that returns 25 m apart see the same of them.
    coarse = rng.uniform(-60.0, 60.0, (19, 19))
    smooth = np.kron(coarse, np.ones((19, 19)))[:360, :360]
    kernel = np.ones(19) / 19.0
    for axis in (0, 1):
        smooth = np.apply_along_axis(np.convolve, axis, smooth, kernel, mode="same")
    heights = (GROUND_M + smooth).astype(np.float32)
    terrain = read_terrain(write_geotiff("n.tif", heights, north=NORTH, west=WEST, step=STEP))
    plan = beyond(up, half)
    rules = GroundRules(return_height_m=height_m)
    said = {one.rule for one in terrain_findings(plan, terrain, VEHICLE, rules)}
    clear, above = _plainly(plan, terrain, max(up, height_m))
    assert clear > 8.0 or LOW in said
    assert clear < 12.0 or LOW not in said
    # What a leg itself is too high for is said of the leg.
    assert above < 123.0 or {HIGH, "ceiling"} & said
    assert above > 117.0 or HIGH not in said


def _plainly(plan: Plan, terrain: Terrain, up: float) -> tuple[float, float]:
    """How far the ground is below every return from the plan's legs, at least and at most."""
    spots = [PLANE.en(_place(item)) for item in plan.items]
    below = []
    for a, b in itertools.pairwise(spots):
        starts = np.linspace(a, b, 60)
        ways = np.concatenate([np.linspace(start, (0.0, 0.0), 300) for start in starts])
        far = ways[np.hypot(*ways.T) > 12.0]
        geo = PLANE.geo_from_en(far)
        home = terrain.grounds(np.array([HOME.latitude_deg]), np.array([HOME.longitude_deg]))
        below.append(home.amsl_m + up - terrain.grounds(geo[:, 0], geo[:, 1]).amsl_m)
    every = np.concatenate(below)
    return float(every.min()), float(every.max())


def _place(item: MissionItem) -> GeoPoint:
    return GeoPoint(latitude_deg=item.latitude_deg, longitude_deg=item.longitude_deg)
