"""Corridor, perimeter and round against plain geometry."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Polygon

from missions.area import Area, Line, Place, ring_en, ring_geo
from missions.errors import BadInput
from missions.geodesy import GeoPoint, LocalPlane
from missions.heights import HeightAboveHome
from missions.path import PatrolPath
from missions.patterns.corridor import corridor
from missions.patterns.perimeter import perimeter
from missions.patterns.round import visiting_round

ORIGIN = GeoPoint(latitude_deg=44.85, longitude_deg=65.5)
PLANE = LocalPlane(ORIGIN)
HEIGHT = HeightAboveHome(60.0)
BEND = [(0.0, 0.0), (400.0, 0.0), (600.0, 250.0)]
SQUARE = Polygon([(0.0, 0.0), (300.0, 0.0), (300.0, 200.0), (0.0, 200.0)])


def line_of(points: list[tuple[float, float]]) -> Line:
    return Line(points=ring_geo(PLANE, np.array(points)))


def area_of(polygon: Polygon) -> Area:
    return Area(outer=ring_geo(PLANE, np.array(polygon.exterior.coords)[:-1]))


def flown(path: PatrolPath) -> LineString:
    return LineString(ring_en(PLANE, tuple(point.position for point in path.points)))


def test_single_pass_is_the_line_itself() -> None:
    path = corridor(line_of(BEND), swath_m=40.0, height=HEIGHT)
    assert flown(path).hausdorff_distance(LineString(BEND)) < 0.9


def test_passes_fill_the_width_and_turn_back_and_forth() -> None:
    path = corridor(line_of(BEND), swath_m=40.0, height=HEIGHT, width_m=100.0)
    seen = flown(path).buffer(20.0, cap_style="flat", join_style="mitre")
    wanted = LineString(BEND).buffer(49.0, cap_style="flat", join_style="mitre")
    assert wanted.difference(seen).area < 0.01 * wanted.area


def test_offset_lies_to_the_left() -> None:
    path = corridor(line_of([(0.0, 0.0), (500.0, 0.0)]), swath_m=40.0, height=HEIGHT, offset_m=30.0)
    assert all(math.isclose(y, 30.0, abs_tol=0.01) for _, y in flown(path).coords)


def test_line_without_length_is_refused() -> None:
    with pytest.raises(BadInput, match="no length"):
        corridor(line_of([(1.0, 1.0), (1.0, 1.0)]), swath_m=40.0, height=HEIGHT)


def test_perimeter_inside_keeps_its_stand_off() -> None:
    way = flown(perimeter(area_of(SQUARE), standoff_m=-15.0, height=HEIGHT))
    assert math.isclose(way.distance(SQUARE.exterior), 15.0, abs_tol=0.05)
    assert SQUARE.covers(way)
    assert way.coords[0] == way.coords[-1]


def test_perimeter_outside_never_comes_nearer_than_its_stand_off() -> None:
    way = flown(perimeter(area_of(SQUARE), standoff_m=30.0, height=HEIGHT))
    assert way.distance(SQUARE) > 29.0
    assert Polygon(way.coords).covers(SQUARE)


def test_perimeter_too_far_inside_is_refused() -> None:
    with pytest.raises(BadInput, match="nothing of the area is left"):
        perimeter(area_of(SQUARE), standoff_m=-120.0, height=HEIGHT)


def tour_length(order: tuple[tuple[float, float], ...]) -> float:
    closed = ((0.0, 0.0), *order, (0.0, 0.0))
    return sum(math.dist(a, b) for a, b in itertools.pairwise(closed))


@settings(deadline=None, max_examples=30)
@given(
    st.lists(
        st.tuples(st.floats(-500, 500), st.floats(-500, 500)), min_size=1, max_size=6, unique=True
    )
)
def test_round_of_few_places_is_nearly_the_shortest(points: list[tuple[float, float]]) -> None:
    places = tuple(Place(position=PLANE.geo(*point)) for point in points)
    path = visiting_round(places, height=HEIGHT, dwell_s=10.0, start=ORIGIN)
    visited = tuple(PLANE.en(point.position) for point in path.points)
    best = min(tour_length(order) for order in itertools.permutations(points))
    assert len(visited) == len(points)
    assert tour_length(visited) <= 1.1 * best + 1.0


def test_round_looks_at_each_place_and_dwells() -> None:
    places = tuple(Place(position=PLANE.geo(*point)) for point in BEND)
    path = visiting_round(places, height=HEIGHT, dwell_s=12.0, standoff_m=40.0, start=ORIGIN)
    looked_at = [point.gaze.at for point in path.points if point.gaze is not None]
    assert sorted(map(str, looked_at)) == sorted(str(place.position) for place in places)
    assert all(point.dwell_s == 12.0 for point in path.points)


def test_round_without_places_is_refused() -> None:
    with pytest.raises(BadInput, match="no places"):
        visiting_round((), height=HEIGHT, dwell_s=1.0)
