"""The return's way around a fence, against flights of PX4 v1.17 and by its own promises."""

import math

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from sim.vehicle.fence import FencePart
from sim.vehicle.modes.avoidance import FenceDetours
from sim.vehicle.trajectory import Ned

MARGIN_M = 20.0


def at(north: float, east: float) -> Ned:
    return Ned(north, east, -20.0)


def box(south: float, west: float, north: float, east: float, *, inside: bool) -> FencePart:
    corners = (at(south, west), at(south, east), at(north, east), at(north, west))
    return FencePart(corners=corners, radius_m=0.0, inside=inside)


def circle(north: float, east: float, radius_m: float, *, inside: bool) -> FencePart:
    return FencePart(corners=(at(north, east),), radius_m=radius_m, inside=inside)


def test_detour_passes_the_corner_that_px4_passed() -> None:
    # PX4, exclusion zone 20..40 north, -15..15 east: from (71, 43) to (0, -40) it turned at about
    # (61, -27) within the waypoint's 10 m, on its way to the grown corner (60, -35).
    zone = box(20.0, -15.0, 40.0, 15.0, inside=False)
    detour = FenceDetours([zone], MARGIN_M).path(at(71.0, 43.0), at(0.0, -40.0))
    assert len(detour.places) == 1
    assert detour.places[0] == pytest.approx((60.0, -35.0), abs=0.1)


def test_straight_way_stays_straight() -> None:
    zone = box(20.0, -15.0, 40.0, 15.0, inside=False)
    detour = FenceDetours([zone], MARGIN_M).path(at(70.0, -60.0), at(0.0, -60.0))
    assert detour.direct
    assert detour.places == ()


def test_no_fence_means_no_detour() -> None:
    assert FenceDetours([], MARGIN_M).path(at(0.0, 0.0), at(100.0, 0.0)).direct


def test_destination_within_the_margin_is_flown_to_blindly() -> None:
    zone = box(20.0, -15.0, 40.0, 15.0, inside=False)
    planner = FenceDetours([zone], MARGIN_M)
    assert planner.breaches(at(10.0, 0.0))
    assert planner.path(at(90.0, 0.0), at(10.0, 0.0)).blind


def test_vehicle_outside_first_comes_back_in() -> None:
    area = box(-60.0, -60.0, 80.0, 60.0, inside=True)
    detour = FenceDetours([area], MARGIN_M).path(at(81.6, 0.0), at(30.0, 30.0))
    assert detour.places[0] == pytest.approx((60.0, 0.0), abs=0.1)


def test_circle_is_gone_around() -> None:
    tower = circle(50.0, 0.0, 10.0, inside=False)
    detour = FenceDetours([tower], MARGIN_M).path(at(120.0, 0.0), at(-20.0, 0.0))
    assert detour.places
    assert all(math.dist(place, (50.0, 0.0)) >= 10.0 + MARGIN_M for place in detour.places)


def test_sharp_corner_is_cut_off() -> None:
    spike = FencePart(
        corners=(at(0.0, -5.0), at(60.0, 0.0), at(0.0, 5.0)), radius_m=0.0, inside=False
    )
    detour = FenceDetours([spike], MARGIN_M).path(at(20.0, 80.0), at(20.0, -80.0))
    assert detour.places
    assert max(place[0] for place in detour.places) <= 60.0 + MARGIN_M + 0.1


@given(
    start=st.tuples(st.floats(-200.0, 200.0), st.floats(-200.0, 200.0)),
    goal=st.tuples(st.floats(-200.0, 200.0), st.floats(-200.0, 200.0)),
)
def test_way_never_enters_a_zone(start: tuple[float, float], goal: tuple[float, float]) -> None:
    zones = [
        box(20.0, -15.0, 60.0, 30.0, inside=False),
        circle(-70.0, 40.0, 25.0, inside=False),
        circle(0.0, 0.0, 260.0, inside=True),
    ]
    detour = FenceDetours(zones, MARGIN_M).path(at(*start), at(*goal))
    way = shapely.LineString((*detour.places, goal, goal))
    block, tower = shapely.box(20.0, -15.0, 60.0, 30.0), shapely.Point(-70.0, 40.0).buffer(25.0)
    area = shapely.Point(0.0, 0.0).buffer(260.0)
    kept = area.covers(way) and not (block.intersects(way) or tower.intersects(way))
    assert detour.blind or detour.direct or kept
