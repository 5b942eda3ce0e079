"""Whom the hub asks first to take a track over."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from ground_station.hub.asking import Candidate, candidates, nearest_first
from ground_station.hub.vehicles_port import VehicleView
from missions.geodesy import GeoPoint

GEOD = Geod(ellps="WGS84")
THERE = GeoPoint(latitude_deg=44.85, longitude_deg=65.5)
offsets = st.floats(min_value=-0.05, max_value=0.05)


def candidate(name: str, north_deg: float, **given: Any) -> Candidate:
    place = GeoPoint(latitude_deg=44.85 + north_deg, longitude_deg=65.5)
    return Candidate(drone_id=name, place=place, **given)


@given(places=st.lists(st.tuples(offsets, offsets), min_size=1, max_size=6))
def test_who_is_nearer_on_the_ellipsoid_is_asked_sooner(places: list[tuple[float, float]]) -> None:
    points = [GeoPoint(latitude_deg=44.85 + n, longitude_deg=65.5 + e) for n, e in places]
    known = {str(n): Candidate(drone_id=str(n), place=p) for n, p in enumerate(points)}
    order = nearest_first(known, known, THERE)
    far_m = [
        GEOD.inv(65.5, 44.85, points[int(n)].longitude_deg, points[int(n)].latitude_deg)[2]
        for n in order
    ]
    assert sorted(order) == sorted(known)
    assert all(a <= b * 1.01 + 0.1 for a, b in pairwise(far_m))


def test_the_order_is_the_same_however_the_drones_are_named_in_turn() -> None:
    known = {name: candidate(name, 0.01) for name in ("b", "a", "c")}
    assert nearest_first(["c", "a", "b"], known, THERE) == ["a", "b", "c"]


@pytest.mark.parametrize(
    "worse",
    [
        {"battery": 0.36},
        {"on_ground": True},
    ],
)
def test_a_drone_that_could_not_stay_is_asked_after_one_that_is_farther(
    worse: dict[str, Any],
) -> None:
    near, far = candidate("near", 0.002, **worse), candidate("far", 0.02, battery=0.9)
    assert nearest_first(["near", "far"], {"near": near, "far": far}, THERE) == ["far", "near"]


def test_a_drone_of_which_nothing_is_known_is_asked_last() -> None:
    known = {"far": candidate("far", 0.05, on_ground=True)}
    assert nearest_first(["dark", "far"], known, THERE) == ["far", "dark"]


def test_a_place_comes_from_the_vehicles_link_and_else_from_its_camera() -> None:
    view = {"drone_id": "one", "latitude_deg": 44.0, "longitude_deg": 65.0}
    other = {"drone_id": "two", "latitude_deg": 43.0, "longitude_deg": 64.0}
    linked = VehicleView(
        system_id=1,
        drone_id="one",
        name="one",
        linked=True,
        latitude_deg=44.5,
        longitude_deg=65.5,
        battery_remaining=0.5,
    )
    known = candidates([linked], [view, other])
    assert known["one"].place == GeoPoint(latitude_deg=44.5, longitude_deg=65.5)
    assert known["one"].battery == 0.5
    assert known["two"].place == GeoPoint(latitude_deg=43.0, longitude_deg=64.0)
    silent = candidates([linked.model_copy(update={"linked": False})], [view])
    assert silent["one"].place == GeoPoint(latitude_deg=44.0, longitude_deg=65.0)
