"""Legs that follow the ground, held against a much finer sampling by pyproj and scipy."""

import itertools
import math
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from scipy.interpolate import RegularGridInterpolator

from missions.assemble import Assembly, Ending, assemble
from missions.checks import check, predict
from missions.errors import BadInput
from missions.geodesy import GeoPoint
from missions.heights import HeightAboveGround, HeightAboveHome, HeightAmsl
from missions.path import Gaze, PathPoint, PatrolPath
from missions.plan import Command, ComplexItem, Frame, Home, MissionItem, Plan
from missions.terrain import Following, GroundUnknown, follow_path, follow_plan, read_terrain
from missions.terrain.flown_heights import Rates, height_bounds
from missions.terrain.follow import Vertex, follow
from missions.terrain.profile import ground_under
from missions.vehicle import Vehicle

Array = npt.NDArray[np.float64]
Oracle = Callable[[GeoPoint, GeoPoint, Array], Array]
VEHICLE = Vehicle(name="test", climb_speed_m_s=3.0, descent_speed_m_s=1.5)
WGS84 = Geod(ellps="WGS84")
HOME = Home(position=GeoPoint(latitude_deg=46.03, longitude_deg=8.03), height=HeightAmsl(math.nan))


@cache
def _interpolator(path: Path) -> RegularGridInterpolator:
    heights = tifffile.imread(path).astype(np.float64)
    south_to_north = 46.06 - np.arange(217)[::-1] / 3600
    return RegularGridInterpolator((south_to_north, 8.0 + np.arange(217) / 3600), heights[::-1])


@pytest.fixture(scope="session")
def ground(hills: Path) -> Oracle:
    """Heights of the hills along a geodesic, at shares of its way: pyproj's and scipy's work."""

    def along(a: GeoPoint, b: GeoPoint, shares: Array) -> Array:
        azimuth, _, length = WGS84.inv(
            a.longitude_deg, a.latitude_deg, b.longitude_deg, b.latitude_deg
        )
        many = np.ones(len(shares))
        longitude, latitude, _ = WGS84.fwd(
            a.longitude_deg * many, a.latitude_deg * many, azimuth * many, length * shares
        )
        found: Array = _interpolator(hills)(np.column_stack((latitude, longitude)))
        return found

    return along


def places(*, least: int, most: int) -> st.SearchStrategy[list[GeoPoint]]:
    inside = st.floats(0.002, 0.058)
    one = st.builds(
        lambda north, east: GeoPoint(latitude_deg=46.0 + north, longitude_deg=8.0 + east),
        inside,
        inside,
    )
    return st.lists(one, min_size=least, max_size=most, unique=True)


def following(**how: float) -> Following:
    return Following(
        height=HeightAboveGround(how.pop("height_m", 60.0)),
        vehicle=VEHICLE.model_copy(update={"descent_speed_m_s": how.pop("descent_speed_m_s", 1.5)}),
        speed_m_s=how.pop("speed_m_s", 8.0),
        tolerance_m=how.pop("tolerance_m", 5.0),
    )


def length_m(a: GeoPoint, b: GeoPoint) -> float:
    return float(WGS84.inv(a.longitude_deg, a.latitude_deg, b.longitude_deg, b.latitude_deg)[2])


def flown_at_once(a: float, b: float, way: Array, how: Following) -> Array:
    """PX4's height along a leg begun from rest: as fast as it may, until it is there."""
    speed, acceleration = how.speed_m_s, how.vehicle.acceleration_m_s2
    ramp = speed**2 / (2.0 * acceleration)
    seconds = np.where(
        way < ramp, np.sqrt(2.0 * way / acceleration), speed / acceleration + (way - ramp) / speed
    )
    rate = how.vehicle.climb_speed_m_s if b > a else how.vehicle.descent_speed_m_s
    return np.clip(a + np.sign(b - a) * rate * seconds, min(a, b), max(a, b))


def clearances(vertices: tuple[Vertex, ...], ground: Oracle, how: Following) -> Array:
    """Metres above ground every 0.5 m, flown straight and flown as fast as may be."""
    found = []
    for one, two in itertools.pairwise(vertices):
        length = length_m(one.position, two.position)
        shares = np.linspace(0.0, 1.0, max(2, int(length / 0.5)))
        below = ground(one.position, two.position, shares)
        straight = one.height.m + shares * (two.height.m - one.height.m)
        at_once = flown_at_once(one.height.m, two.height.m, shares * length, how)
        found += [straight - below, at_once - below]
    return np.concatenate(found)


@settings(max_examples=25, deadline=None)
@given(points=places(least=2, most=5))
def test_profile_is_the_ground_and_bounds_it_between_its_samples(
    points: list[GeoPoint], hills: Path, ground: Oracle
) -> None:
    legs = list(itertools.pairwise(points))
    profile = ground_under(legs, read_terrain(hills))
    for index, (a, b) in enumerate(legs):
        part = profile.of(index)
        shares = profile.distance_m[part] / profile.lengths_m[index]
        assert np.diff(profile.distance_m[part]).max() <= 10.0 + 1e-6
        assert shares[0] == 0.0
        assert shares[-1] == 1.0
        np.testing.assert_allclose(profile.amsl_m[part], ground(a, b, shares), atol=0.05)
        fine = np.linspace(0.0, 1.0, int(length_m(a, b) / 0.3) + 2)
        real = ground(a, b, fine)
        roof = np.interp(fine, shares, profile.amsl_m[part] + profile.rise_m[part])
        floor = np.interp(fine, shares, profile.amsl_m[part] - profile.fall_m[part])
        assert (real <= roof + 0.05).all()
        assert (real >= floor - 0.05).all()


@settings(max_examples=25, deadline=None)
@given(
    points=places(least=2, most=4),
    speed=st.sampled_from([3.0, 8.0, 15.0]),
    descent=st.sampled_from([1.0, 1.5, 5.0]),
    tolerance=st.sampled_from([2.0, 5.0, 20.0]),
)
def test_flight_is_never_below_the_floor_between_samples_either(
    points: list[GeoPoint],
    speed: float,
    descent: float,
    tolerance: float,
    hills: Path,
    ground: Oracle,
) -> None:
    how = following(speed_m_s=speed, descent_speed_m_s=descent, tolerance_m=tolerance)
    followed = follow(points, read_terrain(hills), how)
    assert clearances(followed.vertices, ground, how).min() >= 60.0 - tolerance - 0.1


@settings(max_examples=20, deadline=None)
@given(points=places(least=2, most=4), speed=st.sampled_from([4.0, 10.0]))
def test_no_leg_is_steeper_than_the_vehicle_climbs_or_descends(
    points: list[GeoPoint], speed: float, hills: Path
) -> None:
    vertices = follow(points, read_terrain(hills), following(speed_m_s=speed)).vertices
    for one, two in itertools.pairwise(vertices):
        rise = two.height.m - one.height.m
        seconds = length_m(one.position, two.position) / speed
        assert -1.5 * seconds - 1e-3 <= rise <= 3.0 * seconds + 1e-3


def test_slow_flight_keeps_within_the_tolerance(hills: Path, ground: Oracle) -> None:
    """At 1 m/s the vehicle climbs and descends faster than these hills do."""
    how = following(speed_m_s=1.0, tolerance_m=5.0)
    ends = [GeoPoint(latitude_deg=46.005, longitude_deg=8.05), HOME.position]
    followed = follow(ends, read_terrain(hills), how)
    above = clearances(followed.vertices, ground, how)
    assert above.min() >= 55.0 - 0.1
    assert above.max() <= 70.0 + 1.5
    assert len(followed.notes) == 1


def test_fast_flight_says_that_it_cannot_follow(hills: Path) -> None:
    ends = [GeoPoint(latitude_deg=46.005, longitude_deg=8.05), HOME.position]
    notes = follow(ends, read_terrain(hills), following(speed_m_s=18.0)).notes
    assert len(notes) == 2
    assert "a lower speed follows closer" in notes[1]


def test_wider_tolerance_needs_fewer_points(hills: Path) -> None:
    ends = [GeoPoint(latitude_deg=46.005, longitude_deg=8.05), HOME.position]
    counts = [
        len(follow(ends, read_terrain(hills), following(tolerance_m=m)).vertices)
        for m in (2.0, 5.0, 15.0, 40.0)
    ]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > 3 * counts[-1]


def test_flat_ground_needs_no_points(write_geotiff: Callable[..., Path]) -> None:
    flat = np.full((200, 200), 300.0, np.float32)
    terrain = read_terrain(write_geotiff("f.tif", flat, north=46.05, west=8.0, step=1 / 3600))
    ends = [GeoPoint(latitude_deg=46.01, longitude_deg=8.01), HOME.position]
    followed = follow(ends, terrain, following())
    assert [one.height.m for one in followed.vertices] == pytest.approx([360.0, 360.0])


@pytest.mark.parametrize("tolerance", [0.0, 60.0, math.nan])
def test_tolerance_that_reaches_the_ground_is_refused(tolerance: float) -> None:
    with pytest.raises(BadInput, match="terrain tolerance"):
        following(tolerance_m=tolerance)


def test_leg_over_unknown_ground_is_refused_with_the_place(hills: Path) -> None:
    beyond = GeoPoint(latitude_deg=46.03, longitude_deg=8.1)
    with pytest.raises(GroundUnknown, match="no tile covers it") as refused:
        follow([HOME.position, beyond], read_terrain(hills), following())
    assert refused.value.place.longitude_deg == pytest.approx(8.06, abs=2e-4)


@settings(max_examples=100, deadline=None)
@given(
    start=st.floats(0.0, 500.0),
    end=st.floats(0.0, 500.0),
    length=st.floats(1.0, 3000.0),
    speed=st.floats(1.0, 20.0),
)
def test_bounds_hold_the_straight_flight_and_the_one_at_once(
    start: float, end: float, length: float, speed: float
) -> None:
    how = following(speed_m_s=speed)
    rates = Rates.of(how.vehicle, speed_m_s=speed)
    coarse = np.linspace(0.0, length, int(length / 10.0) + 2)
    fine = np.linspace(0.0, length, 400)
    low, high = height_bounds(start, end, coarse, length, rates)
    at_once = flown_at_once(start, end, fine, how)
    straight = start + (end - start) * fine / length
    for flown in (at_once, straight):
        assert (flown >= np.interp(fine, coarse, low) - 0.05).all()
        assert (flown <= np.interp(fine, coarse, high) + 0.05).all()


def swept(*, ending: Ending = Ending.RETURN) -> Plan:
    corners = [(46.032, 8.032), (46.05, 8.032), (46.05, 8.036), (46.032, 8.036)]
    path = PatrolPath(
        pattern="sweep",
        points=tuple(
            PathPoint(
                position=GeoPoint(latitude_deg=latitude, longitude_deg=longitude),
                height=HeightAboveHome(60.0),
                gaze=Gaze(pitch_rad=-1.0, at=HOME.position) if index == 2 else None,
            )
            for index, (latitude, longitude) in enumerate(corners)
        ),
        gaze=Gaze(pitch_rad=-1.0),
        trigger_distance_m=20.0,
    )
    return assemble(path, HOME, Assembly(speed_m_s=8.0, ending=ending))


@pytest.mark.parametrize("frame", [Frame.GLOBAL_RELATIVE_ALT, Frame.GLOBAL])
def test_followed_plan_is_accepted_by_px4_and_clears_the_ground(frame: Frame, hills: Path) -> None:
    terrain = read_terrain(hills)
    plan = follow_plan(swept(), terrain, following(), frame=frame)
    assert predict(plan).accepted
    assert {item.frame for item in plan.items} == {int(frame), int(Frame.MISSION)} | {
        item.frame for item in plan.items if item.command == Command.DO_SET_ROI_LOCATION
    }
    rules = {one.rule for one in check(plan, vehicle=VEHICLE, terrain=terrain)}
    assert "terrain-clearance" not in rules
    level = check(swept(), vehicle=VEHICLE, terrain=terrain)
    assert "terrain-clearance" in {one.rule for one in level}


def test_followed_plan_keeps_its_other_items_where_they_were(hills: Path) -> None:
    before, after = swept(), follow_plan(swept(), read_terrain(hills), following())
    inserted = len(after.items) - len(before.items)
    assert inserted > 10
    kept = [item.command for item in before.items if item.command != Command.NAV_WAYPOINT]
    assert [item.command for item in after.items if item.command != Command.NAV_WAYPOINT] == kept
    assert after.items[-2].command == before.items[-2].command


def test_absolute_and_relative_heights_are_the_same_places(hills: Path) -> None:
    terrain = read_terrain(hills)
    relative = follow_plan(swept(), terrain, following())
    absolute = follow_plan(swept(), terrain, following(), frame=Frame.GLOBAL)
    assert relative.home is not None
    level = relative.home.height.m
    for one, two in zip(relative.items, absolute.items, strict=True):
        lifted = level if one.has_position else 0.0
        assert two.params[6] == pytest.approx(one.params[6] + lifted)


def test_landing_is_approached_above_its_place(hills: Path) -> None:
    plan = follow_plan(swept(ending=Ending.LAND_AT_HOME), read_terrain(hills), following())
    above, land = plan.items[-2:]
    assert (above.command, land.command) == (Command.NAV_WAYPOINT, Command.NAV_LAND)
    assert above.latitude_deg == land.latitude_deg
    assert above.params[6] >= 55.0
    assert land.params[6] == pytest.approx(0.0, abs=1e-6)


def test_place_looked_at_is_put_on_the_ground(hills: Path) -> None:
    plan = follow_plan(swept(), read_terrain(hills), following())
    look = next(item for item in plan.items if item.command == Command.DO_SET_ROI_LOCATION)
    assert look.frame == Frame.GLOBAL_RELATIVE_ALT
    assert look.params[6] == pytest.approx(0.0, abs=1e-6)


def test_jump_still_leads_to_its_target(hills: Path) -> None:
    plan = swept()
    target = next(i for i, one in enumerate(plan.items) if one.command == Command.NAV_WAYPOINT)
    jump = MissionItem(
        command=Command.DO_JUMP, frame=Frame.MISSION, params=(float(target), 2.0, 0, 0, 0, 0, 0)
    )
    jumping = Plan(items=(*plan.items[:-1], jump, plan.items[-1]), home=HOME)
    followed = follow_plan(jumping, read_terrain(hills), following())
    moved = next(item for item in followed.items if item.command == Command.DO_JUMP)
    reached = followed.items[int(moved.params[0])]
    assert reached.params[4:6] == plan.items[target].params[4:6]
    assert any("jump back" in note for note in followed.notes)


def test_survey_is_written_as_plain_items_and_says_so(hills: Path) -> None:
    survey = ComplexItem(kind="survey", first_item=4, item_count=3, source={})
    plan = swept()
    complex_plan = Plan(items=plan.items, home=HOME, complex_items=(survey,))
    followed = follow_plan(complex_plan, read_terrain(hills), following())
    assert followed.complex_items == ()
    assert any(note.startswith("survey: written as plain items") for note in followed.notes)


def test_home_far_from_the_terrains_height_is_said(hills: Path) -> None:
    plan = Plan(items=swept().items, home=Home(position=HOME.position, height=HeightAmsl(5000.0)))
    followed = follow_plan(plan, read_terrain(hills), following())
    assert any(note.startswith("home is said to be at 5000 m") for note in followed.notes)


def test_plan_without_home_or_with_a_terrain_frame_is_refused(hills: Path) -> None:
    terrain = read_terrain(hills)
    with pytest.raises(BadInput, match="home: is needed"):
        follow_plan(Plan(items=swept().items), terrain, following())
    with pytest.raises(BadInput, match="refused by PX4"):
        follow_plan(swept(), terrain, following(), frame=Frame.GLOBAL_TERRAIN_ALT)


def test_followed_path_keeps_dwells_and_gazes(hills: Path) -> None:
    path = PatrolPath(
        pattern="round",
        points=(
            PathPoint(position=HOME.position, height=HeightAboveHome(1.0), dwell_s=7.0),
            PathPoint(
                position=GeoPoint(latitude_deg=46.01, longitude_deg=8.05),
                height=HeightAboveHome(1.0),
                gaze=Gaze(pitch_rad=-0.5),
            ),
        ),
    )
    followed = follow_path(path, read_terrain(hills), following(), home=HOME.position)
    assert followed.points[0].dwell_s == 7.0
    assert followed.points[0].height.m >= 55.0
    assert followed.points[-1].gaze == Gaze(pitch_rad=-0.5)
    assert all(point.dwell_s == 0.0 and point.gaze is None for point in followed.points[1:-1])
    assert len(followed.points) > 5
