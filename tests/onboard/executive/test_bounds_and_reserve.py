"""What may be flown, and what the way home costs, against geometry that nobody here wrote."""

from collections.abc import Callable
from typing import Any

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from pyproj import Geod

from missions.errors import BadInput
from missions.plan import Fence, FencePolygon
from onboard.executive.bounds import Bounds, Flight
from onboard.executive.energy import Reserve
from onboard.executive.refusal import Refusal
from onboard.executive.tasking import Battery, Limits, Tasking
from onboard.executive.tasking_file import read_tasking

GEOD = Geod(ellps="WGS84")
metres = st.floats(min_value=-300.0, max_value=300.0)


@pytest.fixture(scope="module")
def bounds(plan: Any, at: Callable[..., Any]) -> Bounds:
    return Bounds(home=at(0.0, 0.0), fence=plan.fence, zones=(), limits=Limits(reach_m=2000.0))


@settings(max_examples=200, deadline=None)
@given(east=metres, north=metres, radius=st.floats(min_value=5.0, max_value=120.0))
def test_no_circle_that_is_allowed_leaves_the_fence(
    bounds: Bounds,
    at: Callable[..., Any],
    ring: shapely.Polygon,
    east: float,
    north: float,
    radius: float,
) -> None:
    flight = Flight(start=at(0.0, 60.0, 40.0), target=at(east, north, 30.0), radius_m=radius)
    disc = shapely.Point(east, north).buffer(radius)
    way = shapely.LineString([(0.0, 60.0), (east, north)])
    allowed = bounds.refuses(flight) is None
    assert not allowed or (ring.covers(disc) and ring.covers(way))


def test_way_round_a_hole_in_the_fence_is_refused(at: Callable[..., Any], plan: Any) -> None:
    hole = tuple(
        type(plan.home.position)(latitude_deg=p.latitude_deg, longitude_deg=p.longitude_deg)
        for p in (at(40.0, 50.0), at(40.0, 70.0), at(60.0, 70.0), at(60.0, 50.0))
    )
    fence = Fence(polygons=(*plan.fence.polygons, FencePolygon(ring=hole, inclusion=False)))
    bounds = Bounds(home=at(0.0, 0.0), fence=fence, zones=(), limits=Limits())
    behind = Flight(start=at(0.0, 60.0, 40.0), target=at(100.0, 60.0, 40.0), radius_m=10.0)
    beside = Flight(start=at(0.0, 60.0, 40.0), target=at(0.0, 100.0, 40.0), radius_m=10.0)
    assert why(bounds.refuses(behind)) == "fence"
    assert bounds.refuses(beside) is None


def test_without_a_fence_nothing_is_flown_unless_the_tasking_says_so(
    at: Callable[..., Any],
) -> None:
    flight = Flight(start=at(0.0, 60.0, 40.0), target=at(30.0, 60.0, 40.0), radius_m=10.0)
    given_no_fence = {"home": at(0.0, 0.0), "fence": Fence(), "zones": ()}
    assert why(Bounds(**given_no_fence, limits=Limits()).refuses(flight)) == "no_fence"
    free = Bounds(**given_no_fence, limits=Limits(fence_needed=False))
    assert free.refuses(flight) is None


def test_floor_counts_from_the_ground_at_the_event(bounds: Bounds, at: Callable[..., Any]) -> None:
    hill = Flight(
        start=at(0.0, 60.0, 40.0),
        target=at(30.0, 60.0, 30.0),
        radius_m=10.0,
        ground_amsl_m=at(0.0, 0.0, 15.0).height_amsl_m,
    )
    assert why(bounds.refuses(hill)) == "floor"


@given(east=metres, north=metres, height=st.floats(min_value=0.0, max_value=110.0))
def test_way_home_is_as_long_as_the_ellipsoid_says(
    at: Callable[..., Any], east: float, north: float, height: float
) -> None:
    its = Battery(margin=1.0, return_speed_m_s=5.0, climb_m_s=2.0, descent_m_s=1.0)
    place, home = at(east, north, height), at(0.0, 0.0)
    *_, far_m = GEOD.inv(
        place.longitude_deg, place.latitude_deg, home.longitude_deg, home.latitude_deg
    )
    highest = max(60.0, height)
    expected = far_m / 5.0 + (highest - height) / 2.0 + highest / 1.0
    assert Reserve(its).seconds_home(place, home) == pytest.approx(expected, rel=0.005, abs=0.05)


def test_faster_drain_that_the_flight_shows_counts(at: Callable[..., Any]) -> None:
    reserve = Reserve(Battery(endurance_s=1500.0))
    place, home = at(200.0, 0.0, 40.0), at(0.0, 0.0)
    reserve.tells(1.0, 0.0)
    before = reserve.needed(place, home)
    reserve.tells(0.8, 100.0)
    after = reserve.needed(place, home)
    assert after - 0.2 == pytest.approx((before - 0.2) * 3.0)
    reserve.begins()
    assert reserve.needed(place, home) == before


def test_reserve_never_hopes_for_more_than_the_plan_says(at: Callable[..., Any]) -> None:
    reserve = Reserve(Battery(endurance_s=1000.0))
    place, home = at(200.0, 0.0, 40.0), at(0.0, 0.0)
    before = reserve.needed(place, home)
    reserve.tells(1.0, 0.0)
    reserve.tells(0.94, 900.0)
    assert reserve.needed(place, home) == before


def test_kind_of_event_that_nobody_knows_is_a_mistake_in_a_tasking() -> None:
    with pytest.raises(ValidationError, match="no kind of event"):
        Tasking.model_validate({"reactions": {"person_dwon": {"do": "look"}}})


def test_wrong_key_of_a_tasking_is_named(tmp_path: Any) -> None:
    file = tmp_path / "qyran.toml"
    file.write_text("[executive.link]\ndo = 'fly_away'\n")
    with pytest.raises(BadInput, match=r"executive\.link\.do"):
        read_tasking(file)


def test_configuration_without_a_table_has_no_tasking(tmp_path: Any) -> None:
    file = tmp_path / "qyran.toml"
    file.write_text("drone_id = 'qyran-1'\n")
    assert read_tasking(file) is None


def why(refusal: Refusal | None) -> str:
    return "" if refusal is None else refusal.why.value
