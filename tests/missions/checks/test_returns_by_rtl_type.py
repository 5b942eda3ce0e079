"""Where a return leads by RTL_TYPE, over which ways, and what that costs.

The ways were flown on PX4 v1.17 (SIH): with RTL_TYPE 2 and 4 back over every waypoint to the
take-off and home; with 2 and a landing on to it; with 3 straight to the landing's first item.
"""

from dataclasses import replace
from typing import Any

import pytest

from missions.checks import Px4Profile, check
from missions.checks.around.track import flown_track
from missions.geodesy import distance_m
from missions.heights import HeightAboveHome
from missions.plan import Fence, FencePolygon, MissionItem, Plan, RallyPoint
from missions.plan_time import predict_flight
from missions.px4_flight.parameters import Px4Parameters
from missions.px4_flight.returns import By, return_route
from missions.vehicle import Vehicle

LAND_START = MissionItem(command=189, frame=2, params=(0.0,) * 7)


def by_type(rtl_type: int) -> Vehicle:
    plain = Vehicle(name="test", endurance_s=7200.0)
    return plain.model_copy(update={"px4": plain.px4.model_copy(update={"rtl_type": rtl_type})})


@pytest.fixture
def corner(here: Any) -> Plan:
    """East, then north: home lies across from its end."""
    plan: Plan = here.flight(here.to(600, 0), here.to(600, 600))
    return plan


@pytest.fixture
def landing(here: Any, corner: Plan) -> Plan:
    """The same with a landing behind the return."""
    down = (LAND_START, here.to(300, 700), here.to(100, 700, 0.0, command=21))
    return replace(corner, items=(*corner.items, *down))


def test_without_a_landing_types_2_and_4_go_back_from_item_to_item(corner: Plan, here: Any) -> None:
    for rtl_type in (2, 4):
        route = return_route(corner, rtl_type, here.plane.geo(600, 600), 3)
        assert route is not None
        assert (route.by, route.items) == (By.BACKWARD, (2, 1, 0))
        assert route.place == here.origin


def test_with_a_landing_type_2_goes_on_and_type_4_by_the_shorter_list(
    landing: Plan, here: Any
) -> None:
    at = here.plane.geo(600, 300)
    on = return_route(landing, 2, at, 2)
    early, late = return_route(landing, 4, at, 1), return_route(landing, 4, at, 3)
    assert on is not None
    assert (on.by, on.items) == (By.FORWARD, (2, 5, 6))
    assert early is not None
    assert early.by is By.BACKWARD
    assert late is not None
    assert late.by is By.FORWARD


def test_type_3_goes_to_the_landing_by_its_own_items_where_it_is_nearer(
    landing: Plan, here: Any
) -> None:
    near = return_route(landing, 3, here.plane.geo(600, 600), 2)
    far = return_route(landing, 3, here.plane.geo(600, 0), 1)
    assert near is not None
    assert (near.by, near.items) == (By.LANDING, (5, 6))
    assert far is not None
    assert (far.by, far.place) == (By.DIRECT, here.origin)


def test_a_wall_across_the_straight_way_matters_only_where_it_is_flown(
    corner: Plan, here: Any
) -> None:
    wall = tuple(here.plane.geo(*one) for one in ((250, 200), (500, 200), (500, 500), (250, 500)))
    plan = replace(corner, fence=Fence(polygons=(FencePolygon(ring=wall, inclusion=False),)))
    straight = {one.rule for one in check(plan)}
    back = {one.rule for one in check(plan, profile=Px4Profile(px4=Px4Parameters(rtl_type=2)))}
    assert {"return-across-fence", "failsafe-return-across-fence"} <= straight
    assert "return-across-fence" not in back


def test_a_landing_pattern_across_a_wall_is_found_where_returns_go_by_it(
    landing: Plan, here: Any
) -> None:
    wall = tuple(here.plane.geo(*one) for one in ((180, 680), (220, 680), (220, 720), (180, 720)))
    plan = replace(landing, fence=Fence(polygons=(FencePolygon(ring=wall, inclusion=False),)))
    found = {
        t: {one.rule for one in check(plan, profile=Px4Profile(px4=Px4Parameters(rtl_type=t)))}
        for t in (0, 2)
    }
    assert "failsafe-return-across-fence" not in found[0]
    assert "failsafe-return-across-fence" in found[2]


@pytest.mark.parametrize(("rtl_type", "east", "north"), [(0, 0, 0), (2, 0, 0), (4, 0, 0)])
def test_the_predicted_flight_and_the_track_end_where_the_return_leads(
    corner: Plan, here: Any, rtl_type: int, east: float, north: float
) -> None:
    vehicle = by_type(rtl_type)
    flight, track = predict_flight(corner, vehicle, every_s=1.0), flown_track(corner, vehicle)
    assert flight is not None
    assert track is not None
    assert flight.track[-1, 1:3] == pytest.approx((east, north), abs=1.0)
    assert track.parts[-1].end[:2] == pytest.approx((east, north), abs=1.0)
    assert track.duration_s == pytest.approx(flight.landed_s, rel=0.01)


def test_a_return_by_the_mission_takes_its_whole_way_again(corner: Plan) -> None:
    straight, back = (predict_flight(corner, by_type(rtl_type)) for rtl_type in (0, 2))
    assert straight is not None
    assert back is not None
    longer = 1200.0 - 600.0 * 2**0.5
    assert back.landed_s - straight.landed_s == pytest.approx(longer / 10.0, rel=0.35)


def test_a_return_leads_to_the_nearer_rally_point_and_lands_there(here: Any) -> None:
    point = here.plane.geo(900, 100)
    rally = (RallyPoint(position=point, height=HeightAboveHome(0.0)),)
    plan = replace(here.flight(here.to(1000, 0)), rally=rally)
    flight = predict_flight(plan, by_type(0), every_s=1.0)
    track = flown_track(plan, by_type(0))
    assert flight is not None
    assert track is not None
    assert distance_m(track.place(track.parts[-1].end), point) < 1.0
    assert flight.track[-1, 1:3] == pytest.approx((900.0, 100.0), abs=1.0)


def test_rally_point_at_home_changes_nothing_of_a_return(corner: Plan, here: Any) -> None:
    """PX4 passes it over: rtl.cpp takes a safe point only beyond 10 m of home."""
    at_home = replace(corner, rally=(RallyPoint(position=here.origin, height=HeightAboveHome(0)),))
    away = RallyPoint(position=here.plane.geo(600, 0), height=HeightAboveHome(0))
    plain, same, other = (
        flown_track(plan, by_type(0)) for plan in (corner, at_home, replace(corner, rally=(away,)))
    )
    assert plain is not None
    assert same is not None
    assert other is not None
    assert same.homeward is None
    assert same.parts == plain.parts
    assert other.homeward is not None
