"""Paths become plans that PX4 would accept, and whose fence holds all that is flown."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Polygon

from missions.area import Area, Place, ring_en, ring_geo
from missions.assemble import Assembly, Ending, assemble
from missions.checks import Severity, check, predict
from missions.fencing import FENCE_ITEMS, fence_around
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveHome, HeightAmsl
from missions.path import CameraAction, Gaze, PathPoint, PatrolPath
from missions.patterns.round import visiting_round
from missions.plan import Command, Home, Plan
from missions.transit import way_round
from missions.vehicle import known_vehicles

ORIGIN = GeoPoint(latitude_deg=44.85, longitude_deg=65.5)
PLANE = LocalPlane(ORIGIN)
HOME = Home(position=ORIGIN, height=HeightAmsl(129.0))
WALL = Polygon([(200.0, -300.0), (240.0, -300.0), (240.0, 300.0), (200.0, 300.0)])


def path_of(points: list[tuple[float, float]], *, trigger_m: float | None = None) -> PatrolPath:
    return PatrolPath(
        pattern="sweep",
        points=tuple(
            PathPoint(position=PLANE.geo(*point), height=HeightAboveHome(60.0)) for point in points
        ),
        gaze=Gaze(pitch_rad=math.radians(-45.0)),
        trigger_distance_m=trigger_m,
    )


def zone() -> Area:
    return Area(outer=ring_geo(PLANE, np.array(WALL.exterior.coords)[:-1]), name="wall")


def commands(plan: Plan) -> list[int]:
    return [int(item.command) for item in plan.items]


def test_plan_begins_with_takeoff_and_ends_with_return() -> None:
    plan = assemble(path_of([(50, 0), (50, 90)]), HOME, Assembly(speed_m_s=8.0))
    assert commands(plan) == [22, 178, 1001, 1000, 16, 16, 20]
    assert plan.items[1].params[:3] == (1.0, 8.0, -1.0)
    assert plan.items[3].params[0] == -45.0


def test_the_mission_takes_the_gimbal_before_it_turns_it() -> None:
    # PX4 lets only who has control of the gimbal turn it; -2 is the mission itself.
    plan = assemble(path_of([(50, 0), (50, 90)]), HOME, Assembly(speed_m_s=8.0))
    assert plan.items[2].command == Command.DO_GIMBAL_MANAGER_CONFIGURE
    assert plan.items[2].params == (-2.0, -2.0, -1.0, -1.0, 0.0, 0.0, 0.0)


def test_plan_can_end_with_a_landing_at_home() -> None:
    plan = assemble(
        path_of([(50, 0), (50, 90)]), HOME, Assembly(speed_m_s=8.0, ending=Ending.LAND_AT_HOME)
    )
    assert plan.items[-1].command == Command.NAV_LAND
    assert plan.items[-1].latitude_deg == ORIGIN.latitude_deg


def test_camera_is_triggered_along_the_path_only() -> None:
    plan = assemble(path_of([(50, 0), (50, 90)], trigger_m=12.5), HOME, Assembly(speed_m_s=8.0))
    assert commands(plan) == [22, 178, 1001, 1000, 16, 206, 16, 206, 20]
    assert [item.params[0] for item in plan.items if item.command == 206] == [12.5, 0.0]


def test_round_looks_before_it_flies_and_lets_go_at_the_end() -> None:
    places = tuple(Place(position=PLANE.geo(*point)) for point in [(100, 0), (200, 0)])
    path = visiting_round(places, height=HeightAboveHome(40.0), dwell_s=20.0, start=ORIGIN)
    plan = assemble(path, HOME, Assembly(speed_m_s=8.0))
    assert commands(plan) == [22, 178, 195, 19, 195, 19, 197, 20]
    assert plan.items[3].params[0] == 20.0


def test_assembled_plans_have_no_finding() -> None:
    places = tuple(Place(position=PLANE.geo(*point)) for point in [(100, 0), (200, 50)])
    path = visiting_round(places, height=HeightAboveHome(40.0), dwell_s=20.0, start=ORIGIN)
    plan = assemble(path, HOME, Assembly(speed_m_s=8.0))
    assert check(plan) == ()
    assert predict(plan).accepted


def test_way_to_the_task_leads_round_a_no_fly_zone() -> None:
    how = Assembly(speed_m_s=8.0, no_fly=(zone(),))
    plan = assemble(path_of([(400, 0), (400, 90)]), HOME, how)
    assert not [one for one in check(plan) if one.severity is Severity.ERROR]
    flown = PLANE.en_from_geo(
        [item.latitude_deg for item in plan.items[3:-1]],
        [item.longitude_deg for item in plan.items[3:-1]],
    )
    assert LineString(np.vstack(([0.0, 0.0], flown, [0.0, 0.0]))).distance(WALL) > 9.0
    assert [polygon.inclusion for polygon in plan.fence.polygons] == [True, False]


def test_there_is_no_way_out_of_a_no_fly_zone() -> None:
    inside = PLANE.geo(220.0, 0.0)
    assert way_round(ORIGIN, inside, (zone(),), clearance_m=10.0) is None


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.floats(-900, 900), st.floats(-900, 900)), min_size=1, max_size=40))
def test_fence_holds_every_leg_and_fits_in_px4(points: list[tuple[float, float]]) -> None:
    flown = (ORIGIN, *(PLANE.geo(*point) for point in points))
    fence, _ = fence_around(flown, buffer_m=30.0)
    (polygon,) = fence.polygons
    shape = Polygon(ring_en(PLANE, polygon.ring))
    track = LineString([(0.0, 0.0), *points, (0.0, 0.0)])
    assert len(polygon.ring) <= FENCE_ITEMS
    assert shape.is_valid
    assert shape.buffer(-29.0).covers(track)


def test_fence_holds_the_way_of_a_wing_from_the_path_down_to_its_landing() -> None:
    """A narrow strip leading away, so that the leg to the landing circle is not among others."""
    wing = known_vehicles()["px4-sitl-plane"]
    path = path_of([(0.0, 0.0), (2617.0, 1699.0)])
    plan = assemble(path, HOME, Assembly(speed_m_s=15.0, wings=wing))
    found = [one.rule for one in check(plan, vehicle=wing) if one.rule.endswith("-fence")]
    assert found == []


def test_zone_for_which_the_fence_has_no_room_is_said() -> None:
    circle = np.array([(math.cos(i / 8.0), math.sin(i / 8.0)) for i in range(50)])
    zones = tuple(
        Area(outer=ring_geo(PLANE, circle * 8.0 + (60.0 + 40.0 * i, 30.0)), name=f"zone-{i}")
        for i in range(12)
    )
    fence, notes = fence_around((ORIGIN, PLANE.geo(600.0, 0.0)), buffer_m=60.0, no_fly=zones)
    assert sum(len(polygon.ring) for polygon in fence.polygons) <= FENCE_ITEMS
    assert any("no room in the fence" in note for note in notes)


def test_nose_gimbal_and_camera_act_where_the_path_says() -> None:
    points = (
        PathPoint(
            position=PLANE.geo(50, 0),
            height=HeightAboveHome(30.0),
            gaze=Gaze(pitch_rad=0.0, yaw_rad=math.pi / 2.0),
            heading_rad=math.pi,
            action=CameraAction.PHOTO,
        ),
        PathPoint(
            position=PLANE.geo(50, 0),
            height=HeightAboveHome(30.0),
            heading_rad=math.pi / 2.0,
            dwell_s=3.0,
            action=CameraAction.VIDEO_START,
        ),
    )
    plan = assemble(PatrolPath(pattern="round", points=points), HOME, Assembly(speed_m_s=8.0))
    assert commands(plan) == [22, 178, 1001, 1000, 16, 2000, 19, 2500, 20]
    assert plan.items[3].params[:2] == (0.0, 90.0)
    assert [plan.items[i].params[3] for i in (4, 6)] == [180.0, 90.0]
    assert check(plan) == ()
    assert predict(plan).accepted


def test_region_of_interest_has_a_height_and_is_let_go_before_the_gimbal_turns() -> None:
    points = tuple(
        PathPoint(position=PLANE.geo(x, 0), height=HeightAboveHome(30.0), gaze=gaze)
        for x, gaze in (
            (50, Gaze(pitch_rad=0.0, at=ORIGIN, at_height=HeightAboveHome(12.0))),
            (90, Gaze(pitch_rad=-1.0)),
        )
    )
    plan = assemble(PatrolPath(pattern="round", points=points), HOME, Assembly(speed_m_s=8.0))
    assert commands(plan) == [22, 178, 1001, 195, 16, 197, 1000, 16, 20]
    assert plan.items[3].params[6] == 12.0
